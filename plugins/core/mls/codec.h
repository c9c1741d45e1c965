/* The presentation language, RFC 9420 section 2.1: bounded reading, growing writing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_CODEC_H
#define E2EE_CORE_MLS_CODEC_H

#include "core/bytes.h"
#include "core/mls/memory.h"

/* Largest message taken or made: a GroupInfo with the tree of a full group (tree.h). */
#define E2EE_MLS_MAX_MESSAGE ((size_t) 16 << 20)
/* Entries in one list of structures (proposals, path nodes, secrets of a Welcome, PSKs ...). */
#define E2EE_MLS_MAX_LIST 8192
/* Bytes of a varint header, section 2.1.2. */
#define E2EE_MLS_MAX_VARINT_SIZE 4
#define E2EE_MLS_MAX_VARINT ((1u << 30) - 1)

/* Reading.  Every structure X of this room has
 *
 *   void e2ee_mls_X_read (e2ee_mls_reader * reader, X * out);
 *   void e2ee_mls_X_write (e2ee_mls_writer * writer, const X * in);
 *
 * The first error sticks: everything read afterwards is zero or empty, so that a reading function
 * is a plain list of fields and the one who started the reader asks once, in
 * e2ee_mls_reader_finish().  A decoded structure points into the input, which must outlive it, and
 * its arrays live in the reader's arena.  Nothing is allocated for a length that has not been
 * seen to lie within the input. */
typedef struct
{
  const uint8_t *at;
  const uint8_t *end;
  e2ee_mls_arena *arena;
  e2ee_mls_result result;
} e2ee_mls_reader;

/* @arena may be NULL when no structure with arrays is read (each read function says so). */
void e2ee_mls_reader_init (e2ee_mls_reader * reader, e2ee_bytes in, e2ee_mls_arena * arena);

/* OK, the first error, or TRAILING when input is left. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_reader_finish (const e2ee_mls_reader * reader);

/* Makes @result stick, unless another one does. */
void e2ee_mls_reader_fail (e2ee_mls_reader * reader, e2ee_mls_result result);

static inline int
e2ee_mls_reader_ok (const e2ee_mls_reader * reader)
{
  return reader->result == E2EE_MLS_OK;
}

static inline size_t
e2ee_mls_reader_left (const e2ee_mls_reader * reader)
{
  return reader->result == E2EE_MLS_OK ? (size_t) (reader->end - reader->at) : 0;
}

uint8_t e2ee_mls_read_u8 (e2ee_mls_reader * reader);
uint16_t e2ee_mls_read_u16 (e2ee_mls_reader * reader);
uint32_t e2ee_mls_read_u32 (e2ee_mls_reader * reader);
uint64_t e2ee_mls_read_u64 (e2ee_mls_reader * reader);
/* @size bytes as they stand. */
e2ee_bytes e2ee_mls_read_raw (e2ee_mls_reader * reader, size_t size);
/* The length of a vector; VARINT when not in its shortest form. */
uint32_t e2ee_mls_read_varint (e2ee_mls_reader * reader);
/* opaque<V>: a view. */
e2ee_bytes e2ee_mls_read_vector (e2ee_mls_reader * reader);
/* optional<T>: 1 when T follows, 0 when not, ENCODING for anything else. */
int e2ee_mls_read_optional (e2ee_mls_reader * reader);
/* T<V>: a reader of the vector's contents, on the same arena.  When it has been used up, hand it to
 * e2ee_mls_read_end(), which carries its error over. */
e2ee_mls_reader e2ee_mls_read_begin (e2ee_mls_reader * reader);
void e2ee_mls_read_end (e2ee_mls_reader * reader, const e2ee_mls_reader * inner);
/* How many elements the rest of @inner holds, at most one over MAX_LIST; @skip reads one.  @inner
 * stays where it is, and the error of a broken element is met when it is read for good. */
size_t e2ee_mls_read_count (const e2ee_mls_reader * inner, void (*skip) (e2ee_mls_reader *));
/* An array of @n zeroed elements in the arena, NULL with a sticking error when there is none, and
 * plain NULL for n == 0. */
void *e2ee_mls_read_array (e2ee_mls_reader * reader, size_t n, size_t element_size);

/* Writing, into a buffer that grows.  Its first error sticks as well.  All zeros is ready. */
typedef struct
{
  uint8_t *data;
  size_t size;
  size_t capacity;
  e2ee_mls_result result;
} e2ee_mls_writer;

#define E2EE_MLS_WRITER_INIT { NULL, 0, 0, E2EE_MLS_OK }

void e2ee_mls_writer_fail (e2ee_mls_writer * writer, e2ee_mls_result result);
/* What has been written; valid until the next write. */
e2ee_bytes e2ee_mls_writer_view (const e2ee_mls_writer * writer);
/* Moves what has been written to *@out (which must hold nothing) and clears the writer.  On an
 * error, which it returns, *@out is empty. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_writer_finish (e2ee_mls_writer * writer,
    e2ee_mls_buffer * out);
/* Wipes and frees; the writer is then empty and ready. */
void e2ee_mls_writer_clear (e2ee_mls_writer * writer);

void e2ee_mls_write_u8 (e2ee_mls_writer * writer, uint8_t value);
void e2ee_mls_write_u16 (e2ee_mls_writer * writer, uint16_t value);
void e2ee_mls_write_u32 (e2ee_mls_writer * writer, uint32_t value);
void e2ee_mls_write_u64 (e2ee_mls_writer * writer, uint64_t value);
void e2ee_mls_write_raw (e2ee_mls_writer * writer, e2ee_bytes bytes);
void e2ee_mls_write_varint (e2ee_mls_writer * writer, size_t value);
void e2ee_mls_write_vector (e2ee_mls_writer * writer, e2ee_bytes bytes);
/* T<V>: begin, write the elements, hand what begin returned to end. */
size_t e2ee_mls_write_begin (e2ee_mls_writer * writer);
void e2ee_mls_write_end (e2ee_mls_writer * writer, size_t begun);
/* @size bytes to fill in at once; NULL after an error. */
uint8_t *e2ee_mls_write_space (e2ee_mls_writer * writer, size_t size);

/* A list of uint16 kept in its encoding (capabilities, required_capabilities). */
e2ee_bytes e2ee_mls_read_u16_list (e2ee_mls_reader * reader);
size_t e2ee_mls_u16_list_size (e2ee_bytes list);
uint16_t e2ee_mls_u16_list_get (e2ee_bytes list, size_t index);
int e2ee_mls_u16_list_has (e2ee_bytes list, uint16_t value);

/* A list of uint32 kept in its encoding (unmerged_leaves). */
e2ee_bytes e2ee_mls_read_u32_list (e2ee_mls_reader * reader);
size_t e2ee_mls_u32_list_size (e2ee_bytes list);
uint32_t e2ee_mls_u32_list_get (e2ee_bytes list, size_t index);

#endif
