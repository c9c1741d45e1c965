/* Links of meetings (ticket.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/crypto/secret.h"
#include "core/meeting/jwk.h"
#include "core/meeting/ticket-private.h"

#define MAX_LINK_SIZE 4096
#define ID_NAME "m="
#define HASH_NAME "t="

/* No space, no control character, nothing that is not ASCII (RFC 3986 section 2). */
static int
is_url_text (e2ee_bytes text)
{
  for (size_t i = 0; i < text.size; i++)
    if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
      return 0;
  return 1;
}

/* What stands in front of the first @mark goes to @head, what follows it to @tail. */
static int
cut_at (e2ee_bytes text, char mark, e2ee_bytes * head, e2ee_bytes * tail)
{
  const uint8_t *at = text.size > 0 ? memchr (text.data, mark, text.size) : NULL;
  const size_t before = at != NULL ? (size_t) (at - text.data) : text.size;

  *head = E2EE_BYTES (text.data, before);
  *tail = at != NULL ? E2EE_BYTES (at + 1, text.size - before - 1) : E2EE_NO_BYTES;
  return at != NULL;
}

static int
starts_with (e2ee_bytes text, const char *name)
{
  return text.size >= strlen (name) && memcmp (text.data, name, strlen (name)) == 0;
}

/* Takes @value for a part that must stand once. */
static int
take (e2ee_bytes part, const char *name, e2ee_bytes * value)
{
  if (value->data != NULL)
    return 0;
  *value = E2EE_BYTES (part.data + strlen (name), part.size - strlen (name));
  return 1;
}

static int
read_query (e2ee_bytes query, e2ee_link * link)
{
  e2ee_bytes id = E2EE_NO_BYTES, hash = E2EE_NO_BYTES;
  int more = 1;

  while (more) {
    e2ee_bytes part;

    more = cut_at (query, '&', &part, &query);
    if ((starts_with (part, ID_NAME) && !take (part, ID_NAME, &id))
        || (starts_with (part, HASH_NAME) && !take (part, HASH_NAME, &hash)))
      return 0;
  }
  if (!e2ee_meeting_id_is_valid (id)
      || !e2ee_base64url_read_32 ((const char *) hash.data, hash.size, link->ticket_hash))
    return 0;
  memcpy (link->meeting_id, id.data, id.size);
  return 1;
}

e2ee_meeting_result
e2ee_link_parse (e2ee_bytes text, e2ee_link * link)
{
  e2ee_bytes address, fragment, base, query;

  memset (link, 0, sizeof (*link));
  if (text.size > MAX_LINK_SIZE || !is_url_text (text)
      || !cut_at (text, '#', &address, &fragment) || !cut_at (address, '?', &base, &query)
      || !read_query (query, link))
    goto refuse;
  if (e2ee_crypto_init () != E2EE_OK)
    return E2EE_MEETING_ERR_CRYPTO;
  if (e2ee_mls_secret_init (&link->join_secret, E2EE_JOIN_SECRET_SIZE) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  if (e2ee_base64url_read_32 ((const char *) fragment.data, fragment.size,
          link->join_secret.data))
    return E2EE_MEETING_OK;

refuse:
  e2ee_link_clear (link);
  return E2EE_MEETING_ERR_LINK_FORMAT;
}

static void
put (e2ee_mls_buffer * text, e2ee_bytes part)
{
  memcpy (text->data + text->size, part.data, part.size);
  text->size += part.size;
}

static void
put_32 (e2ee_mls_buffer * text, const uint8_t bytes[32])
{
  e2ee_base64url_write_32 (bytes, (char *) text->data + text->size);
  text->size += E2EE_BASE64URL_32;
}

e2ee_meeting_result
e2ee_link_format (const char *base, const e2ee_link * link, e2ee_mls_buffer * text)
{
  const e2ee_bytes head = E2EE_BYTES (base, strlen (base));
  const e2ee_bytes id = E2EE_BYTES (link->meeting_id, strlen (link->meeting_id));
  const size_t size = head.size + id.size + sizeof ("?" ID_NAME "&" HASH_NAME "#")
      + 2 * E2EE_BASE64URL_32;

  *text = E2EE_MLS_NO_BUFFER;
  if (size > MAX_LINK_SIZE || !is_url_text (head) || strchr (base, '#') != NULL
      || !e2ee_meeting_id_is_valid (id) || link->join_secret.size != E2EE_JOIN_SECRET_SIZE)
    return E2EE_MEETING_ERR_ARGUMENT;
  text->data = e2ee_mls_alloc (size, 1);
  if (text->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  put (text, head);
  put (text, E2EE_BYTES (strchr (base, '?') != NULL ? "&" ID_NAME : "?" ID_NAME, 3));
  put (text, id);
  put (text, E2EE_BYTES ("&" HASH_NAME, 3));
  put_32 (text, link->ticket_hash);
  put (text, E2EE_BYTES ("#", 1));
  put_32 (text, link->join_secret.data);
  return E2EE_MEETING_OK;
}

void
e2ee_link_clear (e2ee_link * link)
{
  e2ee_mls_secret_clear (&link->join_secret);
  memset (link, 0, sizeof (*link));
}

e2ee_meeting_result
e2ee_link_check_ticket (const e2ee_link * link, const e2ee_ticket * ticket)
{
  return e2ee_equal (E2EE_BYTES (link->ticket_hash, E2EE_TICKET_HASH_SIZE),
      E2EE_BYTES (ticket->hash, E2EE_TICKET_HASH_SIZE))
      && strcmp (link->meeting_id, ticket->meeting_id) == 0
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_TICKET_HASH;
}
