/* Writes the seeds of the meeting's fuzz targets: every valid text as it is, spoiled in some places,
 * and taken apart into what is signed.
 *
 *   make-meeting-seeds-TYPE FOLDER
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-world.h"

#include <string.h>

#include "core/meeting/jws.h"

static void
write_seed (const char *folder, const char *kind, const char *name, uint8_t first, e2ee_bytes rest)
{
  char path[4096];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s%s%s", folder, kind, name[0] != '\0' ? "-" : "", name);
  file = fopen (path, "wb");
  FUZZ_ASSERT (file != NULL);
  FUZZ_ASSERT (fputc (first, file) == first);
  FUZZ_ASSERT (fwrite (rest.data, 1, rest.size, file) == rest.size);
  FUZZ_ASSERT (fclose (file) == 0);
}

/* The half that alice signs, as header, line break, payload. */
static void
write_content (const char *folder, const char *name, e2ee_mls_buffer text)
{
  const uint8_t *tilde = memchr (text.data, '~', text.size);
  const uint8_t *begin = MEETING_TYPE == MEETING_WORLD_TOKEN ? tilde + 1 : text.data;
  const uint8_t *dot = memchr (begin, '.', text.size - (size_t) (begin - text.data));
  const uint8_t *end = memchr (dot + 1, '.', text.size - (size_t) (dot + 1 - text.data));
  e2ee_mls_buffer header, payload, content;

  FUZZ_ASSERT (e2ee_base64url_decode (E2EE_BYTES (begin, (size_t) (dot - begin)),
          &header) == E2EE_MEETING_OK);
  FUZZ_ASSERT (e2ee_base64url_decode (E2EE_BYTES (dot + 1, (size_t) (end - dot - 1)),
          &payload) == E2EE_MEETING_OK);
  content.size = header.size + 1 + payload.size;
  content.data = e2ee_mls_alloc (content.size, 1);
  memcpy (content.data, header.data, header.size);
  content.data[header.size] = '\n';
  memcpy (content.data + header.size + 1, payload.data, payload.size);
  write_seed (folder, "content", name, 1, e2ee_mls_buffer_view (content));
  e2ee_mls_buffer_clear (&content);
  e2ee_mls_buffer_clear (&header);
  e2ee_mls_buffer_clear (&payload);
}

int
main (int argc, char **argv)
{
  const meeting_world *world = meeting_world_get (MEETING_TYPE);

  FUZZ_ASSERT (argc == 2);
  for (size_t i = 0; i < world->n_texts; i++) {
    const char *name = world->texts[i].name;
    e2ee_mls_buffer text;

    FUZZ_ASSERT (e2ee_mls_buffer_dup (e2ee_mls_buffer_view (world->texts[i].text),
            &text) == E2EE_MLS_OK);
    write_seed (argv[1], "whole", name, 0, e2ee_mls_buffer_view (text));
    write_seed (argv[1], "half", name, 0, E2EE_BYTES (text.data, text.size / 2));
    text.data[text.size / 3] ^= 1;
    write_seed (argv[1], "changed", name, 0, e2ee_mls_buffer_view (text));
    text.data[text.size / 3] ^= 1;
    text.data[text.size - 1] ^= 0x80;
    write_seed (argv[1], "end", name, 0, e2ee_mls_buffer_view (text));
    text.data[text.size - 1] ^= 0x80;
    if (MEETING_TYPE != MEETING_WORLD_LINK)
      write_content (argv[1], name, text);
    e2ee_mls_buffer_clear (&text);
  }
  write_seed (argv[1], "empty", "", 0, E2EE_NO_BYTES);
  return 0;
}
