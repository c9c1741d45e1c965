/* Protection with a trailer (trailer.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/trailer.h"

#include "core/crypto/secret.h"
#include "core/frame/key-private.h"

#include <string.h>

#define NONCE_SIZE E2EE_AEAD_NONCE_SIZE

/* The place of a frame in no order: the nonce is 12 bytes, and its last 8 are what differs between
 * the frames of one sender, whoever made it. */
static uint64_t
counter_of (const uint8_t nonce[NONCE_SIZE])
{
  return e2ee_get_be (nonce + NONCE_SIZE - 8, 8);
}

e2ee_result
e2ee_trailer_seal (e2ee_key * key, e2ee_format_id format, size_t prefix_size, e2ee_bytes frame,
    uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  e2ee_bytes plaintext, prefix;
  uint8_t *trailer;
  uint64_t ctr;
  e2ee_result r;

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (e2ee_key_get_suite (key)->format != format)
    return E2EE_ERR_KEY_FORMAT;
  if (frame.size == 0 || frame.size < prefix_size)
    return E2EE_ERR_TRUNCATED;
  prefix = E2EE_BYTES (frame.data, prefix_size);
  plaintext = E2EE_BYTES (frame.data + prefix_size, frame.size - prefix_size);
  if (frame.size > E2EE_AEAD_MAX_MESSAGE_SIZE)
    return E2EE_ERR_TOO_LARGE;
  r = e2ee_key_take_ctr (key, &ctr);
  if (r != E2EE_OK)
    return r;

  trailer = out + frame.size + E2EE_TRAILER_TAG_SIZE;
  e2ee_trailer_key_nonce (key->trailer, ctr, trailer);
  r = e2ee_aead_seal (e2ee_trailer_key_sealer (key->trailer), trailer, prefix, plaintext,
      out + prefix_size);
  if (r != E2EE_OK) {
    e2ee_wipe (out, frame.size + E2EE_TRAILER_OVERHEAD);
    return r;
  }
  memcpy (out, prefix.data, prefix.size);
  trailer[NONCE_SIZE] = NONCE_SIZE;
  trailer[NONCE_SIZE + 1] = (uint8_t) info->kid;

  info->ctr = counter_of (trailer);
  *out_size = frame.size + E2EE_TRAILER_OVERHEAD;
  return E2EE_OK;
}

/* A peer might write a nonce of another length, which GCM would allow, but none does. */
e2ee_result
e2ee_trailer_peek (e2ee_bytes frame, e2ee_frame_info * info)
{
  const uint8_t *trailer;

  *info = (e2ee_frame_info) { 0 };
  if (frame.size < E2EE_TRAILER_OVERHEAD)
    return E2EE_ERR_TRUNCATED;
  trailer = frame.data + frame.size - E2EE_TRAILER_SIZE;
  if (trailer[NONCE_SIZE] != NONCE_SIZE)
    return E2EE_ERR_HEADER;
  info->kid = trailer[NONCE_SIZE + 1];
  info->ctr = counter_of (trailer);
  return E2EE_OK;
}

static e2ee_result
try_steps (e2ee_trailer_key * key, const uint8_t nonce[NONCE_SIZE], e2ee_bytes prefix,
    e2ee_bytes sealed, uint8_t * out)
{
  e2ee_aead *aead;
  e2ee_result r = E2EE_ERR_TAG;

  for (size_t try = 0; (aead = e2ee_trailer_key_opener (key, try)) != NULL; try++) {
    r = e2ee_aead_open (aead, nonce, prefix, sealed, out);
    if (r == E2EE_OK)
      e2ee_trailer_key_opened (key, try, nonce);
    if (r != E2EE_ERR_TAG)
      return r;
  }
  e2ee_trailer_key_failed (key);
  return r;
}

e2ee_result
e2ee_trailer_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_format_id format,
    size_t prefix_size, e2ee_bytes frame, uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  const uint8_t *nonce;
  e2ee_bytes sealed;
  e2ee_key *key;
  e2ee_result r;

  *out_size = 0;
  r = e2ee_trailer_peek (frame, info);
  if (r != E2EE_OK)
    return r;
  if (frame.size - E2EE_TRAILER_OVERHEAD < prefix_size)
    return E2EE_ERR_TRUNCATED;

  key = e2ee_keyring_find (ring, info->kid, now_ms, &info->epoch);
  if (key == NULL)
    return E2EE_ERR_UNKNOWN_KEY;
  if (e2ee_key_get_suite (key)->format != format)
    return E2EE_ERR_KEY_FORMAT;

  nonce = frame.data + frame.size - E2EE_TRAILER_SIZE;
  sealed = E2EE_BYTES (frame.data + prefix_size, frame.size - prefix_size - E2EE_TRAILER_SIZE);
  r = e2ee_trailer_key_may_open (key->trailer, nonce);
  if (r == E2EE_OK)
    r = try_steps (key->trailer, nonce, E2EE_BYTES (frame.data, prefix_size), sealed,
        out + prefix_size);
  if (r != E2EE_OK)
    return r;

  memcpy (out, frame.data, prefix_size);
  *out_size = frame.size - E2EE_TRAILER_OVERHEAD;
  return E2EE_OK;
}
