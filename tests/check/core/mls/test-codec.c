/* The presentation language and the memory under it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "../check.h"

#include "core/crypto/secret.h"
#include "core/mls/codec.h"

#include <stdlib.h>

#define READER(reader, ...) \
  const uint8_t reader##_bytes[] = { __VA_ARGS__ }; \
  e2ee_mls_reader reader; \
  e2ee_mls_reader_init (&reader, E2EE_BYTES (reader##_bytes, sizeof (reader##_bytes)), NULL)

static void
test_varint_of_four_bytes_is_read (void)
{
  READER (reader, 0x9d, 0x7f, 0x3e, 0x7d);

  CHECK_INT (e2ee_mls_read_varint (&reader), 494878333);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
}

static void
test_varint_of_eight_bytes_is_refused (void)
{
  READER (reader, 0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c);

  CHECK_INT (e2ee_mls_read_varint (&reader), 0);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_VARINT);
}

static void
test_varint_that_is_longer_than_needed_is_refused (void)
{
  READER (two, 0x40, 0x3f);
  READER (four, 0x80, 0x00, 0x3f, 0xff);
  READER (shortest_two, 0x40, 0x40);
  READER (shortest_four, 0x80, 0x00, 0x40, 0x00);

  CHECK_INT (e2ee_mls_read_varint (&two), 0);
  CHECK_INT (two.result, E2EE_MLS_ERR_VARINT);
  CHECK_INT (e2ee_mls_read_varint (&four), 0);
  CHECK_INT (four.result, E2EE_MLS_ERR_VARINT);
  CHECK_INT (e2ee_mls_read_varint (&shortest_two), 0x40);
  CHECK_INT (e2ee_mls_read_varint (&shortest_four), 0x4000);
}

static void
test_varint_that_ends_early_is_refused (void)
{
  READER (reader, 0x80, 0x01, 0x00);

  CHECK_INT (e2ee_mls_read_varint (&reader), 0);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TRUNCATED);
}

static void
test_lengths_are_written_in_their_shortest_form (void)
{
  static const struct
  {
    size_t value;
    size_t size;
  } rows[] = {
    {0, 1}, {63, 1}, {64, 2}, {16383, 2}, {16384, 4}, {E2EE_MLS_MAX_VARINT, 4},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
    e2ee_mls_reader reader;

    CHECK_ROW ("%zu", rows[i].value);
    e2ee_mls_write_varint (&writer, rows[i].value);
    CHECK_INT (writer.size, rows[i].size);
    e2ee_mls_reader_init (&reader, e2ee_mls_writer_view (&writer), NULL);
    CHECK_INT (e2ee_mls_read_varint (&reader), rows[i].value);
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
    e2ee_mls_writer_clear (&writer);
  }
}

static void
test_length_over_the_largest_is_not_written (void)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer out;

  e2ee_mls_write_varint (&writer, (size_t) E2EE_MLS_MAX_VARINT + 1);
  CHECK_INT (e2ee_mls_writer_finish (&writer, &out), E2EE_MLS_ERR_TOO_LARGE);
  CHECK (out.data == NULL && out.size == 0);
}

static void
test_vector_longer_than_its_message_is_refused_before_memory_is_taken (void)
{
  READER (reader, 0xbf, 0xff, 0xff, 0xff, 0x00);
  const e2ee_bytes vector = e2ee_mls_read_vector (&reader);

  CHECK_INT (vector.size, 0);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TRUNCATED);
}

static void
test_first_error_sticks_and_everything_after_it_is_empty (void)
{
  READER (reader, 0xff, 0x05, 1, 2, 3, 4, 5, 6, 7, 8);

  CHECK_INT (e2ee_mls_read_varint (&reader), 0);
  CHECK_INT (e2ee_mls_reader_left (&reader), 0);
  CHECK_INT (e2ee_mls_read_u8 (&reader), 0);
  CHECK_INT (e2ee_mls_read_u64 (&reader), 0);
  CHECK_INT (e2ee_mls_read_vector (&reader).size, 0);
  CHECK_INT (e2ee_mls_read_raw (&reader, 0).size, 0);
  CHECK_INT (e2ee_mls_read_optional (&reader), 0);
  CHECK (e2ee_mls_read_array (&reader, 4, 4) == NULL);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_VARINT);
}

static void
test_bytes_after_the_end_are_refused (void)
{
  READER (reader, 0x00, 0x01, 0x02);

  CHECK_INT (e2ee_mls_read_u16 (&reader), 1);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TRAILING);
}

static void
test_optional_that_is_neither_there_nor_not_is_refused (void)
{
  READER (reader, 0x00, 0x01, 0x02);

  CHECK_INT (e2ee_mls_read_optional (&reader), 0);
  CHECK_INT (e2ee_mls_read_optional (&reader), 1);
  CHECK_INT (e2ee_mls_read_optional (&reader), 0);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
}

static void
test_inner_vector_must_be_used_up (void)
{
  READER (reader, 0x02, 0x01, 0x02, 0x03);
  e2ee_mls_reader inner = e2ee_mls_read_begin (&reader);

  CHECK_INT (e2ee_mls_read_u8 (&inner), 1);
  e2ee_mls_read_end (&reader, &inner);
  CHECK_INT (reader.result, E2EE_MLS_ERR_TRAILING);
}

static void
test_inner_vector_cannot_be_read_past_its_end (void)
{
  READER (reader, 0x01, 0x01, 0x02, 0x03);
  e2ee_mls_reader inner = e2ee_mls_read_begin (&reader);

  CHECK_INT (e2ee_mls_read_u16 (&inner), 0);
  e2ee_mls_read_end (&reader, &inner);
  CHECK_INT (reader.result, E2EE_MLS_ERR_TRUNCATED);
}

static void
test_list_of_integers_with_half_an_integer_is_refused (void)
{
  READER (of_16, 0x03, 0x00, 0x01, 0x00);
  READER (of_32, 0x06, 0, 0, 0, 1, 0, 0);

  CHECK_INT (e2ee_mls_read_u16_list (&of_16).size, 0);
  CHECK_INT (of_16.result, E2EE_MLS_ERR_TRUNCATED);
  CHECK_INT (e2ee_mls_read_u32_list (&of_32).size, 0);
  CHECK_INT (of_32.result, E2EE_MLS_ERR_TRUNCATED);
}

static void
test_lists_of_integers_are_looked_up_in_their_encoding (void)
{
  READER (of_16, 0x04, 0x00, 0x01, 0xf0, 0x0d);
  READER (of_32, 0x08, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe);
  const e2ee_bytes small = e2ee_mls_read_u16_list (&of_16);
  const e2ee_bytes large = e2ee_mls_read_u32_list (&of_32);

  CHECK_INT (e2ee_mls_u16_list_size (small), 2);
  CHECK_INT (e2ee_mls_u16_list_get (small, 1), 0xf00d);
  CHECK (e2ee_mls_u16_list_has (small, 0xf00d));
  CHECK (!e2ee_mls_u16_list_has (small, 0x01f0));
  CHECK_INT (e2ee_mls_u32_list_size (large), 2);
  CHECK_INT (e2ee_mls_u32_list_get (large, 1), 0xfffffffe);
}

static void
read_byte (e2ee_mls_reader * reader)
{
  e2ee_mls_read_u8 (reader);
}

static void
test_list_over_the_limit_is_refused_before_memory_is_taken (void)
{
  static const uint8_t zeros[2 * E2EE_MLS_MAX_LIST];
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_reader reader;

  e2ee_mls_reader_init (&reader, E2EE_BYTES (zeros, sizeof (zeros)), &arena);
  CHECK_INT (e2ee_mls_read_count (&reader, read_byte), E2EE_MLS_MAX_LIST + 1);
  CHECK_INT (e2ee_mls_reader_left (&reader), sizeof (zeros));
  CHECK (e2ee_mls_read_array (&reader, E2EE_MLS_MAX_LIST + 1, 1) == NULL);
  CHECK_INT (reader.result, E2EE_MLS_ERR_TOO_LARGE);
  CHECK (arena.last == NULL);
}

static void
test_message_over_the_limit_is_refused (void)
{
  e2ee_mls_reader reader;
  const uint8_t byte = 0;

  e2ee_mls_reader_init (&reader, E2EE_BYTES (&byte, E2EE_MLS_MAX_MESSAGE + 1), NULL);
  CHECK_INT (e2ee_mls_reader_left (&reader), 0);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TOO_LARGE);
}

static void
test_writer_stops_at_the_largest_message (void)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer out;

  e2ee_mls_write_u8 (&writer, 0);
  CHECK (e2ee_mls_write_space (&writer, E2EE_MLS_MAX_MESSAGE) == NULL);
  e2ee_mls_write_u8 (&writer, 0);
  CHECK_INT (e2ee_mls_writer_finish (&writer, &out), E2EE_MLS_ERR_TOO_LARGE);
  CHECK (out.data == NULL);
}

static void
test_vector_of_structures_gets_its_length_when_it_is_known (void)
{
  static const size_t sizes[] = { 0, 1, 63, 64, 16383, 16384 };

  for (size_t i = 0; i < CHECK_N (sizes); i++) {
    e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
    e2ee_mls_reader reader;
    e2ee_bytes contents;
    size_t begun;

    CHECK_ROW ("%zu", sizes[i]);
    e2ee_mls_write_u8 (&writer, 0x55);
    begun = e2ee_mls_write_begin (&writer);
    for (size_t k = 0; k < sizes[i]; k++)
      e2ee_mls_write_u8 (&writer, (uint8_t) k);
    e2ee_mls_write_end (&writer, begun);
    e2ee_mls_write_u8 (&writer, 0xaa);

    e2ee_mls_reader_init (&reader, e2ee_mls_writer_view (&writer), NULL);
    CHECK_INT (e2ee_mls_read_u8 (&reader), 0x55);
    contents = e2ee_mls_read_vector (&reader);
    CHECK_INT (contents.size, sizes[i]);
    for (size_t k = 0; k < sizes[i]; k++)
      CHECK_INT (contents.data[k], (uint8_t) k);
    CHECK_INT (e2ee_mls_read_u8 (&reader), 0xaa);
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
    e2ee_mls_writer_clear (&writer);
  }
}

/* An allocator that fails from a given call on, and looks at what it gets back. */
typedef struct
{
  int left;
  int blocks;
  int dirty;
} watch;

