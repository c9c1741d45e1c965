/* LiveKit's frame format: what its own worker made opens, and what is made here is what it reads.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/crypto/secret.h"
#include "core/frame/trailerkey.h"

#define FORMAT (&e2ee_format_livekit)

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

  CHECK_ROW ("%s, suite %x", row->name, (unsigned) row->suite);
  read_hex (row->plain, &plain);
  read_hex (row->sealed, &sealed);
  CHECK_INT (open_into (FORMAT, ring, row->codec, VIEW (&sealed), &out, &info), E2EE_OK);
  CHECK_BYTES (VIEW (&out), VIEW (&plain));
  CHECK_INT (info.kid, row->kid);
  CHECK_INT (info.epoch, 1);
  CHECK_INT (open_only (FORMAT, ring, row->codec, VIEW (&sealed)), E2EE_ERR_REPLAYED);
  e2ee_keyring_unref (ring);
}

static void
test_frames_of_the_peer_open (void)
{
  for (size_t i = 0; i < CHECK_N (livekit_frames); i++) {
    check_opens (&livekit_frames[i], 0);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_units_of_the_peer_open (void)
{
  for (size_t i = 0; i < CHECK_N (livekit_nal_frames); i++) {
    check_opens (&livekit_nal_frames[i], 0);
    CHECK_RETURN_IF_FAILED ();
  }
}

/* After a failed try in place the next one must find the ciphertext again. */
static void
test_escaped_units_open_at_a_later_step_of_the_ratchet (void)
{
  test_bytes secret, material, aes_key, plain, sealed, out;
  e2ee_key_params params;
  e2ee_keyring *ring;
  e2ee_frame_info info;
  foretold_env env;
  e2ee_key *key;
  int was_escaped = 0;

  read_hex ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", &secret);
  CHECK_INT (e2ee_trailer_key_step (e2ee_suite_find (E2EE_SUITE_LIVEKIT_HKDF), VIEW (&secret),
          aes_key.bytes, material.bytes), E2EE_OK);
  material.size = E2EE_TRAILER_MATERIAL_SIZE;
  key = make_key_with (foretold_env_init (&env, 42),
      trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, 5, &material));
  params = trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_LIVEKIT_HKDF, 5, &secret);
  params.ratchet_window = 3;

  /* Ciphertext is escaped by chance, of 400 bytes once in some 10,000 frames; with a start that was
   * foretold, always in the same one. */
  read_hex ("0000000165b8", &plain);
  memset (plain.bytes + plain.size, 0x5a, 400);
  plain.size += 400;
  for (unsigned i = 0; i < 100000 && !was_escaped; i++) {
    CHECK_INT (seal_into (FORMAT, key, E2EE_CODEC_H264, VIEW (&plain), &sealed, &info), E2EE_OK);
    was_escaped = sealed.size > plain.size + 30;
  }
  CHECK (was_escaped);
  ring = ring_with (make_key_with (e2ee_env_default (), params));
  CHECK_INT (open_into (FORMAT, ring, E2EE_CODEC_H264, VIEW (&sealed), &out, &info), E2EE_OK);
  CHECK_BYTES (VIEW (&out), VIEW (&plain));
  CHECK_INT (e2ee_key_get_ratchet_step (e2ee_keyring_find (ring, 5, 0, NULL)), 1);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static void
test_frames_of_a_peer_who_ratcheted_open_within_the_window (void)
{
  for (size_t i = 0; i < CHECK_N (livekit_ratcheted); i++) {
    const peer_frame *row = &livekit_ratcheted[i];
    e2ee_keyring *ring = receiver_of (row, row->step - 1);
    test_bytes sealed;

    check_opens (row, row->step);
    CHECK_RETURN_IF_FAILED ();
    check_opens (row, row->step + 1);
    CHECK_RETURN_IF_FAILED ();
    read_hex (row->sealed, &sealed);
    CHECK_INT (open_only (FORMAT, ring, row->codec, VIEW (&sealed)), E2EE_ERR_TAG);
    e2ee_keyring_unref (ring);
  }
}

