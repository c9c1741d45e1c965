/* SFrame protection of one media frame, RFC 9605 section 4.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/sframe.h"

#include "core/crypto/secret.h"
#include "core/frame/key-private.h"

#include <string.h>

#define MAX_AAD_SIZE (E2EE_SFRAME_MAX_HEADER_SIZE + E2EE_SFRAME_MAX_METADATA)

/* Section 4.4.3: sframe_salt XOR ctr, the counter as a big-endian number as wide as the nonce. */
static void
make_nonce (const e2ee_key * key, uint64_t ctr, uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  uint8_t wide[8];

  e2ee_put_be (wide, ctr, sizeof wide);
  memcpy (nonce, key->salt, E2EE_AEAD_NONCE_SIZE);
  for (size_t i = 0; i < sizeof wide; i++)
    nonce[E2EE_AEAD_NONCE_SIZE - sizeof wide + i] ^= wide[i];
}

/* Section 4.4.3: the header comes first here, although the metadata does on the wire.  @scratch
 * is used only when there is something to join. */
static e2ee_bytes
make_aad (e2ee_bytes header, e2ee_bytes metadata, uint8_t scratch[MAX_AAD_SIZE])
{
  if (metadata.size == 0)
    return header;

  memcpy (scratch, header.data, header.size);
  memcpy (scratch + header.size, metadata.data, metadata.size);
  return E2EE_BYTES (scratch, header.size + metadata.size);
}

size_t
e2ee_sframe_overhead (const e2ee_key * key)
{
  uint8_t header[E2EE_SFRAME_MAX_HEADER_SIZE];

  if (key->streams != NULL)
    key = e2ee_streams_get_current (key->streams);
  if (key == NULL)
    return E2EE_SFRAME_MAX_OVERHEAD;
  return e2ee_sframe_header_write (key->kid, e2ee_key_next_ctr (key), header) + key->suite->nt;
}

e2ee_result
e2ee_sframe_seal (e2ee_key * key, e2ee_bytes metadata, e2ee_bytes plaintext, uint8_t * out,
    size_t *out_size, uint64_t * ctr)
{
  uint8_t scratch[MAX_AAD_SIZE];
  uint8_t header[E2EE_SFRAME_MAX_HEADER_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  size_t header_size;
  uint64_t taken;
  e2ee_result r;

  *out_size = 0;
  if (metadata.size > E2EE_SFRAME_MAX_METADATA || plaintext.size > E2EE_SFRAME_MAX_FRAME)
    return E2EE_ERR_TOO_LARGE;
  if (key->suite->format != E2EE_FORMAT_SFRAME)
    return E2EE_ERR_KEY_FORMAT;
  key = e2ee_key_working (key);
  if (key == NULL)
    return E2EE_ERR_KEY_USAGE;
  r = e2ee_key_take_ctr (key, &taken);
  if (r != E2EE_OK)
    return r;

  header_size = e2ee_sframe_header_write (key->kid, taken, header);
  memcpy (out, header, header_size);
  make_nonce (key, taken, nonce);

  r = e2ee_aead_seal (key->aead, nonce,
      make_aad (E2EE_BYTES (header, header_size), metadata, scratch), plaintext,
      out + header_size);
  if (r != E2EE_OK) {
    e2ee_wipe (out, header_size + plaintext.size + key->suite->nt);
    return r;
  }

  *out_size = header_size + plaintext.size + key->suite->nt;
  if (ctr != NULL)
    *ctr = taken;
  return E2EE_OK;
}

/* What is known of a frame before any cryptography. */
typedef struct
{
  e2ee_key *listed;             /* in the ring */
  e2ee_key *key;                /* what opens: the same, or that of the stream */
  e2ee_bytes header;
  e2ee_bytes sealed;            /* ciphertext | tag */
  size_t plaintext_size;
  uint64_t epoch;
} parsed_frame;

/* The order of the checks is that of their causes: what cannot be read, what nobody here can
 * open, what came before.  A replayed frame costs no decryption. */
static e2ee_result
parse_frame (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes metadata, e2ee_bytes in,
    parsed_frame * frame, e2ee_sframe_info * info)
{
  e2ee_sframe_header header;
  e2ee_result r;

  *info = (e2ee_sframe_info) { 0 };
  r = e2ee_sframe_header_read (in, &header);
  if (r != E2EE_OK)
    return r;
  info->kid = header.kid;
  info->ctr = header.ctr;
  info->header_size = header.size;
  frame->header = E2EE_BYTES (in.data, header.size);
  frame->sealed = E2EE_BYTES (in.data + header.size, in.size - header.size);

  frame->listed = e2ee_keyring_find (ring, header.kid, now_ms, &frame->epoch);
  if (frame->listed == NULL)
    return E2EE_ERR_UNKNOWN_KEY;
  if (frame->listed->suite->format != E2EE_FORMAT_SFRAME)
    return E2EE_ERR_KEY_FORMAT;
  frame->key = e2ee_key_working (frame->listed);
  if (frame->key == NULL)
    return E2EE_ERR_UNKNOWN_KEY;

  if (frame->sealed.size < frame->key->suite->nt)
    return E2EE_ERR_TRUNCATED;
  frame->plaintext_size = frame->sealed.size - frame->key->suite->nt;
  if (metadata.size > E2EE_SFRAME_MAX_METADATA || frame->plaintext_size > E2EE_SFRAME_MAX_FRAME)
    return E2EE_ERR_TOO_LARGE;

  return e2ee_replay_check (frame->key->replay, header.ctr);
}

static e2ee_result
open_parsed (const parsed_frame * frame, e2ee_bytes metadata, uint8_t * out, size_t *out_size,
    e2ee_sframe_info * info)
{
  uint8_t scratch[MAX_AAD_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  e2ee_result r;

  make_nonce (frame->key, info->ctr, nonce);
  r = e2ee_aead_open (frame->key->aead, nonce, make_aad (frame->header, metadata, scratch),
      frame->sealed, out);
  if (r != E2EE_OK)
    return r;

  /* The first frame of a run needs memory, so even this can fail, and then nobody may see the
   * frame. */
  r = e2ee_replay_commit (frame->key->replay, info->ctr);
  if (r != E2EE_OK) {
    e2ee_wipe (out, frame->plaintext_size);
    return r;
  }

  if (frame->listed->streams != NULL)
    e2ee_streams_keep (frame->listed->streams);
  info->epoch = frame->epoch;
  *out_size = frame->plaintext_size;
  return E2EE_OK;
}

e2ee_result
e2ee_sframe_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes metadata, e2ee_bytes in,
    uint8_t * out, size_t *out_size, e2ee_sframe_info * info)
{
  parsed_frame parsed;
  e2ee_result r;

  *out_size = 0;
  r = parse_frame (ring, now_ms, metadata, in, &parsed, info);
  if (r == E2EE_OK)
    r = open_parsed (&parsed, metadata, out, out_size, info);
  return r;
}

e2ee_result
e2ee_sframe_open_in_place (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes metadata,
    uint8_t * frame, size_t size, size_t *plaintext_size, e2ee_sframe_info * info)
{
  parsed_frame parsed;
  e2ee_result r;

  *plaintext_size = 0;
  r = parse_frame (ring, now_ms, metadata, E2EE_BYTES (frame, size), &parsed, info);
  if (r == E2EE_OK)
    r = open_parsed (&parsed, metadata, frame + info->header_size, plaintext_size, info);
  return r;
}