static void *
watch_alloc (void *user, size_t size)
{
  watch *w = user;

  if (w->left-- <= 0)
    return NULL;
  w->blocks++;
  return malloc (size);
}

static void
watch_free (void *user, void *memory, size_t size)
{
  watch *w = user;
  const uint8_t *bytes = memory;

  for (size_t i = 0; i < size; i++)
    w->dirty |= bytes[i];
  w->blocks--;
  free (memory);
}

static void
test_memory_is_zeros_when_it_is_given_back (void)
{
  watch w = { 1000, 0, 0 };
  const e2ee_mls_allocator allocator = { watch_alloc, watch_free, &w };
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer buffer;
  e2ee_bytes copy;

  e2ee_mls_set_allocator (&allocator);
  for (int i = 0; i < 5000; i++)
    e2ee_mls_write_u32 (&writer, 0xdeadbeef);
  CHECK_INT (e2ee_mls_buffer_dup (e2ee_mls_writer_view (&writer), &buffer), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_arena_dup (&arena, e2ee_mls_writer_view (&writer), &copy), E2EE_MLS_OK);
  CHECK_BYTES (copy, e2ee_mls_buffer_view (buffer));
  CHECK (e2ee_mls_arena_alloc (&arena, 3, 5) != NULL);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_buffer_clear (&buffer);
  e2ee_mls_arena_clear (&arena);
  e2ee_mls_set_allocator (NULL);
  CHECK_INT (w.dirty, 0);
  CHECK_INT (w.blocks, 0);
}