static const peer_frame *
ratcheted (e2ee_suite_id suite, size_t step)
{
  for (size_t i = 0; i < CHECK_N (livekit_ratcheted); i++) {
    if (livekit_ratcheted[i].suite == suite && livekit_ratcheted[i].step == step)
      return &livekit_ratcheted[i];
  }
  check_fail (__FILE__, __LINE__, "no such row");
  return &livekit_ratcheted[0];
}

static void
test_only_a_frame_that_opens_moves_the_ratchet (void)
{
  const peer_frame *second = ratcheted (E2EE_SUITE_LIVEKIT_HKDF, 2);
  const peer_frame *first = ratcheted (E2EE_SUITE_LIVEKIT_HKDF, 1);
  e2ee_keyring *ring = receiver_of (second, 8);
  const e2ee_key *key = e2ee_keyring_find (ring, 5, 0, NULL);
  test_bytes sealed;

  read_hex (second->sealed, &sealed);
  sealed.bytes[3] ^= 1;
  CHECK_INT (open_only (FORMAT, ring, second->codec, VIEW (&sealed)), E2EE_ERR_TAG);
  CHECK_INT (e2ee_key_get_ratchet_step (key), 0);
  sealed.bytes[3] ^= 1;
  CHECK_INT (open_only (FORMAT, ring, second->codec, VIEW (&sealed)), E2EE_OK);
  CHECK_INT (e2ee_key_get_ratchet_step (key), 2);

  /* There is no way back. */
  read_hex (first->sealed, &sealed);
  CHECK_INT (open_only (FORMAT, ring, first->codec, VIEW (&sealed)), E2EE_ERR_TAG);
  CHECK_INT (e2ee_key_get_ratchet_step (key), 2);
  read_hex (ratcheted (E2EE_SUITE_LIVEKIT_HKDF, 3)->sealed, &sealed);
  CHECK_INT (open_only (FORMAT, ring, first->codec, VIEW (&sealed)), E2EE_OK);
  CHECK_INT (e2ee_key_get_ratchet_step (key), 3);
  e2ee_keyring_unref (ring);
}

/* livekit-client's own recorded expectations for the passphrase "password". */
static void
test_steps_of_the_ratchet_are_known (void)
{
  static const struct
  {
    const char *material, *aes_key;
  } steps[] = {
    {"70617373776f7264", "421890b1557504a8ea1a90c253b419e4"},
    {"421890b1557504a8ea1a90c253b419e4e1a3a43283f7115909d6fce6926e5e5f",
          "9f3af7c94abca41d79f8c61e8dcff292"},
    {"9f3af7c94abca41d79f8c61e8dcff292f77f52d4c0519dbfc6b6c67d35ca705e",
          "9e826ab0aea73a248719c524104ed9af"},
  };

  for (size_t i = 0; i < CHECK_N (steps); i++) {
    const e2ee_suite *suite = e2ee_suite_find (E2EE_SUITE_LIVEKIT_PBKDF2);
    uint8_t aes_key[16], next[E2EE_TRAILER_MATERIAL_SIZE];
    test_bytes material;

    CHECK_ROW ("step %zu", i);
    read_hex (steps[i].material, &material);
    CHECK_INT (e2ee_trailer_key_step (suite, VIEW (&material), aes_key, next), E2EE_OK);
    read_hex (steps[i].aes_key, &material);
    CHECK_BYTES (E2EE_BYTES (aes_key, sizeof aes_key), VIEW (&material));
    if (i + 1 < CHECK_N (steps)) {
      read_hex (steps[i + 1].material, &material);
      CHECK_BYTES (E2EE_BYTES (next, sizeof next), VIEW (&material));
    }
  }
}

