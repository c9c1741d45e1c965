/* Text that remotes wrote, made safe to show (text.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/text.h"

#include <string.h>

#define REPLACEMENT 0xfffd
#define SPACE ' '
/* Of marks that stack on one letter; more than any language writes. */
#define MAX_MARKS 3

typedef struct
{
  uint32_t first;
  uint32_t last;
} range;

/* Each table is sorted, for find(). */

/* Read as a space; what breaks lines in a name does too. */
static const range spaces[] = {
  {0x0009, 0x000d}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00a0, 0x00a0}, {0x1680, 0x1680},
  {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}
};

/* Takes no ink, turns the reading direction, or means what only its maker knows. */
static const range invisible[] = {
  {0x0000, 0x001f},             /* controls */
  {0x007f, 0x009f},
  {0x00ad, 0x00ad},             /* soft hyphen */
  {0x034f, 0x034f},             /* combining grapheme joiner */
  {0x061c, 0x061c},             /* Arabic letter mark */
  {0x070f, 0x070f},             /* Syriac abbreviation mark */
  {0x08e2, 0x08e2},             /* Arabic disputed end of ayah */
  {0x115f, 0x1160},             /* Hangul fillers */
  {0x17b4, 0x17b5},             /* Khmer inherent vowels */
  {0x180b, 0x180f},             /* Mongolian variation selectors */
  {0x200b, 0x200f},             /* zero width, left-to-right and right-to-left marks */
  {0x202a, 0x202e},             /* embeddings and overrides */
  {0x2060, 0x206f},             /* word joiner, isolates, deprecated */
  {0x20dd, 0x20e4},             /* enclosing circle, square, prohibition, triangle */
  {0x2800, 0x2800},             /* Braille without dots */
  {0x3164, 0x3164},             /* Hangul filler */
  {0xe000, 0xf8ff},             /* private use */
  {0xfdd0, 0xfdef},             /* no characters */
  {0xfe00, 0xfe0f},             /* variation selectors */
  {0xfeff, 0xfeff},             /* byte order mark */
  {0xffa0, 0xffa0},             /* Hangul filler */
  {0xfff0, 0xfffc},             /* annotations, object replacement */
  {0xfffe, 0xffff},
  {0x13430, 0x1345f},           /* hieroglyph joiners */
  {0x1bca0, 0x1bca3},           /* shorthand controls */
  {0x1d173, 0x1d17a},           /* musical controls */
  {0xe0000, 0x10ffff}           /* tags, further variation selectors, private use */
};

/* Looks like something that the meeting itself says. */
static const range signs[] = {
  {0x203c, 0x203c},             /* two exclamation marks as one sign */
  {0x2049, 0x2049},             /* exclamation and question mark as one sign */
  {0x221a, 0x221a},             /* the root that stands for a tick */
  {0x2297, 0x2298},             /* circled times and slash */
  {0x237b, 0x237b},             /* not check mark */
  {0x25c9, 0x25c9},             /* fisheye */
  {0x25ce, 0x25cf},             /* bullseye, black circle */
  {0x2610, 0x2612},             /* ballot boxes */
  {0x2620, 0x2623},             /* poison, radioactive, biohazard */
  {0x26a0, 0x26a1},             /* warning, high voltage */
  {0x26aa, 0x26ab},             /* white and black circle */
  {0x26bf, 0x26bf},             /* squared key */
  {0x26d2, 0x26d4},             /* circled crossing lanes, chains, no entry */
  {0x26e8, 0x26e8},             /* cross on shield */
  {0x2705, 0x2705},             /* white heavy tick */
  {0x2713, 0x2718},             /* ticks and crosses */
  {0x274c, 0x274c},             /* cross mark */
  {0x274e, 0x274e},
  {0x2753, 0x2755},             /* ornamental question and exclamation marks */
  {0x2757, 0x2757},
  {0x2762, 0x2762},
  {0x2b24, 0x2b24},             /* black large circle */
  {0x2b55, 0x2b55},             /* heavy large circle */
  {0x2bbd, 0x2bbf},             /* ballot boxes with cross */
  {0x10102, 0x10102},           /* Aegean tick */
  {0x1f195, 0x1f197},           /* squared NEW, NG, OK */
  {0x1f4db, 0x1f4db},           /* name badge */
  {0x1f50f, 0x1f513},           /* locks and keys */
  {0x1f518, 0x1f518},           /* radio button */
  {0x1f530, 0x1f535},           /* beginner's shield, red and blue circle, buttons */
  {0x1f5d9, 0x1f5d9},           /* cancellation */
  {0x1f5dd, 0x1f5dd},           /* old key */
  {0x1f5f4, 0x1f5f9},           /* ballot script, light tick, bold box */
  {0x1f6a8, 0x1f6a8},           /* revolving light */
  {0x1f6ab, 0x1f6ab},           /* no entry sign */
  {0x1f6c7, 0x1f6c7},           /* prohibited */
  {0x1f6d1, 0x1f6d1},           /* stop sign */
  {0x1f6e1, 0x1f6e1},           /* shield */
  {0x1f7e0, 0x1f7eb},           /* coloured circles and squares */
  {0x1fbc0, 0x1fbc0}            /* heavy saltire */
};

