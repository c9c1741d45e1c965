/* The presentation language, RFC 9420 section 2.1: bounded reading, growing writing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/codec.h"

#include <string.h>

#define FIRST_CAPACITY 128

void
e2ee_mls_reader_init (e2ee_mls_reader * reader, e2ee_bytes in, e2ee_mls_arena * arena)
{
  static const uint8_t nothing[1];

  reader->at = in.size > 0 ? in.data : nothing;
  reader->end = reader->at;
  reader->arena = arena;
  reader->result = in.size > E2EE_MLS_MAX_MESSAGE ? E2EE_MLS_ERR_TOO_LARGE : E2EE_MLS_OK;
  if (reader->result == E2EE_MLS_OK)
    reader->end += in.size;
}

e2ee_mls_result
e2ee_mls_reader_finish (const e2ee_mls_reader * reader)
{
  if (reader->result == E2EE_MLS_OK && reader->at != reader->end)
    return E2EE_MLS_ERR_TRAILING;
  return reader->result;
}

void
e2ee_mls_reader_fail (e2ee_mls_reader * reader, e2ee_mls_result result)
{
  if (reader->result == E2EE_MLS_OK)
    reader->result = result;
}

e2ee_bytes
e2ee_mls_read_raw (e2ee_mls_reader * reader, size_t size)
{
  e2ee_bytes out;

  if (e2ee_mls_reader_left (reader) < size) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_TRUNCATED);
    return E2EE_NO_BYTES;
  }
  if (reader->result != E2EE_MLS_OK)
    return E2EE_NO_BYTES;
  out = E2EE_BYTES (reader->at, size);
  reader->at += size;
  return out;
}

static uint64_t
read_be (e2ee_mls_reader * reader, size_t width)
{
  const e2ee_bytes raw = e2ee_mls_read_raw (reader, width);

  return e2ee_get_be (raw.data, raw.size);
}

uint8_t
e2ee_mls_read_u8 (e2ee_mls_reader * reader)
{
  return (uint8_t) read_be (reader, 1);
}

uint16_t
e2ee_mls_read_u16 (e2ee_mls_reader * reader)
{
  return (uint16_t) read_be (reader, 2);
}

uint32_t
e2ee_mls_read_u32 (e2ee_mls_reader * reader)
{
  return (uint32_t) read_be (reader, 4);
}

uint64_t
e2ee_mls_read_u64 (e2ee_mls_reader * reader)
{
  return read_be (reader, 8);
}

static size_t
varint_size (size_t value)
{
  return value < 1u << 6 ? 1 : value < 1u << 14 ? 2 : 4;
}

/* Section 2.1.2: two bits say how wide it is, 11 is not used, and the shortest form is required. */
uint32_t
e2ee_mls_read_varint (e2ee_mls_reader * reader)
{
  const uint8_t first = e2ee_mls_read_u8 (reader);
  const unsigned prefix = first >> 6;
  const size_t size = (size_t) 1 << prefix;
  uint32_t value;

  if (prefix == 3)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_VARINT);
  if (!e2ee_mls_reader_ok (reader))
    return 0;
  value = (uint32_t) (first & 0x3f) << 8 * (size - 1) | (uint32_t) read_be (reader, size - 1);
  if (!e2ee_mls_reader_ok (reader))
    return 0;
  if (varint_size (value) != size) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_VARINT);
    return 0;
  }
  return value;
}

e2ee_bytes
e2ee_mls_read_vector (e2ee_mls_reader * reader)
{
  return e2ee_mls_read_raw (reader, e2ee_mls_read_varint (reader));
}

int
e2ee_mls_read_optional (e2ee_mls_reader * reader)
{
  const uint8_t present = e2ee_mls_read_u8 (reader);

  if (present > 1)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  return e2ee_mls_reader_ok (reader) && present == 1;
}

e2ee_mls_reader
e2ee_mls_read_begin (e2ee_mls_reader * reader)
{
  const e2ee_bytes contents = e2ee_mls_read_vector (reader);
  e2ee_mls_reader inner;

  e2ee_mls_reader_init (&inner, contents, reader->arena);
  inner.result = reader->result;
  return inner;
}

void
e2ee_mls_read_end (e2ee_mls_reader * reader, const e2ee_mls_reader * inner)
{
  const e2ee_mls_result r = e2ee_mls_reader_finish (inner);

  if (r != E2EE_MLS_OK)
    e2ee_mls_reader_fail (reader, r);
}

size_t
e2ee_mls_read_count (const e2ee_mls_reader * inner, void (*skip) (e2ee_mls_reader *))
{
  e2ee_mls_reader ahead = *inner;
  size_t n = 0;

  while (e2ee_mls_reader_left (&ahead) > 0 && n <= E2EE_MLS_MAX_LIST) {
    skip (&ahead);
    n++;
  }
  return n;
}

void *
e2ee_mls_read_array (e2ee_mls_reader * reader, size_t n, size_t element_size)
{
  void *array;

  if (n > E2EE_MLS_MAX_LIST)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_TOO_LARGE);
  if (n == 0 || !e2ee_mls_reader_ok (reader))
    return NULL;
  array = e2ee_mls_arena_alloc (reader->arena, n, element_size);
  if (array == NULL)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_NO_MEMORY);
  return array;
}

static e2ee_bytes
read_list_of (e2ee_mls_reader * reader, size_t width)
{
  const e2ee_bytes list = e2ee_mls_read_vector (reader);

  if (list.size % width == 0)
    return list;
  e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_TRUNCATED);
  return E2EE_NO_BYTES;
}

e2ee_bytes
e2ee_mls_read_u16_list (e2ee_mls_reader * reader)
{
  return read_list_of (reader, 2);
}