static void
test_failing_memory_is_an_error_and_no_crash (void)
{
  watch w = { 1, 0, 0 };
  const e2ee_mls_allocator allocator = { watch_alloc, watch_free, &w };
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer buffer;
  e2ee_mls_reader reader;
  const uint8_t byte = 0;
  e2ee_bytes copy;

  e2ee_mls_set_allocator (&allocator);
  for (int i = 0; i < 5000; i++)
    e2ee_mls_write_u32 (&writer, 1);
  CHECK_INT (e2ee_mls_writer_finish (&writer, &buffer), E2EE_MLS_ERR_NO_MEMORY);
  CHECK_INT (e2ee_mls_buffer_dup (E2EE_BYTES (&byte, 1), &buffer), E2EE_MLS_ERR_NO_MEMORY);
  CHECK_INT (e2ee_mls_arena_dup (&arena, E2EE_BYTES (&byte, 1), &copy), E2EE_MLS_ERR_NO_MEMORY);
  e2ee_mls_reader_init (&reader, E2EE_BYTES (&byte, 1), &arena);
  CHECK (e2ee_mls_read_array (&reader, 1, 1) == NULL);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_NO_MEMORY);
  e2ee_mls_set_allocator (NULL);
  CHECK_INT (w.blocks, 0);
}

static void
test_sizes_that_overflow_give_no_memory (void)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;

  CHECK (e2ee_mls_alloc (SIZE_MAX / 2, 4) == NULL);
  CHECK (e2ee_mls_alloc (SIZE_MAX, 1) == NULL);
  CHECK (e2ee_mls_alloc (0, 1) == NULL);
  CHECK (e2ee_mls_arena_alloc (&arena, SIZE_MAX / 2, 4) == NULL);
  CHECK (e2ee_mls_arena_alloc (&arena, 0, 4) == NULL);
  CHECK (arena.last == NULL);
}