/* Stacks on the letter before it. */
static const range marks[] = {
  {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
  {0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670},
  {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x08d3, 0x08ff},
  {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
  {0x20d0, 0x20f0}, {0x2de0, 0x2dff}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xa66f, 0xa672},
  {0xa674, 0xa67d}, {0xfe20, 0xfe2f}
};

/* In chat only what rearranges or hides other text goes; emoji need joiners and selectors. */
static const range chat_controls[] = {
  {0x0000, 0x0008}, {0x000b, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c}, {0x200e, 0x200f},
  {0x2028, 0x202e}, {0x2066, 0x206f}, {0xfdd0, 0xfdef}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}
};

#define IS_IN(table, c) is_in (table, sizeof (table) / sizeof (table)[0], c)

static int
is_in (const range * table, size_t n_ranges, uint32_t c)
{
  size_t from = 0, to = n_ranges;

  while (from < to) {
    const size_t middle = from + (to - from) / 2;

    if (c > table[middle].last)
      from = middle + 1;
    else if (c < table[middle].first)
      to = middle;
    else
      return 1;
  }
  return 0;
}

/* What follows the first byte of a sequence, by Unicode table 3-7: shortest forms, no surrogates,
 * nothing over U+10FFFF.  0 for a byte that begins none. */
static size_t
continuation (uint8_t first, uint8_t * low, uint8_t * high)
{
  *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (first >= 0xc2 && first <= 0xdf)
    return 1;
  if (first >= 0xe0 && first <= 0xef)
    return 2;
  if (first >= 0xf0 && first <= 0xf4)
    return 3;
  return 0;
}

/* The next character at *@at, which moves behind it.  Of a broken sequence the longest part that
 * might have begun one becomes one U+FFFD. */
static uint32_t
next_character (e2ee_bytes text, size_t * at)
{
  const uint8_t first = text.data[(*at)++];
  uint8_t low, high;
  size_t left;
  uint32_t c;

  if (first < 0x80)
    return first;
  left = continuation (first, &low, &high);
  if (left == 0)
    return REPLACEMENT;
  c = first & (0x3fu >> left);
  while (left-- > 0) {
    if (*at >= text.size || text.data[*at] < low || text.data[*at] > high)
      return REPLACEMENT;
    c = c << 6 | (text.data[(*at)++] & 0x3fu);
    low = 0x80;
    high = 0xbf;
  }
  return c;
}

static size_t
encode (uint32_t c, uint8_t out[4])
{
  const size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const uint8_t heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

  for (size_t i = size; i-- > 1; c >>= 6)
    out[i] = (uint8_t) (0x80 | (c & 0x3f));
  out[0] = (uint8_t) (heads[size] | c);
  return size;
}

typedef struct
{
  char *text;
  size_t size;                  /* without the zero */
  size_t space;                 /* with it */
} output;

/* 0 when the character does not fit any more. */
static int
put (output * out, uint32_t c)
{
  uint8_t bytes[4];
  const size_t size = encode (c, bytes);

  if (out->size + size >= out->space)
    return 0;
  memcpy (out->text + out->size, bytes, size);
  out->size += size;
  return 1;
}

static int
finish (output * out, e2ee_bytes text)
{
  out->text[out->size] = '\0';
  return out->size == text.size && (text.size == 0 || memcmp (out->text, text.data,
          text.size) == 0);
}

int
e2ee_text_sanitize (e2ee_bytes text, char *out_text, size_t size)
{
  output out = { out_text, 0, size };
  unsigned n_marks = MAX_MARKS; /* a mark needs a letter */
  int space_is_due = 0, fits = 1;

  if (size == 0)
    return 0;
  for (size_t at = 0; fits && at < text.size;) {
    const uint32_t c = next_character (text, &at);

    if (IS_IN (spaces, c)) {
      space_is_due = out.size > 0;
      n_marks = MAX_MARKS;
      continue;
    }
    if (IS_IN (invisible, c) || IS_IN (signs, c) || (c & 0xfffe) == 0xfffe)
      continue;
    if (!IS_IN (marks, c))
      n_marks = 0;
    else if (n_marks++ >= MAX_MARKS)
      continue;
    if (space_is_due) {
      uint8_t unused[4];

      /* No space at the end, which is also where the rest does not fit. */
      fits = out.size + 1 + encode (c, unused) < out.space;
      if (fits)
        put (&out, SPACE);
      space_is_due = 0;
    }
    fits = fits && put (&out, c);
  }
  if (out.size == 0)
    put (&out, '?');
  return finish (&out, text);
}

int
e2ee_text_sanitize_chat (e2ee_bytes text, char *out_text, size_t size)
{
  output out = { out_text, 0, size };
  int fits = 1;

  if (size == 0)
    return 0;
  for (size_t at = 0; fits && at < text.size;) {
    const uint32_t c = next_character (text, &at);

    if (!IS_IN (chat_controls, c))
      fits = put (&out, c);
  }
  return finish (&out, text);
}
