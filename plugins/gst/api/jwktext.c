/* Keeps the secrets of a JWK Set away from the JSON parser (jwktext.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * jansson copies every token into buffers that grow and are freed as they are, and quotes tokens in
 * its messages; only a hook for the whole process could wipe them, and a library must not set that.
 * So it never sees a key.  JSON strings can be found without parsing (RFC 8259 section 7): from a
 * quotation mark to the next one without a backslash, with no control character inside. */
#include "api/jwktext.h"

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

/* How many of the strings that follow may be read. */
typedef enum
{
  SHOW_NONE,
  SHOW_ONE,
  SHOW_ARRAY
} Show;

typedef struct
{
  gsize begin;                  /* first byte inside the quotation marks */
  gsize end;                    /* the closing one, or where the string breaks off */
  gsize next;                   /* what comes after */
} Token;

/* @at is the opening quotation mark. */
static Token
find_string (const gchar * text, gsize size, gsize at)
{
  Token token = { at + 1, at + 1, at + 1 };

  while (token.end < size && text[token.end] != '"' && (guchar) text[token.end] >= 0x20)
    token.end += text[token.end] == '\\' ? 2 : 1;
  token.end = MIN (token.end, size);
  token.next = token.end;
  if (token.end < size && text[token.end] == '"')
    token.next++;
  return token;
}

static gboolean
is_name (const gchar * text, gsize size, const Token * token)
{
  gsize at = token->next;

  while (at < size && g_ascii_isspace (text[at]))
    at++;
  return at < size && text[at] == ':';
}

static Show
show_after (const gchar * text, const Token * name)
{
  static const gchar *const readable[] = { "kty", "kid", "alg", "use", "sender" };
  gsize size = name->end - name->begin;

  if (size == strlen ("key_ops") && memcmp (text + name->begin, "key_ops", size) == 0)
    return SHOW_ARRAY;
  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    if (size == strlen (readable[i]) && memcmp (text + name->begin, readable[i], size) == 0)
      return SHOW_ONE;
  return SHOW_NONE;
}

static void
hide_string (gchar * text, const Token * token)
{
  gsize size = token->end - token->begin;

  memset (text + token->begin, FILLER, size);
  if (size < SHORTEST)
    return;
  for (guint i = 0; i < OFFSET_DIGITS; i++) {
    guint digit = token->begin >> 4 * (OFFSET_DIGITS - 1 - i) & 0xf;

    text[token->begin + 1 + i] = "0123456789abcdef"[digit];
  }
}

/* A key without quotation marks: the parser would copy its letters before it refuses it. */
static gsize
hide_word (gchar * text, gsize size, gsize at)
{
  gsize end = at;

  while (end < size && g_ascii_isalpha (text[end]))
    end++;
  if (end - at > LONGEST_WORD)
    memset (text + at, FILLER, end - at);
  return end;
}

void
gst_e2ee_jwk_text_hide (gchar * text, gsize size)
{
  Show show = SHOW_NONE;
  gsize at = 0;

  while (at < size) {
    if (text[at] == '"') {
      Token token = find_string (text, size, at);

      if (is_name (text, size, &token))
        show = show_after (text, &token);
      else if (show == SHOW_NONE)
        hide_string (text, &token);
      else if (show == SHOW_ONE)
        show = SHOW_NONE;
      at = token.next;
    } else if (g_ascii_isalpha (text[at])) {
      at = hide_word (text, size, at);
    } else {
      if (text[at] == ']' || text[at] == '}')
        show = SHOW_NONE;
      at++;
    }
  }
}

e2ee_bytes
gst_e2ee_jwk_text_find (e2ee_bytes original, const gchar * placeholder, gsize size)
{
  gsize begin = 0;

  if (size < SHORTEST || placeholder[0] != FILLER)
    return E2EE_NO_BYTES;
  for (guint i = 0; i < OFFSET_DIGITS; i++) {
    gint digit = g_ascii_xdigit_value (placeholder[1 + i]);

    if (digit < 0)
      return E2EE_NO_BYTES;
    begin = begin << 4 | digit;
  }
  if (begin > original.size || size > original.size - begin)
    return E2EE_NO_BYTES;
  return E2EE_BYTES (original.data + begin, size);
}
