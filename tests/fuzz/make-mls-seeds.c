/* Writes the seeds of the MLS fuzz targets: every valid message, and some spoiled places.
 *
 *   make-mls-seeds-TYPE FOLDER
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "mls-world.h"

static void
write_seed (const char *folder, const char *name, uint8_t first, e2ee_bytes rest)
{
  char path[4096];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s", folder, name);
  file = fopen (path, "wb");
  FUZZ_ASSERT (file != NULL);
  FUZZ_ASSERT (fputc (first, file) == first);
  FUZZ_ASSERT (fwrite (rest.data, 1, rest.size, file) == rest.size);
  FUZZ_ASSERT (fclose (file) == 0);
}

int
main (int argc, char **argv)
{
  mls_world *world = mls_world_get (MLS_TYPE);

  FUZZ_ASSERT (argc == 2);
  for (size_t i = 0; i < world->n_messages; i++) {
    const mls_world_message *message = &world->messages[i];
    const size_t last = message->bytes.size - 1;
    const uint8_t places[] = { 0, 1, 1, 0, 4, 0xff, (uint8_t) (last >> 8), (uint8_t) last, 1 };
    const uint8_t middle[] = { (uint8_t) (last / 2 >> 8), (uint8_t) (last / 2), 0x10 };
    const uint8_t first = (uint8_t) (0x80 | i);
    char name[80];

    snprintf (name, sizeof name, "raw-%s", message->name);
    write_seed (argv[1], name, 0, e2ee_mls_buffer_view (message->bytes));
    snprintf (name, sizeof name, "whole-%s", message->name);
    write_seed (argv[1], name, first, E2EE_NO_BYTES);
    snprintf (name, sizeof name, "type-%s", message->name);
    write_seed (argv[1], name, first, E2EE_BYTES (places, 3));
    snprintf (name, sizeof name, "end-%s", message->name);
    write_seed (argv[1], name, first, E2EE_BYTES (places + 6, 3));
    snprintf (name, sizeof name, "middle-%s", message->name);
    write_seed (argv[1], name, first, E2EE_BYTES (middle, 3));
  }
  write_seed (argv[1], "empty", 0, E2EE_NO_BYTES);
  return 0;
}
