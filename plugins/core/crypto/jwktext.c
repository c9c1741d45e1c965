/* Keeps the secrets of JSON Web Keys away from the JSON parser (jwktext.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * jansson copies every token into buffers that grow and are freed as they are, and quotes tokens in
 * its messages; only a hook for the whole process could wipe them, and a library must not set that.
 * So it never sees a key.  JSON strings can be found without parsing (RFC 8259 section 7): from a
 * quotation mark to the next one without a backslash, with no control character inside. */
#include "core/crypto/jwktext.h"

#include <string.h>

/* A placeholder is DEL, the offset in hexadecimal, and DEL up to the size.  No member whose value
 * is shown may hold DEL, so that one under a name with escape sequences, which is hidden here but
 * known to the parser, is refused and never mistaken.  A base64url text that is shorter than this
 * holds no more than four bytes. */
#define FILLER '\177'
#define OFFSET_DIGITS 6
#define SHORTEST (1 + OFFSET_DIGITS)
/* "false", the longest word outside of strings */
#define LONGEST_WORD 5

static const char digits[] = "0123456789abcdef";

/* How many of the strings that follow may be read. */
typedef enum
{
  SHOW_NONE,
  SHOW_ONE,
  SHOW_ARRAY
} Show;

typedef struct
{
  size_t begin;                 /* first byte inside the quotation marks */
  size_t end;                   /* the closing one, or where the string breaks off */
  size_t next;                  /* what comes after */
} Token;

/* Of ASCII, whatever the locale. */
static int
is_letter (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* @at is the opening quotation mark. */
static Token
find_string (const char *text, size_t size, size_t at)
{
  Token token = { at + 1, at + 1, at + 1 };

  while (token.end < size && text[token.end] != '"' && (unsigned char) text[token.end] >= 0x20)
    token.end += text[token.end] == '\\' ? 2 : 1;
  if (token.end > size)         /* a backslash was last */
    token.end = size;
  token.next = token.end;
  if (token.end < size && text[token.end] == '"')
    token.next++;
  return token;
}

static int
is_name (const char *text, size_t size, const Token * token)
{
  size_t at = token->next;

  while (at < size && is_space (text[at]))
    at++;
  return at < size && text[at] == ':';
}

static int
is_called (const char *text, const Token * name, const char *wanted, size_t wanted_size)
{
  return name->end - name->begin == wanted_size
      && memcmp (text + name->begin, wanted, wanted_size) == 0;
}

static Show
show_after (const char *text, const Token * name, const char *const *readable)
{
  for (size_t i = 0; readable[i] != NULL; i++) {
    const size_t size = strlen (readable[i]);
    const int is_array = size > 2 && strcmp (readable[i] + size - 2, "[]") == 0;

    if (is_called (text, name, readable[i], is_array ? size - 2 : size))
      return is_array ? SHOW_ARRAY : SHOW_ONE;
  }
  return SHOW_NONE;
}

static void
hide_string (char *text, const Token * token)
{
  size_t size = token->end - token->begin;

  memset (text + token->begin, FILLER, size);
  if (size < SHORTEST)
    return;
  for (unsigned i = 0; i < OFFSET_DIGITS; i++) {
    unsigned digit = token->begin >> 4 * (OFFSET_DIGITS - 1 - i) & 0xf;

    text[token->begin + 1 + i] = digits[digit];
  }
}

/* A key without quotation marks: the parser would copy its letters before it refuses it. */
static size_t
hide_word (char *text, size_t size, size_t at)
{
  size_t end = at;

  while (end < size && is_letter (text[end]))
    end++;
  if (end - at > LONGEST_WORD)
    memset (text + at, FILLER, end - at);
  return end;
}

void
e2ee_jwk_text_hide (char *text, size_t size, const char *const *readable)
{
  Show show = SHOW_NONE;
  size_t at = 0;

  while (at < size) {
    if (text[at] == '"') {
      Token token = find_string (text, size, at);

      if (is_name (text, size, &token))
        show = show_after (text, &token, readable);
      else if (show == SHOW_NONE)
        hide_string (text, &token);
      else if (show == SHOW_ONE)
        show = SHOW_NONE;
      at = token.next;
    } else if (is_letter (text[at])) {
      at = hide_word (text, size, at);
    } else {
      if (text[at] == ']' || text[at] == '}')
        show = SHOW_NONE;
      at++;
    }
  }
}

e2ee_bytes
e2ee_jwk_text_find (e2ee_bytes original, const char *placeholder, size_t size)
{
  size_t begin = 0;

  if (size < SHORTEST || placeholder[0] != FILLER)
    return E2EE_NO_BYTES;
  for (unsigned i = 0; i < OFFSET_DIGITS; i++) {
    const char *digit = memchr (digits, placeholder[1 + i], 16);

    if (digit == NULL)
      return E2EE_NO_BYTES;
    begin = begin << 4 | (size_t) (digit - digits);
  }
  if (begin > original.size || size > original.size - begin)
    return E2EE_NO_BYTES;
  return E2EE_BYTES (original.data + begin, size);
}