/* Opens @sealed without a line of trailer.c: by the layout, with the AES key of the first step. */
static void
check_layout (const peer_frame * row, e2ee_bytes sealed, e2ee_bytes plain, size_t prefix_size)
{
  const e2ee_suite *suite = e2ee_suite_find (row->suite);
  uint8_t aes_key[32], next[E2EE_TRAILER_MATERIAL_SIZE];
  test_bytes secret, out;
  e2ee_aead *aead;

  CHECK_INT (sealed.size, plain.size + 30);
  CHECK_INT (sealed.data[sealed.size - 2], 12);
  CHECK_INT (sealed.data[sealed.size - 1], row->kid);
  CHECK_MEM (sealed.data, plain.data, prefix_size);
  read_hex (row->secret, &secret);
  CHECK_INT (e2ee_trailer_key_step (suite, VIEW (&secret), aes_key, next), E2EE_OK);
  CHECK_INT (e2ee_aead_new (suite->aead, E2EE_BYTES (aes_key, suite->nk), &aead), E2EE_OK);
  CHECK_INT (e2ee_aead_open (aead, sealed.data + sealed.size - 14,
          E2EE_BYTES (sealed.data, prefix_size),
          E2EE_BYTES (sealed.data + prefix_size, sealed.size - 14 - prefix_size),
          out.bytes), E2EE_OK);
  CHECK_MEM (out.bytes, plain.data + prefix_size, plain.size - prefix_size);
  e2ee_aead_free (aead);
}

static size_t
prefix_of (const peer_frame * row)
{
  switch (row->codec) {
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      return 1;
    case E2EE_CODEC_VP8:
      return row->plain[1] == '0' ? 10 : 3;
    default:
      return 0;
  }
}

static void
test_frames_are_sealed_as_the_peer_lays_them_out (void)
{
  for (size_t i = 0; i < CHECK_N (livekit_frames); i++) {
    const peer_frame *row = &livekit_frames[i];
    test_bytes secret, plain, sealed;
    e2ee_frame_info info;
    e2ee_key *key;

    CHECK_ROW ("%s, suite %x", row->name, (unsigned) row->suite);
    read_hex (row->secret, &secret);
    read_hex (row->plain, &plain);
    key = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, row->suite, row->kid, &secret));
    CHECK (key != NULL);
    CHECK_INT (seal_into (FORMAT, key, row->codec, VIEW (&plain), &sealed, &info), E2EE_OK);
    check_layout (row, VIEW (&sealed), VIEW (&plain), prefix_of (row));
    CHECK_RETURN_IF_FAILED ();
    CHECK_INT (info.kid, row->kid);
    CHECK_INT (info.ctr, e2ee_get_be (sealed.bytes + sealed.size - 10, 8));
    e2ee_key_unref (key);
  }
}

/* What stands clear in front, and what comes out at the other end. */
static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *plain, *front, *opened;
} fronts[] = {
  {"h264 delta frame", E2EE_CODEC_H264, "00000001 419a0042ff", "00000001 419a",
        "00000001 419a0042ff"},
  {"h264 short start codes", E2EE_CODEC_H264, "000001 6742c01f 000001 68ce3c80 000001 6588ab00cd",
        "00000001 6742c01f 00000001 68ce3c80 00000001 6588",
        "00000001 6742c01f 00000001 68ce3c80 00000001 6588ab00cd"},
  {"h264 delimiter, SEI and filler", E2EE_CODEC_H264,
        "00000001 09f0 000001 0605ffff80 00000001 6742c01f 00000001 0cff80 00000001 6588ab",
        "00000001 6742c01f 00000001 6588", "00000001 6742c01f 00000001 6588ab"},
  {"h264 parameter sets twice", E2EE_CODEC_H264,
        "00000001 6742c01f 00000001 68ce3c80 00000001 6742c01f 00000001 68ce3c80 00000001 6588ab",
        "00000001 6742c01f 00000001 68ce3c80 00000001 6588",
        "00000001 6742c01f 00000001 68ce3c80 00000001 6588ab"},
  {"h264 two slices", E2EE_CODEC_H264, "00000001 6588ab 000001 65b801", "00000001 6588",
        "00000001 6588ab 000001 65b801"},
  {"h264 slice of two bytes", E2EE_CODEC_H264, "00000001 419a", "00000001 419a",
        "00000001 419a"},
  {"h264 zeros at the end", E2EE_CODEC_H264, "00000001 419a01000000", "00000001 419a",
        "00000001 419a01000000"},
  {"h265 key frame", E2EE_CODEC_H265,
        "00000001 40010c01 00000001 4201 0101 00000001 4401c0f7 000001 2601af08",
        "00000001 40010c01 00000001 42010101 00000001 4401c0f7 00000001 2601",
        "00000001 40010c01 00000001 42010101 00000001 4401c0f7 00000001 2601af08"},
  {"h265 delta frame", E2EE_CODEC_H265, "000001 0201d011", "00000001 0201", "00000001 0201d011"},
};

