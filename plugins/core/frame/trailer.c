/* Protection with a trailer (trailer.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/trailer.h"

#include "core/crypto/secret.h"
#include "core/frame/key-private.h"
#include "core/frame/nal.h"

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
e2ee_trailer_seal (e2ee_key * key, e2ee_format_id format, size_t prefix_size,
    e2ee_bytes plaintext, uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  const size_t sealed_size = prefix_size + plaintext.size + E2EE_TRAILER_TAG_SIZE;
  uint8_t *trailer = out + sealed_size;
  uint64_t ctr;
  e2ee_result r;

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (e2ee_key_get_suite (key)->format != format)
    return E2EE_ERR_KEY_FORMAT;
  r = e2ee_key_take_ctr (key, &ctr);
  if (r != E2EE_OK)
    return r;

  e2ee_trailer_key_nonce (key->trailer, ctr, trailer);
  r = e2ee_aead_seal (e2ee_trailer_key_sealer (key->trailer), trailer,
      E2EE_BYTES (out, prefix_size), plaintext, out + prefix_size);
  if (r != E2EE_OK) {
    e2ee_wipe (out, sealed_size + E2EE_TRAILER_SIZE);
    return r;
  }
  trailer[NONCE_SIZE] = NONCE_SIZE;
  trailer[NONCE_SIZE + 1] = (uint8_t) info->kid;

  info->ctr = counter_of (trailer);
  *out_size = sealed_size + E2EE_TRAILER_SIZE;
  return E2EE_OK;
}

/* A peer might write a nonce of another length, which GCM would allow, but none does. */
e2ee_result
e2ee_trailer_peek (e2ee_bytes frame, int escaped, e2ee_frame_info * info)
{
  const uint8_t *trailer;

  *info = (e2ee_frame_info) { 0 };
  if (frame.size < E2EE_TRAILER_OVERHEAD)
    return E2EE_ERR_TRUNCATED;
  trailer = frame.data + frame.size - E2EE_TRAILER_SIZE;
  if (trailer[NONCE_SIZE] != NONCE_SIZE)
    return E2EE_ERR_HEADER;
  info->kid = trailer[NONCE_SIZE + 1];
  if (!escaped)
    info->ctr = counter_of (trailer);
  return E2EE_OK;
}

/* What stands behind the clear prefix: ciphertext, tag, trailer. */
typedef struct
{
  e2ee_bytes prefix;
  e2ee_bytes wire;              /* in the frame, escaped or not */
  e2ee_bytes block;             /* what it means: the same, or unescaped in the output */
  uint8_t *out;
} trailer_block;

static e2ee_result
unescape (trailer_block * block)
{
  size_t size;
  e2ee_result r;

  block->block = block->wire;
  if (!e2ee_nal_is_escaped (block->wire, 0))
    return E2EE_OK;
  r = e2ee_nal_unescape (block->wire, 0, block->out, &size);
  block->block = E2EE_BYTES (block->out, size);
  return r;
}

static e2ee_result
try_steps (e2ee_trailer_key * key, const uint8_t nonce[NONCE_SIZE], trailer_block * block)
{
  e2ee_aead *aead;
  e2ee_result r = E2EE_ERR_TAG;

  for (size_t try = 0; (aead = e2ee_trailer_key_opener (key, try)) != NULL; try++) {
    /* What failed in place has wiped its input. */
    if (try > 0 && block->block.data == block->out)
      r = unescape (block);
    r = e2ee_aead_open (aead, nonce, block->prefix,
        E2EE_BYTES (block->block.data, block->block.size - E2EE_TRAILER_SIZE), block->out);
    if (r == E2EE_OK)
      e2ee_trailer_key_opened (key, try, nonce);
    if (r != E2EE_ERR_TAG)
      return r;
  }
  e2ee_trailer_key_failed (key);
  return r;
}

static e2ee_result
open_block (e2ee_trailer_key * key, trailer_block * block, int escaped, e2ee_frame_info * info)
{
  uint8_t nonce[NONCE_SIZE];
  e2ee_result r;

  block->block = block->wire;
  if (escaped) {
    r = unescape (block);
    if (r != E2EE_OK)
      return r;
    if (block->block.size < E2EE_TRAILER_OVERHEAD)
      return E2EE_ERR_TRUNCATED;
  }
  memcpy (nonce, block->block.data + block->block.size - E2EE_TRAILER_SIZE, sizeof nonce);
  info->ctr = counter_of (nonce);
  r = e2ee_trailer_key_may_open (key, nonce);
  return r == E2EE_OK ? try_steps (key, nonce, block) : r;
}

e2ee_result
e2ee_trailer_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_format_id format,
    size_t prefix_size, int escaped, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  trailer_block block;
  e2ee_key *key;
  e2ee_result r;

  *out_size = 0;
  r = e2ee_trailer_peek (frame, escaped, info);
  if (r != E2EE_OK)
    return r;
  if (frame.size - E2EE_TRAILER_OVERHEAD < prefix_size)
    return E2EE_ERR_TRUNCATED;

  key = e2ee_keyring_find (ring, info->kid, now_ms, &info->epoch);
  if (key == NULL)
    return E2EE_ERR_UNKNOWN_KEY;
  if (e2ee_key_get_suite (key)->format != format)
    return E2EE_ERR_KEY_FORMAT;

  block.prefix = E2EE_BYTES (frame.data, prefix_size);
  block.wire = E2EE_BYTES (frame.data + prefix_size, frame.size - prefix_size);
  block.out = out + prefix_size;
  r = open_block (key->trailer, &block, escaped, info);
  if (r != E2EE_OK)
    return r;

  memcpy (out, frame.data, prefix_size);
  *out_size = prefix_size + block.block.size - E2EE_TRAILER_OVERHEAD;
  return E2EE_OK;
}
