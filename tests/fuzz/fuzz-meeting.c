/* Fuzz target: what is read of a meeting's signed texts and links is what was signed, or nothing.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * MEETING_TYPE says which.  The first byte says how the rest is read: 0, as it is; 1, as header,
 * "." and payload, which alice signs, so that what stands behind the signature is reached as well;
 * for a ticket or an identity her token stands in its place. */
#include "meeting-world.h"

#include <string.h>

#include "core/meeting/jws.h"

static void
append (e2ee_mls_buffer * buffer, size_t space, const void *bytes, size_t size)
{
  FUZZ_ASSERT (size <= space - buffer->size);
  if (size > 0)
    memcpy (buffer->data + buffer->size, bytes, size);
  buffer->size += size;
}

static void
append_base64url (e2ee_mls_buffer * buffer, size_t space, e2ee_bytes bytes)
{
  e2ee_mls_buffer text;

  FUZZ_ASSERT (e2ee_base64url_encode (bytes, &text) == E2EE_MEETING_OK);
  append (buffer, space, text.data, text.size);
  e2ee_mls_buffer_clear (&text);
}

/* The other half of a valid text with two. */
static void
append_half (e2ee_mls_buffer * buffer, size_t space, e2ee_mls_buffer pair, int second)
{
  const uint8_t *tilde = memchr (pair.data, '~', pair.size);
  const size_t first_size = (size_t) (tilde - pair.data);

  if (second)
    append (buffer, space, tilde, pair.size - first_size);
  else
    append (buffer, space, pair.data, first_size + 1);
}

/* @content is header, a line break, payload. */
static void
read_signed (const meeting_world * world, e2ee_bytes content)
{
  const uint8_t *newline = content.size > 0 ? memchr (content.data, '\n', content.size) : NULL;
  const size_t header_size = newline != NULL ? (size_t) (newline - content.data) : content.size;
  const size_t space = content.size * 2 + world->texts[0].text.size + 256;
  e2ee_mls_buffer text = { e2ee_mls_alloc (space, 1), 0 };
  uint8_t signature[E2EE_SIGNATURE_SIZE];
  size_t begin;

  FUZZ_ASSERT (text.data != NULL);
  if (MEETING_TYPE == MEETING_WORLD_TOKEN)
    append_half (&text, space, world->texts[0].text, 0);
  begin = text.size;
  append_base64url (&text, space, E2EE_BYTES (content.data, header_size));
  append (&text, space, ".", 1);
  if (newline != NULL)
    append_base64url (&text, space, E2EE_BYTES (newline + 1, content.size - header_size - 1));
  e2ee_device_sign (world->alice, E2EE_BYTES (text.data + begin, text.size - begin), signature);
  append (&text, space, ".", 1);
  append_base64url (&text, space, E2EE_BYTES (signature, sizeof (signature)));
  if (MEETING_TYPE == MEETING_WORLD_TICKET)
    append_half (&text, space, world->texts[0].text, 1);
  meeting_world_accepts (world, MEETING_TYPE, e2ee_mls_buffer_view (text));
  e2ee_mls_buffer_clear (&text);
}

static int
is_one_of (const meeting_world * world, e2ee_bytes text)
{
  for (size_t i = 0; i < world->n_texts; i++)
    if (world->texts[i].text.size == text.size
        && memcmp (world->texts[i].text.data, text.data, text.size) == 0)
      return 1;
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  const meeting_world *world = meeting_world_get (MEETING_TYPE);
  e2ee_bytes rest;
  int accepted;

  if (size == 0)
    return 0;
  rest = E2EE_BYTES (data + 1, size - 1);
  if (data[0] == 1 && MEETING_TYPE != MEETING_WORLD_LINK) {
    if (rest.size <= E2EE_JWS_MAX_SIZE)
      read_signed (world, rest);
    return 0;
  }
  accepted = meeting_world_accepts (world, MEETING_TYPE, rest);
  /* Nobody but the people of this world signs; a link is signed by nobody. */
  if (MEETING_TYPE != MEETING_WORLD_LINK)
    FUZZ_ASSERT (accepted == is_one_of (world, rest));
  return 0;
}