static void
test_units_are_sealed_behind_a_front_that_every_receiver_finds (void)
{
  static const char *const secret_text = "000102030405060708090a0b0c0d0e0f";

  for (size_t i = 0; i < CHECK_N (fronts); i++) {
    test_bytes secret, plain, front, opened, sealed, out;
    e2ee_frame_info info;
    e2ee_keyring *ring;
    e2ee_key *key;

    CHECK_ROW ("%s", fronts[i].name);
    read_hex (secret_text, &secret);
    read_hex (fronts[i].plain, &plain);
    read_hex (fronts[i].front, &front);
    read_hex (fronts[i].opened, &opened);
    key = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, 1, &secret));
    ring = ring_with (make_key_with (e2ee_env_default (),
            trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_LIVEKIT_HKDF, 1, &secret)));
    CHECK_INT (seal_into (FORMAT, key, fronts[i].codec, VIEW (&plain), &sealed, &info), E2EE_OK);
    CHECK_MEM (sealed.bytes, front.bytes, front.size);
    CHECK (sealed.size >= opened.size + 30);
    CHECK_INT (sealed.bytes[sealed.size - 2], 12);
    CHECK_INT (sealed.bytes[sealed.size - 1], 1);
    CHECK_INT (open_into (FORMAT, ring, fronts[i].codec, VIEW (&sealed), &out, &info), E2EE_OK);
    CHECK_BYTES (VIEW (&out), VIEW (&opened));
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

/* No start code where none was, whatever the ciphertext is. */
static void
test_nothing_behind_the_front_looks_like_a_start_code (void)
{
  test_bytes secret, plain, sealed;
  e2ee_frame_info info;
  foretold_env env;
  e2ee_key *key;
  size_t n_escaped = 0;

  read_hex ("000102030405060708090a0b0c0d0e0f", &secret);
  read_hex ("00000001 6588", &plain);
  plain.size = 300;
  memset (plain.bytes + 6, 0x11, plain.size - 6);
  key = make_key_with (foretold_env_init (&env, 42),
      trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, 0, &secret));
  for (unsigned frame = 0; frame < 100000 && n_escaped < 2; frame++) {
    CHECK_INT (seal_into (FORMAT, key, E2EE_CODEC_H264, VIEW (&plain), &sealed, &info), E2EE_OK);
    n_escaped += sealed.size > plain.size + 30;
    for (size_t i = 6; i + 3 <= sealed.size; i++)
      CHECK (sealed.bytes[i] != 0 || sealed.bytes[i + 1] != 0 || sealed.bytes[i + 2] >= 3);
    /* where native receivers look for the nonce before they undo the escaping */
    CHECK_INT (info.ctr, e2ee_get_be (sealed.bytes + sealed.size - 10, 8));
  }
  CHECK_INT (n_escaped, 2);
  e2ee_key_unref (key);
}

static const check_case cases[] = {
  CHECK_CASE (test_frames_of_the_peer_open),
  CHECK_CASE (test_units_of_the_peer_open),
  CHECK_CASE (test_escaped_units_open_at_a_later_step_of_the_ratchet),
  CHECK_CASE (test_units_are_sealed_behind_a_front_that_every_receiver_finds),
  CHECK_CASE (test_nothing_behind_the_front_looks_like_a_start_code),
  CHECK_CASE (test_frames_of_a_peer_who_ratcheted_open_within_the_window),
  CHECK_CASE (test_only_a_frame_that_opens_moves_the_ratchet),
  CHECK_CASE (test_steps_of_the_ratchet_are_known),
  CHECK_CASE (test_frames_are_sealed_as_the_peer_lays_them_out),
};

CHECK_MAIN (cases)
