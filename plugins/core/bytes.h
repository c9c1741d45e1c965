/* A view of bytes that somebody else owns.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_BYTES_H
#define E2EE_CORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Valid as long as its owner keeps the memory; @data may be NULL when @size is 0. */
typedef struct
{
  const uint8_t *data;
  size_t size;
} e2ee_bytes;

#define E2EE_BYTES(pointer, length) ((e2ee_bytes) { (const uint8_t *) (pointer), (length) })
#define E2EE_NO_BYTES ((e2ee_bytes) { NULL, 0 })

/* RFC 9605 and RFC 9420 write every integer big-endian. */
static inline void
e2ee_put_be (uint8_t * out, uint64_t value, size_t width)
{
  while (width > 0) {
    out[--width] = (uint8_t) value;
    value >>= 8;
  }
}

static inline uint64_t
e2ee_get_be (const uint8_t * in, size_t width)
{
  uint64_t value = 0;

  for (size_t i = 0; i < width; i++)
    value = value << 8 | in[i];
  return value;
}

#endif
