/* The SFrame header, RFC 9605 section 4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/header.h"

/* The config byte is X KKK Y CCC: a value from 0 to 7 stands in its three bits, a larger one
 * follows in the fewest bytes that hold it, and the three bits then say how many, less one. */
#define CONFIG_LONG 0x8
#define CONFIG_BITS 0x7

static size_t
value_width (uint64_t value)
{
  size_t width = 1;

  while (width < 8 && value >> (8 * width) != 0)
    width++;
  return width;
}

/* Appends @value to @out at *size if it is long, and returns its half of the config byte. */
static uint8_t
write_value (uint64_t value, uint8_t * out, size_t *size)
{
  size_t width;

  if (value <= CONFIG_BITS)
    return (uint8_t) value;

  width = value_width (value);
  e2ee_put_be (out + *size, value, width);
  *size += width;
  return (uint8_t) (CONFIG_LONG | (width - 1));
}

static e2ee_result
read_value (e2ee_bytes in, uint8_t config, size_t *size, uint64_t * value)
{
  size_t width;

  if (!(config & CONFIG_LONG)) {
    *value = config & CONFIG_BITS;
    return E2EE_OK;
  }

  width = (config & CONFIG_BITS) + 1u;
  if (in.size - *size < width)
    return E2EE_ERR_TRUNCATED;

  *value = e2ee_get_be (in.data + *size, width);
  if (*value <= CONFIG_BITS || value_width (*value) != width)
    return E2EE_ERR_HEADER;

  *size += width;
  return E2EE_OK;
}

size_t
e2ee_sframe_header_write (uint64_t kid, uint64_t ctr, uint8_t out[E2EE_SFRAME_MAX_HEADER_SIZE])
{
  size_t size = 1;
  uint8_t k = write_value (kid, out, &size);
  uint8_t c = write_value (ctr, out, &size);

  out[0] = (uint8_t) (k << 4 | c);
  return size;
}

e2ee_result
e2ee_sframe_header_read (e2ee_bytes in, e2ee_sframe_header * header)
{
  e2ee_sframe_header read = { 0, 0, 1 };
  e2ee_result r;

  *header = (e2ee_sframe_header) { 0, 0, 0 };
  if (in.size < 1)
    return E2EE_ERR_TRUNCATED;

  r = read_value (in, in.data[0] >> 4, &read.size, &read.kid);
  if (r == E2EE_OK)
    r = read_value (in, in.data[0] & 0xf, &read.size, &read.ctr);
  if (r == E2EE_OK)
    *header = read;
  return r;
}
