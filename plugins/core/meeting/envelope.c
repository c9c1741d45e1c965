/* Sealing and opening envelopes (envelope.h), on libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/envelope.h"

#include <string.h>

#include <sodium.h>

#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"

#define VERSION_BYTE 1

e2ee_meeting_result
e2ee_link_derive (const e2ee_link * link, const char *label, uint8_t * out, size_t out_size)
{
  uint8_t prk[32];
  e2ee_result r;

  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_BYTES (link->ticket_hash, E2EE_TICKET_HASH_SIZE),
      e2ee_mls_secret_view (link->join_secret), prk);
  r = e2ee_hkdf_expand (E2EE_HASH_SHA256, E2EE_BYTES (prk, sizeof (prk)),
      E2EE_BYTES (label, strlen (label)), out, out_size);
  e2ee_wipe (prk, sizeof (prk));
  return r == E2EE_OK ? E2EE_MEETING_OK : E2EE_MEETING_ERR_CRYPTO;
}

/* version || meeting id */
static size_t
make_aad (const char *meeting_id, uint8_t aad[1 + E2EE_MAX_MEETING_ID])
{
  const size_t size = strlen (meeting_id);

  aad[0] = VERSION_BYTE;
  memcpy (aad + 1, meeting_id, size);
  return 1 + size;
}

e2ee_meeting_result
e2ee_envelope_seal (const e2ee_env * env, e2ee_bytes key, const char *meeting_id,
    e2ee_bytes content, e2ee_mls_buffer * message)
{
  uint8_t aad[1 + E2EE_MAX_MEETING_ID];
  const size_t aad_size = make_aad (meeting_id, aad);
  uint8_t *nonce;

  *message = E2EE_MLS_NO_BUFFER;
  if (content.size > E2EE_ENVELOPE_MAX_SIZE - E2EE_ENVELOPE_OVERHEAD)
    return E2EE_MEETING_ERR_ENVELOPE;
  message->data = e2ee_mls_alloc (content.size + E2EE_ENVELOPE_OVERHEAD, 1);
  if (message->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  message->size = content.size + E2EE_ENVELOPE_OVERHEAD;
  message->data[0] = VERSION_BYTE;
  nonce = message->data + 1;
  env->random (env->user, nonce, E2EE_ENVELOPE_NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (nonce + E2EE_ENVELOPE_NONCE_SIZE, NULL, content.data,
      content.size, aad, aad_size, NULL, nonce, key.data);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_envelope_open (e2ee_bytes key, const char *meeting_id, e2ee_bytes message,
    e2ee_mls_buffer * content)
{
  uint8_t aad[1 + E2EE_MAX_MEETING_ID];
  const size_t aad_size = make_aad (meeting_id, aad);
  const uint8_t *sealed;

  *content = E2EE_MLS_NO_BUFFER;
  /* One byte of content at least: its kind. */
  if (message.size <= E2EE_ENVELOPE_OVERHEAD || message.size > E2EE_ENVELOPE_MAX_SIZE
      || message.data[0] != VERSION_BYTE)
    return E2EE_MEETING_ERR_ENVELOPE;
  content->size = message.size - E2EE_ENVELOPE_OVERHEAD;
  content->data = e2ee_mls_alloc (content->size, 1);
  if (content->data == NULL) {
    content->size = 0;
    return E2EE_MEETING_ERR_NO_MEMORY;
  }
  sealed = message.data + 1 + E2EE_ENVELOPE_NONCE_SIZE;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (content->data, NULL, NULL, sealed,
          message.size - 1 - E2EE_ENVELOPE_NONCE_SIZE, aad, aad_size, message.data + 1,
          key.data) != 0) {
    e2ee_mls_buffer_clear (content);
    return E2EE_MEETING_ERR_ENVELOPE;
  }
  return E2EE_MEETING_OK;
}
