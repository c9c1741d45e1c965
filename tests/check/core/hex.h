/* Hexadecimal text of test vectors into bytes.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_HEX_H
#define E2EE_TESTS_HEX_H

#include <stdio.h>
#include <stdlib.h>

#include "core/bytes.h"

/* The bytes of a string literal, alive until the end of the enclosing block. */
#define HEX(literal) \
  hex_decode (literal, (uint8_t[sizeof (literal) / 2 + 1]) { 0 }, sizeof (literal) / 2 + 1)

static inline int
hex_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/* Decodes @text into @out and returns the view; blanks are skipped.  A vector that is not
 * hexadecimal or does not fit is a mistake in the test and ends it. */
static inline e2ee_bytes
hex_decode (const char *text, uint8_t * out, size_t capacity)
{
  size_t size = 0;
  int high = -1;

  for (; *text != '\0'; text++) {
    int digit;

    if (*text == ' ' || *text == '\n')
      continue;
    digit = hex_digit (*text);
    if (digit < 0 || size == capacity) {
      printf ("Bail out! bad test vector\n");
      abort ();
    }
    if (high < 0) {
      high = digit;
    } else {
      out[size++] = (uint8_t) (high << 4 | digit);
      high = -1;
    }
  }
  if (high >= 0) {
    printf ("Bail out! bad test vector\n");
    abort ();
  }
  return E2EE_BYTES (out, size);
}

#endif
