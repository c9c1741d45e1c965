/* What survives a crash: the newest statement, our own revision, devices and their marks, the log.
 *
 * The group does not.  Whoever comes back comes with a new leaf, so no key of the past lies on a disk
 * and no ratchet can be wound twice; and a revision that was signed is never signed again.
 *
 *   version (1 byte, 01) | nonce (24) | XChaCha20-Poly1305 (store key, aad = version || ticket hash)
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/meeting/state/state.h"

#define VERSION_BYTE 1
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define HEAD_SIZE (1 + NONCE_SIZE)

static void
write_all (const e2ee_meeting * m, e2ee_mls_writer * writer)
{
  size_t begun;

  e2ee_mls_write_vector (writer, e2ee_mls_buffer_view (m->newest.text));
  e2ee_mls_write_u64 (writer, m->issued);
  e2ee_mls_write_u64 (writer, m->evidence.log.n);
  e2ee_mls_write_raw (writer, E2EE_BYTES (m->evidence.log.prev, sizeof (m->evidence.log.prev)));
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < m->devices.n; i++) {
    const e2ee_known_device *device = &m->devices.list[i];

    e2ee_mls_write_raw (writer, E2EE_BYTES (device->subject, sizeof (device->subject)));
    e2ee_mls_write_raw (writer, E2EE_BYTES (device->thumbprint.bytes, E2EE_THUMBPRINT_SIZE));
    e2ee_mls_write_u8 (writer, device->is_verified != 0);
  }
  e2ee_mls_write_end (writer, begun);
}

static void
copy_raw (e2ee_mls_reader * reader, uint8_t * out, size_t size)
{
  const e2ee_bytes in = e2ee_mls_read_raw (reader, size);

  if (in.size == size)
    memcpy (out, in.data, size);
}

static e2ee_meeting_result
read_all (e2ee_meeting * m, e2ee_bytes in)
{
  e2ee_mls_reader reader, inner;
  e2ee_bytes statement;

  e2ee_mls_reader_init (&reader, in, NULL);
  statement = e2ee_mls_read_vector (&reader);
  m->issued = e2ee_mls_read_u64 (&reader);
  m->evidence.log.n = e2ee_mls_read_u64 (&reader);
  copy_raw (&reader, m->evidence.log.prev, sizeof (m->evidence.log.prev));
  inner = e2ee_mls_read_begin (&reader);
  while (e2ee_mls_reader_left (&inner) > 0 && m->devices.n < E2EE_MAX_DEVICES) {
    e2ee_known_device *device = &m->devices.list[m->devices.n++];

    copy_raw (&inner, device->subject, sizeof (device->subject));
    copy_raw (&inner, device->thumbprint.bytes, E2EE_THUMBPRINT_SIZE);
    device->is_verified = e2ee_mls_read_u8 (&inner) == 1;
  }
  e2ee_mls_read_end (&reader, &inner);
  if (e2ee_mls_reader_finish (&reader) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_STORE;
  if (statement.size > 0 && e2ee_meeting_remember (m, statement) != E2EE_MEETING_OK)
    return E2EE_MEETING_ERR_STORE;
  return E2EE_MEETING_OK;
}

static void
make_aad (const e2ee_meeting * m, uint8_t aad[1 + E2EE_TICKET_HASH_SIZE])
{
  aad[0] = VERSION_BYTE;
  memcpy (aad + 1, m->ticket.hash, E2EE_TICKET_HASH_SIZE);
}

static e2ee_meeting_result
store (const e2ee_meeting * m, e2ee_mls_buffer * sealed)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  uint8_t aad[1 + E2EE_TICKET_HASH_SIZE];
  e2ee_bytes plain;
  e2ee_meeting_result r = E2EE_MEETING_ERR_NO_MEMORY;

  *sealed = E2EE_MLS_NO_BUFFER;
  make_aad (m, aad);
  write_all (m, &writer);
  plain = e2ee_mls_writer_view (&writer);
  if (writer.result == E2EE_MLS_OK)
    sealed->data = e2ee_mls_alloc (HEAD_SIZE + plain.size
        + crypto_aead_xchacha20poly1305_ietf_ABYTES, 1);
  if (sealed->data != NULL) {
    sealed->size = HEAD_SIZE + plain.size + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    sealed->data[0] = VERSION_BYTE;
    m->host->env->random (m->host->env->user, sealed->data + 1, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt (sealed->data + HEAD_SIZE, NULL, plain.data,
        plain.size, aad, sizeof (aad), NULL, sealed->data + 1, m->store_key.data);
    r = E2EE_MEETING_OK;
  }
  e2ee_mls_writer_clear (&writer);
  return r;
}

void
e2ee_meeting_save (e2ee_meeting * m)
{
  e2ee_mls_buffer sealed = E2EE_MLS_NO_BUFFER;

  if (!m->is_dirty || m->host->save == NULL || m->store_key.size == 0)
    return;
  if (store (m, &sealed) == E2EE_MEETING_OK) {
    m->is_dirty = 0;
    m->host->save (m->host->user, e2ee_mls_buffer_view (sealed));
  }
  e2ee_mls_buffer_clear (&sealed);
}

e2ee_meeting_result
e2ee_meeting_unstore (e2ee_meeting * m, e2ee_bytes sealed)
{
  uint8_t aad[1 + E2EE_TICKET_HASH_SIZE];
  e2ee_mls_buffer plain = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r = E2EE_MEETING_ERR_STORE;

  if (m->store_key.size == 0
      || sealed.size <= HEAD_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES
      || sealed.data[0] != VERSION_BYTE)
    return E2EE_MEETING_ERR_STORE;
  plain.size = sealed.size - HEAD_SIZE - crypto_aead_xchacha20poly1305_ietf_ABYTES;
  plain.data = e2ee_mls_alloc (plain.size, 1);
  if (plain.data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  make_aad (m, aad);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain.data, NULL, NULL,
          sealed.data + HEAD_SIZE, sealed.size - HEAD_SIZE, aad, sizeof (aad), sealed.data + 1,
          m->store_key.data) == 0)
    r = read_all (m, e2ee_mls_buffer_view (plain));
  e2ee_mls_buffer_clear (&plain);
  return r;
}
