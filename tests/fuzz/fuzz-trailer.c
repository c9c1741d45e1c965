/* Fuzz target: the formats with a trailer, LiveKit's and Jitsi's, from raw bytes and from frames sealed
 * here and then spoiled.
 *
 * The first byte of the input chooses:
 *
 *   0xxxFCCC  raw: a frame of codec C in format F (0 LiveKit, 1 Jitsi)
 *   1xxxFCCC  sealed: two bytes of a position and a byte to XOR there; the rest is a plain frame
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include "core/frame/format.h"
#include "core/frame/livekit.h"

#include <string.h>

#define N_FORMATS 2

static const struct
{
  const e2ee_format *format;
  e2ee_suite_id suite;
  uint64_t kid;
} formats[N_FORMATS] = {
  {&e2ee_format_livekit, E2EE_SUITE_LIVEKIT_HKDF, 5},
  {&e2ee_format_jitsi, E2EE_SUITE_JITSI_HKDF, 3},
};

static const e2ee_codec codecs[8] = {
  E2EE_CODEC_NONE, E2EE_CODEC_OPUS, E2EE_CODEC_G711, E2EE_CODEC_VP8, E2EE_CODEC_VP9,
  E2EE_CODEC_H264, E2EE_CODEC_H265, E2EE_CODEC_H264
};

static e2ee_key *
make_key (e2ee_key_usage usage, unsigned format)
{
  uint8_t secret[32];
  e2ee_key_params params = {
    .suite = e2ee_suite_find (formats[format].suite),
    .kid = formats[format].kid,
    .base_key = E2EE_BYTES (secret, sizeof secret),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
    .ratchet_window = 1,
  };
  e2ee_key *key;

  for (size_t i = 0; i < sizeof secret; i++)
    secret[i] = (uint8_t) i;
  FUZZ_ASSERT (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK);
  return key;
}

static e2ee_keyring *
make_ring (unsigned format)
{
  e2ee_keyring *empty = e2ee_keyring_new (), *ring;
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT, format);

  FUZZ_ASSERT (e2ee_keyring_add (empty, key, 0, &ring) == E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (empty);
  return ring;
}

/* Keys take their time, so these serve many inputs. */
static e2ee_keyring *kept_rings[N_FORMATS];
static e2ee_key *kept_keys[N_FORMATS];

static void
drop_kept (void)
{
  for (unsigned i = 0; i < N_FORMATS; i++) {
    e2ee_keyring_unref (kept_rings[i]);
    e2ee_key_unref (kept_keys[i]);
    kept_rings[i] = NULL;
    kept_keys[i] = NULL;
  }
}

static void
keep (unsigned format)
{
  static int registered;

  if (!registered)
    registered = atexit (drop_kept) == 0;
  if (kept_rings[format] == NULL)
    kept_rings[format] = make_ring (format);
  if (kept_keys[format] == NULL)
    kept_keys[format] = make_key (E2EE_KEY_ENCRYPT, format);
}

static e2ee_result
open_frame (unsigned format, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size)
{
  e2ee_frame_info peeked, info;
  e2ee_result p = formats[format].format->peek (kept_rings[format], codec, frame, &peeked);
  e2ee_result r = formats[format].format->open (kept_rings[format], 0, codec, frame, out,
      out_size, &info);

  if (r == E2EE_OK) {
    FUZZ_ASSERT (p == E2EE_OK && peeked.kid == info.kid);
    FUZZ_ASSERT (*out_size < frame.size);
  } else {
    FUZZ_ASSERT (*out_size == 0);
  }
  return r;
}

static void
open_raw (unsigned format, e2ee_codec codec, e2ee_bytes frame)
{
  static const uint8_t sif[] = { 0x0b, 0xad, 0xca, 0xfe };
  uint8_t *out = malloc (frame.size + 1);
  size_t size;

  FUZZ_ASSERT (e2ee_livekit_packet_trailer (frame) <= frame.size);
  FUZZ_ASSERT (e2ee_livekit_blank_frame (codec, frame, E2EE_BYTES (sif, sizeof sif)) <=
      frame.size);

  /* A frame that opens is remembered; the next input must find the ring as this one did. */
  if (open_frame (format, codec, frame, out, &size) == E2EE_OK) {
    e2ee_keyring_unref (kept_rings[format]);
    kept_rings[format] = NULL;
  }
  free (out);
}

static void
open_spoiled (unsigned format, e2ee_codec codec, e2ee_bytes plain, size_t position, uint8_t mask)
{
  const e2ee_format *row = formats[format].format;
  size_t bound = row->seal_bound (kept_keys[format], codec, plain.size);
  uint8_t *sealed = malloc (bound + 1), *out = malloc (bound + 1);
  size_t size, opened;
  e2ee_frame_info info;
  e2ee_result r = row->seal (kept_keys[format], codec, plain, sealed, &size, &info);

  if (r != E2EE_OK) {
    FUZZ_ASSERT (size == 0);
    goto out;
  }
  FUZZ_ASSERT (size <= bound);
  sealed[position % size] ^= mask;
  r = open_frame (format, codec, E2EE_BYTES (sealed, size), out, &opened);
  FUZZ_ASSERT ((r == E2EE_OK) == (mask == 0));
  /* The front of a byte stream is brought into one form. */
  if (mask == 0 && codec != E2EE_CODEC_H264 && codec != E2EE_CODEC_H265)
    FUZZ_ASSERT (opened == plain.size && memcmp (out, plain.data, opened) == 0);

out:
  free (out);
  free (sealed);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  unsigned format;
  e2ee_codec codec;

  if (size < 1)
    return 0;
  format = data[0] >> 3 & 1;
  codec = codecs[data[0] & 7];
  keep (format);
  if (!(data[0] & 0x80))
    open_raw (format, codec, E2EE_BYTES (data + 1, size - 1));
  else if (size >= 4)
    open_spoiled (format, codec, E2EE_BYTES (data + 4, size - 4),
        (size_t) e2ee_get_be (data + 1, 2), data[3]);
  return 0;
}
