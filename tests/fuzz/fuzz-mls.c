/* Fuzz targets: one for each type of MLS message, MLS_TYPE; raw bytes, and valid messages spoiled.
 *
 * The first byte of the input chooses:
 *
 *   0xxxxxxx  raw: the rest is the message.  What is read is written again byte for byte, and
 *             then given to a group
 *   1xxxMMMM  spoiled: message M of those that the group has for this type; then any number of
 *             two bytes of a position and a byte to XOR there.  It must be refused, and the
 *             message as it was must then be taken
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "mls-world.h"

#include <string.h>

#include "core/mls/tree.h"

/* The encoding is canonical: there is one for each thing that can be read. */
static void
read_and_write (e2ee_bytes in)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer out = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message message;

  if (e2ee_mls_message_decode (in, &arena, &message) == E2EE_MLS_OK) {
    FUZZ_ASSERT (e2ee_mls_message_encode (&message, &out) == E2EE_MLS_OK);
    FUZZ_ASSERT (out.size == in.size && memcmp (out.data, in.data, in.size) == 0);
    e2ee_mls_buffer_clear (&out);
  }
  e2ee_mls_arena_clear (&arena);
}

static void
read_and_write_tree (e2ee_bytes in)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_tree *tree = NULL;

  if (e2ee_mls_tree_decode (suite, in, &tree) == E2EE_MLS_OK) {
    e2ee_bytes out;

    e2ee_mls_tree_write (&writer, tree);
    out = e2ee_mls_writer_view (&writer);
    FUZZ_ASSERT (writer.result == E2EE_MLS_OK);
    FUZZ_ASSERT (out.size == in.size && memcmp (out.data, in.data, in.size) == 0);
  }
  FUZZ_ASSERT (tree != NULL || writer.size == 0);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_tree_free (tree);
}

static void
take_raw (mls_world * world, e2ee_bytes message)
{
  if (MLS_TYPE == MLS_WORLD_RATCHET_TREE)
    read_and_write_tree (message);
  else if (MLS_TYPE != MLS_WORLD_STORED)
    read_and_write (message);
  (void) mls_world_deliver (world, MLS_TYPE, message);
}

static void
take_spoiled (mls_world * world, size_t which, const uint8_t * data, size_t size)
{
  const e2ee_mls_buffer *whole = &world->messages[which % world->n_messages].bytes;
  uint8_t *spoiled = malloc (whole->size);
  int differs;

  memcpy (spoiled, whole->data, whole->size);
  for (size_t i = 0; i + 3 <= size; i += 3)
    spoiled[(size_t) e2ee_get_be (data + i, 2) % whole->size] ^= data[i + 2];
  differs = memcmp (spoiled, whole->data, whole->size) != 0;

  if (differs)
    FUZZ_ASSERT (mls_world_deliver (world, MLS_TYPE, E2EE_BYTES (spoiled, whole->size))
        != E2EE_MLS_OK);
  FUZZ_ASSERT (mls_world_deliver (world, MLS_TYPE, e2ee_mls_buffer_view (*whole))
      == E2EE_MLS_OK);
  free (spoiled);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  mls_world *world = mls_world_get (MLS_TYPE);

  if (size >= 1 && !(data[0] & 0x80))
    take_raw (world, E2EE_BYTES (data + 1, size - 1));
  else if (size >= 1)
    take_spoiled (world, data[0] & 0x0f, data + 1, size - 1);
  return 0;
}
