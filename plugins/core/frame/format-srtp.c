/* SRTP: a frame is one whole RTP packet, which is never regrouped (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_SRTP

#include "core/frame/format.h"

#include "core/frame/key-private.h"
#include "core/frame/srtp.h"

/* Without an MKI the tag says which key it was; so many of them are tried. */
#define MAX_TRIALS 4

static size_t
srtp_seal_bound (const e2ee_key * key, e2ee_codec codec, size_t frame_size)
{
  (void) codec;
  return frame_size + (key->srtp != NULL ? e2ee_srtp_overhead (key->srtp) : 0);
}

static e2ee_result
srtp_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  uint64_t spent;
  e2ee_result r;

  (void) codec;
  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = key->kid };
  if (key->srtp == NULL)
    return E2EE_ERR_KEY_FORMAT;
  r = e2ee_key_take_ctr (key, &spent);
  if (r != E2EE_OK)
    return r;
  return e2ee_srtp_protect (key->srtp, frame, out, out_size, &info->ctr);
}

static uint64_t
read_mki (e2ee_bytes frame, size_t mki_size, size_t behind)
{
  return e2ee_get_be (frame.data + frame.size - behind - mki_size, mki_size);
}

/* The key that the MKI names, or NULL; *@kid is what it says in any case.  An AEAD has it at the
 * end and the older transforms in front of their tag, so what stands there must name a key of the
 * kind. */
static e2ee_key *
find_key (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes frame, uint64_t * kid,
    uint64_t * epoch)
{
  const e2ee_suite *older = e2ee_suite_find (E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80);
  const size_t mki_size = e2ee_keyring_get_mki_size (ring);
  e2ee_key *key;
  uint64_t other;

  *kid = read_mki (frame, mki_size, 0);
  key = e2ee_keyring_find (ring, *kid, now_ms, epoch);
  if (key != NULL && (key->srtp == NULL || e2ee_srtp_mki_is_last (key->suite)))
    return key;
  if (frame.size < E2EE_SRTP_MIN_HEADER + older->nt + mki_size)
    return NULL;
  other = read_mki (frame, mki_size, older->nt);
  key = e2ee_keyring_find (ring, other, now_ms, epoch);
  if (key == NULL || key->suite != older)
    return NULL;
  *kid = other;
  return key;
}

/* What every protected packet has, whatever its suite. */
static e2ee_result
check (const e2ee_keyring * ring, e2ee_bytes frame)
{
  size_t header_size;
  uint32_t ssrc;
  uint16_t seq;
  e2ee_result r = e2ee_srtp_read_header (frame, &header_size, &ssrc, &seq);

  if (r == E2EE_OK && frame.size < header_size + e2ee_keyring_get_mki_size (ring)
      + E2EE_SRTP_MIN_TAG_SIZE)
    r = E2EE_ERR_TRUNCATED;
  return r;
}

static e2ee_result
srtp_peek (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame, e2ee_frame_info * info)
{
  e2ee_result r = check (ring, frame);
  e2ee_key *key;

  (void) codec;
  *info = (e2ee_frame_info) { .ctr = 0 };
  if (r != E2EE_OK)
    return r;
  if (e2ee_keyring_get_mki_size (ring) > 0) {
    find_key (ring, 0, frame, &info->kid, NULL);
  } else {
    key = e2ee_keyring_nth_newest (ring, 0, 0, NULL);
    info->kid = key != NULL ? key->kid : 0;
  }
  info->ctr = e2ee_get_be (frame.data + 2, 2);
  return E2EE_OK;
}

static e2ee_result
open_with (e2ee_key * key, uint64_t now_ms, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  info->kid = key->kid;
  if (key->srtp == NULL)
    return E2EE_ERR_KEY_FORMAT;
  if (key->usage != E2EE_KEY_DECRYPT)
    return E2EE_ERR_KEY_USAGE;
  return e2ee_srtp_unprotect (key->srtp, now_ms, frame, out, out_size, &info->ctr);
}

/* Newest first.  The cause that is told is that of the newest key. */
static e2ee_result
open_without_mki (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes frame, uint8_t * out,
    size_t *out_size, e2ee_frame_info * info)
{
  e2ee_frame_info newest = { 0 };
  e2ee_result first = E2EE_ERR_UNKNOWN_KEY;

  for (size_t i = 0; i < MAX_TRIALS; i++) {
    e2ee_key *key = e2ee_keyring_nth_newest (ring, now_ms, i, &info->epoch);
    e2ee_result r;

    if (key == NULL)
      break;
    r = open_with (key, now_ms, frame, out, out_size, info);
    if (r == E2EE_OK)
      return r;
    if (i == 0) {
      first = r;
      newest = *info;
    }
  }
  *info = newest;
  return first;
}

static e2ee_result
srtp_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec, e2ee_bytes frame,
    uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  e2ee_result r = check (ring, frame);
  e2ee_key *key;

  (void) codec;
  *out_size = 0;
  *info = (e2ee_frame_info) { 0 };
  if (r != E2EE_OK)
    return r;
  if (e2ee_keyring_get_mki_size (ring) == 0)
    return open_without_mki (ring, now_ms, frame, out, out_size, info);
  key = find_key (ring, now_ms, frame, &info->kid, &info->epoch);
  if (key == NULL)
    return E2EE_ERR_UNKNOWN_KEY;
  return open_with (key, now_ms, frame, out, out_size, info);
}

const e2ee_format e2ee_format_srtp = {
  .id = E2EE_FORMAT_SRTP,
  .name = "srtp",
  .default_suite = E2EE_SUITE_SRTP_AEAD_AES_128_GCM,
  .seal_bound = srtp_seal_bound,
  .seal = srtp_seal,
  .peek = srtp_peek,
  .open = srtp_open,
  .pass = e2ee_srtp_follow,
};

#endif