size_t
e2ee_mls_u16_list_size (e2ee_bytes list)
{
  return list.size / 2;
}

uint16_t
e2ee_mls_u16_list_get (e2ee_bytes list, size_t index)
{
  return (uint16_t) e2ee_get_be (list.data + 2 * index, 2);
}

int
e2ee_mls_u16_list_has (e2ee_bytes list, uint16_t value)
{
  for (size_t i = 0; i < e2ee_mls_u16_list_size (list); i++) {
    if (e2ee_mls_u16_list_get (list, i) == value)
      return 1;
  }
  return 0;
}

e2ee_bytes
e2ee_mls_read_u32_list (e2ee_mls_reader * reader)
{
  return read_list_of (reader, 4);
}

size_t
e2ee_mls_u32_list_size (e2ee_bytes list)
{
  return list.size / 4;
}

uint32_t
e2ee_mls_u32_list_get (e2ee_bytes list, size_t index)
{
  return (uint32_t) e2ee_get_be (list.data + 4 * index, 4);
}

void
e2ee_mls_writer_fail (e2ee_mls_writer * writer, e2ee_mls_result result)
{
  if (writer->result == E2EE_MLS_OK)
    writer->result = result;
}

e2ee_bytes
e2ee_mls_writer_view (const e2ee_mls_writer * writer)
{
  return E2EE_BYTES (writer->data, writer->size);
}

e2ee_mls_result
e2ee_mls_writer_finish (e2ee_mls_writer * writer, e2ee_mls_buffer * out)
{
  const e2ee_mls_result r = writer->result;

  *out = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK && writer->size > 0) {
    out->data = writer->data;
    out->size = writer->size;
    writer->data = NULL;
  }
  e2ee_mls_writer_clear (writer);
  return r;
}

void
e2ee_mls_writer_clear (e2ee_mls_writer * writer)
{
  e2ee_mls_free (writer->data);
  *writer = (e2ee_mls_writer) E2EE_MLS_WRITER_INIT;
}

/* Not realloc(): what was written may be secret, and the old block must be wiped. */
static int
grow (e2ee_mls_writer * writer, size_t more)
{
  size_t capacity = writer->capacity > 0 ? writer->capacity : FIRST_CAPACITY;
  uint8_t *data;

  if (writer->result != E2EE_MLS_OK)
    return 0;
  if (more > E2EE_MLS_MAX_MESSAGE - writer->size) {
    e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_TOO_LARGE);
    return 0;
  }
  if (more <= writer->capacity - writer->size)
    return 1;
  while (capacity - writer->size < more)
    capacity *= 2;
  data = e2ee_mls_alloc (capacity, 1);
  if (data == NULL) {
    e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_NO_MEMORY);
    return 0;
  }
  if (writer->size > 0)
    memcpy (data, writer->data, writer->size);
  e2ee_mls_free (writer->data);
  writer->data = data;
  writer->capacity = capacity;
  return 1;
}

uint8_t *
e2ee_mls_write_space (e2ee_mls_writer * writer, size_t size)
{
  uint8_t *space;

  if (!grow (writer, size))
    return NULL;
  space = writer->data + writer->size;
  writer->size += size;
  return space;
}

static void
write_be (e2ee_mls_writer * writer, uint64_t value, size_t width)
{
  uint8_t *space = e2ee_mls_write_space (writer, width);

  if (space != NULL)
    e2ee_put_be (space, value, width);
}

void
e2ee_mls_write_u8 (e2ee_mls_writer * writer, uint8_t value)
{
  write_be (writer, value, 1);
}

void
e2ee_mls_write_u16 (e2ee_mls_writer * writer, uint16_t value)
{
  write_be (writer, value, 2);
}

void
e2ee_mls_write_u32 (e2ee_mls_writer * writer, uint32_t value)
{
  write_be (writer, value, 4);
}

void
e2ee_mls_write_u64 (e2ee_mls_writer * writer, uint64_t value)
{
  write_be (writer, value, 8);
}

void
e2ee_mls_write_raw (e2ee_mls_writer * writer, e2ee_bytes bytes)
{
  uint8_t *space;

  if (bytes.size == 0)
    return;
  space = e2ee_mls_write_space (writer, bytes.size);
  if (space != NULL)
    memcpy (space, bytes.data, bytes.size);
}

static void
put_varint (uint8_t * out, size_t value, size_t size)
{
  e2ee_put_be (out, value, size);
  out[0] |= (uint8_t) ((size / 2) << 6);
}

void
e2ee_mls_write_varint (e2ee_mls_writer * writer, size_t value)
{
  uint8_t *space;

  if (value > E2EE_MLS_MAX_VARINT) {
    e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_TOO_LARGE);
    return;
  }
  space = e2ee_mls_write_space (writer, varint_size (value));
  if (space != NULL)
    put_varint (space, value, varint_size (value));
}

void
e2ee_mls_write_vector (e2ee_mls_writer * writer, e2ee_bytes bytes)
{
  e2ee_mls_write_varint (writer, bytes.size);
  e2ee_mls_write_raw (writer, bytes);
}

/* The length is not known yet, so the contents are written first and moved when it is. */
size_t
e2ee_mls_write_begin (e2ee_mls_writer * writer)
{
  return writer->size;
}

void
e2ee_mls_write_end (e2ee_mls_writer * writer, size_t begun)
{
  const size_t size = writer->size - begun;
  const size_t head = varint_size (size);

  if (e2ee_mls_write_space (writer, head) == NULL)
    return;
  if (size > 0)
    memmove (writer->data + begun + head, writer->data + begun, size);
  put_varint (writer->data + begun, size, head);
}
