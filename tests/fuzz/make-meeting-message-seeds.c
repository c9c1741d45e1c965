/* Writes the seeds of fuzz-meeting-message: an envelope, every content that was sent, spoiled places.
 *
 *   make-meeting-message-seeds FOLDER
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "message-world.h"

static void
write_seed (const char *folder, const char *name, uint8_t first, e2ee_bytes rest)
{
  char path[4096];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s", folder, name);
  file = fopen (path, "wb");
  FUZZ_ASSERT (file != NULL);
  FUZZ_ASSERT (fputc (first, file) == first);
  FUZZ_ASSERT (rest.size == 0 || fwrite (rest.data, 1, rest.size, file) == rest.size);
  FUZZ_ASSERT (fclose (file) == 0);
}

int
main (int argc, char **argv)
{
  static const uint8_t spoil[] = { 0, 0, 7, 1, 40, 0x80 };
  static const uint8_t statement[] = { 5, 4, 'a', '.', 'b', '.' };
  static room r;
  unsigned seen = 0;

  FUZZ_ASSERT (argc == 2);
  message_world_start (&r);
  write_seed (argv[1], "empty", 0, E2EE_NO_BYTES);
  write_seed (argv[1], "envelope", 0, e2ee_mls_buffer_view (r.messages[r.n_messages - 1].bytes));
  write_seed (argv[1], "state", 0x81, E2EE_BYTES (statement, sizeof (statement)));
  write_seed (argv[1], "unknown-kind", 0x80, E2EE_BYTES ("\x63", 1));
  for (size_t i = 0; i < r.n_messages; i++) {
    e2ee_mls_buffer content = message_world_content (&r, i);
    char name[64];

    /* The first of each kind, and the last ones as they are. */
    if ((seen >> content.data[0] & 1) == 0 || i + 4 > r.n_messages) {
      snprintf (name, sizeof name, "content-%u-%zu", content.data[0], i);
      write_seed (argv[1], name, 0x80, e2ee_mls_buffer_view (content));
      snprintf (name, sizeof name, "content-%u-%zu-joining", content.data[0], i);
      write_seed (argv[1], name, 0x81, e2ee_mls_buffer_view (content));
    }
    seen |= 1u << content.data[0];
    e2ee_mls_buffer_clear (&content);
  }
  for (unsigned i = 0; i < 8; i++) {
    char name[64];

    snprintf (name, sizeof name, "spoiled-%u", i);
    write_seed (argv[1], name, (uint8_t) (0xC0 | i << 1 | (i & 1)),
        E2EE_BYTES (spoil + (i % 2) * 3, 3));
  }
  room_clear (&r);
  return 0;
}
