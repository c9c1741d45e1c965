/* Jitsi's frame format: what its own worker made opens, and what is made here is what it reads.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/frame/trailerkey.h"

#define FORMAT (&e2ee_format_jitsi)

static e2ee_keyring *
receiver_of (const peer_frame * row, size_t window)
{
  test_bytes secret;
  e2ee_key_params params;

  read_hex (row->secret, &secret);
  params = trailer_params (E2EE_KEY_DECRYPT, row->suite, row->kid, &secret);
  params.ratchet_window = window;
  return ring_with (make_key_with (e2ee_env_default (), params));
}

static void
check_opens (const peer_frame * row, size_t window)
{
  e2ee_keyring *ring = receiver_of (row, window);
  test_bytes plain, sealed, out;
  e2ee_frame_info info;

  CHECK_ROW ("%s", row->name);
  read_hex (row->plain, &plain);
  read_hex (row->sealed, &sealed);
  CHECK_INT (open_into (FORMAT, ring, row->codec, VIEW (&sealed), &out, &info), E2EE_OK);
  CHECK_BYTES (VIEW (&out), VIEW (&plain));
  CHECK_INT (info.kid, row->kid);
  CHECK_INT (e2ee_key_get_ratchet_step (e2ee_keyring_find (ring, row->kid, 0, NULL)), row->step);
  CHECK_INT (open_only (FORMAT, ring, row->codec, VIEW (&sealed)), E2EE_ERR_REPLAYED);
  e2ee_keyring_unref (ring);
}

static void
test_frames_of_the_peer_open (void)
{
  for (size_t i = 0; i < CHECK_N (jitsi_frames); i++) {
    check_opens (&jitsi_frames[i], 0);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_frames_of_a_peer_who_ratcheted_open_within_the_window (void)
{
  for (size_t i = 0; i < CHECK_N (jitsi_ratcheted); i++) {
    const peer_frame *row = &jitsi_ratcheted[i];
    e2ee_keyring *ring = receiver_of (row, row->step - 1);
    test_bytes sealed;

    check_opens (row, row->step);
    CHECK_RETURN_IF_FAILED ();
    read_hex (row->sealed, &sealed);
    CHECK_INT (open_only (FORMAT, ring, row->codec, VIEW (&sealed)), E2EE_ERR_TAG);
    e2ee_keyring_unref (ring);
  }
}

/* HKDF-SHA256 of 00 to 1f under the two salts, by another implementation. */
static void
test_a_step_of_the_ratchet_is_known (void)
{
  test_bytes secret, expected;
  uint8_t aes_key[16], next[E2EE_TRAILER_MATERIAL_SIZE];

  read_hex ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", &secret);
  CHECK_INT (e2ee_trailer_key_step (e2ee_suite_find (E2EE_SUITE_JITSI_HKDF), VIEW (&secret),
          aes_key, next), E2EE_OK);
  read_hex ("0c0ad9b4d1b64fa17d88099f0747ad0f", &expected);
  CHECK_BYTES (E2EE_BYTES (aes_key, sizeof aes_key), VIEW (&expected));
  read_hex ("9cd33ec25c547bf5cfe62de2a08f9b767369d9eeff69fa4964abecf1cbea2a71", &expected);
  CHECK_BYTES (E2EE_BYTES (next, sizeof next), VIEW (&expected));
}

static size_t
prefix_of (const peer_frame * row)
{
  if (e2ee_codec_is_audio (row->codec))
    return 1;
  return strstr (row->name, "key frame") != NULL ? 10 : 3;
}

static void
test_frames_are_sealed_as_the_peer_lays_them_out (void)
{
  for (size_t i = 0; i < CHECK_N (jitsi_frames); i++) {
    const peer_frame *row = &jitsi_frames[i];
    const e2ee_suite *suite = e2ee_suite_find (row->suite);
    test_bytes secret, plain, sealed, out;
    uint8_t aes_key[16], next[E2EE_TRAILER_MATERIAL_SIZE];
    size_t clear = prefix_of (row);
    e2ee_frame_info info;
    e2ee_aead *aead;
    e2ee_key *key;

    CHECK_ROW ("%s", row->name);
    read_hex (row->secret, &secret);
    read_hex (row->plain, &plain);
    key = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, row->suite, row->kid, &secret));
    CHECK_INT (seal_into (FORMAT, key, row->codec, VIEW (&plain), &sealed, &info), E2EE_OK);

    CHECK_INT (sealed.size, plain.size + 30);
    CHECK_MEM (sealed.bytes, plain.bytes, clear);
    CHECK_INT (sealed.bytes[sealed.size - 2], 12);
    CHECK_INT (sealed.bytes[sealed.size - 1], row->kid);
    CHECK_INT (e2ee_trailer_key_step (suite, VIEW (&secret), aes_key, next), E2EE_OK);
    CHECK_INT (e2ee_aead_new (suite->aead, E2EE_BYTES (aes_key, 16), &aead), E2EE_OK);
    CHECK_INT (e2ee_aead_open (aead, sealed.bytes + sealed.size - 14,
            E2EE_BYTES (sealed.bytes, clear),
            E2EE_BYTES (sealed.bytes + clear, sealed.size - 14 - clear), out.bytes), E2EE_OK);
    CHECK_MEM (out.bytes, plain.bytes + clear, plain.size - clear);
    e2ee_aead_free (aead);
    e2ee_key_unref (key);
  }
}

/* Also of frames that no encoder makes: where the clear bytes end must follow from bytes that are
 * clear. */
static void
test_a_frame_with_any_first_byte_comes_back (void)
{
  static const e2ee_codec codecs[] = { E2EE_CODEC_VP8, E2EE_CODEC_VP9 };
  test_bytes secret, plain, sealed, out;
  e2ee_frame_info info;
  e2ee_keyring *ring;
  e2ee_key *key;

  read_hex ("000102030405060708090a0b0c0d0e0f", &secret);
  key = make_key_with (e2ee_env_default (),
      trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_JITSI_HKDF, 3, &secret));
  ring = ring_with (make_key_with (e2ee_env_default (),
          trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_JITSI_HKDF, 3, &secret)));
  for (unsigned i = 0; i < 2 * 256 * 64; i++) {
    e2ee_codec codec = codecs[i % 2];

    CHECK_ROW ("%s, first byte %02x", i % 2 ? "vp9" : "vp8", i / 2 % 256);
    read_hex ("00498342000000000000000000000000", &plain);
    plain.bytes[0] = (uint8_t) (i / 2);
    plain.bytes[3] = (uint8_t) (i / 512);
    CHECK_INT (seal_into (FORMAT, key, codec, VIEW (&plain), &sealed, &info), E2EE_OK);
    CHECK_INT (open_into (FORMAT, ring, codec, VIEW (&sealed), &out, &info), E2EE_OK);
    CHECK_BYTES (VIEW (&out), VIEW (&plain));
  }
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_frame_with_any_first_byte_comes_back),
  CHECK_CASE (test_frames_of_the_peer_open),
  CHECK_CASE (test_frames_of_a_peer_who_ratcheted_open_within_the_window),
  CHECK_CASE (test_a_step_of_the_ratchet_is_known),
  CHECK_CASE (test_frames_are_sealed_as_the_peer_lays_them_out),
};

CHECK_MAIN (cases)
