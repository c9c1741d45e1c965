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

static const check_case cases[] = {
  CHECK_CASE (test_frames_of_the_peer_open),
  CHECK_CASE (test_frames_of_a_peer_who_ratcheted_open_within_the_window),
  CHECK_CASE (test_only_a_frame_that_opens_moves_the_ratchet),
  CHECK_CASE (test_steps_of_the_ratchet_are_known),
  CHECK_CASE (test_frames_are_sealed_as_the_peer_lays_them_out),
};

CHECK_MAIN (cases)