static void
test_empty_bytes_make_empty_buffers_and_secrets (void)
{
  e2ee_mls_buffer buffer;
  e2ee_mls_secret secret;

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_mls_buffer_dup (E2EE_NO_BYTES, &buffer), E2EE_MLS_OK);
  CHECK (buffer.data == NULL && buffer.size == 0);
  CHECK_INT (e2ee_mls_secret_dup (E2EE_NO_BYTES, &secret), E2EE_MLS_OK);
  CHECK (secret.data == NULL && secret.size == 0);
  CHECK_INT (e2ee_mls_secret_dup (E2EE_BYTES ("key", 3), &secret), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_secret_view (secret), E2EE_BYTES ("key", 3));
  e2ee_mls_secret_clear (&secret);
  CHECK (secret.data == NULL);
}

static void
test_every_result_has_a_name_of_its_own_and_a_sentence (void)
{
  for (int i = 0; i < E2EE_MLS_N_RESULTS; i++) {
    const char *name = e2ee_mls_result_name ((e2ee_mls_result) i);

    CHECK (name[0] != '\0');
    CHECK (strpbrk (name, " _ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
    CHECK (e2ee_mls_result_text ((e2ee_mls_result) i)[0] != '\0');
    for (int k = 0; k < i; k++)
      CHECK (strcmp (name, e2ee_mls_result_name ((e2ee_mls_result) k)) != 0);
  }
  CHECK_STR (e2ee_mls_result_name (E2EE_MLS_N_RESULTS), "unknown");
  CHECK_STR (e2ee_mls_result_text (E2EE_MLS_N_RESULTS), "an unknown error");
}

static void
test_results_of_the_crypto_room_keep_their_meaning (void)
{
  CHECK_INT (e2ee_mls_result_of (E2EE_OK), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_TAG), E2EE_MLS_ERR_DECRYPT);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_TRUNCATED), E2EE_MLS_ERR_DECRYPT);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_TOO_LARGE), E2EE_MLS_ERR_TOO_LARGE);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_KEY_SIZE), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_UNSUPPORTED), E2EE_MLS_ERR_UNSUPPORTED_SUITE);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_NO_MEMORY), E2EE_MLS_ERR_NO_MEMORY);
  CHECK_INT (e2ee_mls_result_of (E2EE_ERR_SELF_TEST), E2EE_MLS_ERR_CRYPTO);
}

static const check_case cases[] = {
  CHECK_CASE (test_varint_of_four_bytes_is_read),
  CHECK_CASE (test_varint_of_eight_bytes_is_refused),
  CHECK_CASE (test_varint_that_is_longer_than_needed_is_refused),
  CHECK_CASE (test_varint_that_ends_early_is_refused),
  CHECK_CASE (test_lengths_are_written_in_their_shortest_form),
  CHECK_CASE (test_length_over_the_largest_is_not_written),
  CHECK_CASE (test_vector_longer_than_its_message_is_refused_before_memory_is_taken),
  CHECK_CASE (test_first_error_sticks_and_everything_after_it_is_empty),
  CHECK_CASE (test_bytes_after_the_end_are_refused),
  CHECK_CASE (test_optional_that_is_neither_there_nor_not_is_refused),
  CHECK_CASE (test_inner_vector_must_be_used_up),
  CHECK_CASE (test_inner_vector_cannot_be_read_past_its_end),
  CHECK_CASE (test_list_of_integers_with_half_an_integer_is_refused),
  CHECK_CASE (test_lists_of_integers_are_looked_up_in_their_encoding),
  CHECK_CASE (test_list_over_the_limit_is_refused_before_memory_is_taken),
  CHECK_CASE (test_message_over_the_limit_is_refused),
  CHECK_CASE (test_writer_stops_at_the_largest_message),
  CHECK_CASE (test_vector_of_structures_gets_its_length_when_it_is_known),
  CHECK_CASE (test_memory_is_zeros_when_it_is_given_back),
  CHECK_CASE (test_failing_memory_is_an_error_and_no_crash),
  CHECK_CASE (test_sizes_that_overflow_give_no_memory),
  CHECK_CASE (test_empty_bytes_make_empty_buffers_and_secrets),
  CHECK_CASE (test_every_result_has_a_name_of_its_own_and_a_sentence),
  CHECK_CASE (test_results_of_the_crypto_room_keep_their_meaning),
};

CHECK_MAIN (cases)
