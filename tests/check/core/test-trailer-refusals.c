/* The formats with a trailer, LiveKit's and Jitsi's: every way in which a frame must not open, and
 * its cause.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/frame/trailerkey.h"

#define SECRET "000102030405060708090a0b0c0d0e0f"
#define OTHER_SECRET "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define KID 7

/* One frame of each codec of each format: what is clear of it, and whether it is escaped. */
static const struct
{
  const char *name;
  e2ee_suite_id suite;
  e2ee_codec codec;
  const char *plain;
  size_t clear;
  int escaped;
} frames[] = {
  {"livekit opus", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_OPUS, "780be4c136ecc58d8c49469904", 1, 0},
  {"livekit pcmu", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_G711, "ff7ffe7dff7ffe7d", 1, 0},
  {"livekit vp8 key frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP8,
        "1024009d012aa0007800390d00041c22", 10, 0},
  {"livekit vp8 delta frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP8, "d11300e35bbfc4b7afa747", 3,
        0},
  {"livekit vp9 delta frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP9, "8600409c1234567890", 0, 0},
  {"livekit h264 key frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
        "00000001 6742c01f 00000001 68ce3c80 00000001 6588840a11223344", 22, 1},
  {"livekit h264 delta frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
        "00000001 419a0142ff", 6, 1},
  {"livekit h265 delta frame", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H265,
        "00000001 0201d0112233", 6, 1},
  {"livekit, 256 bits, vp8 delta frame", E2EE_SUITE_LIVEKIT_HKDF_256, E2EE_CODEC_VP8,
        "d11300e35bbfc4b7afa747", 3, 0},
  {"jitsi opus", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_OPUS, "780be4c136ecc58d8c49469904", 1, 0},
  {"jitsi vp8 key frame", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_VP8,
        "1024009d012aa0007800390d00041c22", 10, 0},
  {"jitsi vp8 delta frame", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_VP8, "d11300e35bbfc4b7afa747", 3, 0},
  {"jitsi vp9 key frame", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_VP9,
        "824983420013f00ef6003824", 10, 0},
  {"jitsi vp9 delta frame", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_VP9, "8600409c1234567890", 3, 0},
};

/* With a start of nonces that is always the same, so that no ciphertext differs from one run to the
 * next. */
static e2ee_key *
make (e2ee_key_usage usage, e2ee_suite_id suite, uint64_t kid, const char *secret_text,
    size_t window)
{
  test_bytes secret;
  e2ee_key_params params;
  foretold_env env;

  read_hex (secret_text, &secret);
  params = trailer_params (usage, suite, kid, &secret);
  params.ratchet_window = window;
  return make_key_with (foretold_env_init (&env, 0x1122334455667788), params);
}

static e2ee_keyring *
receiver (e2ee_suite_id suite)
{
  return ring_with (make (E2EE_KEY_DECRYPT, suite, KID, SECRET, 2));
}

static void
seal_row (size_t row, test_bytes * plain, test_bytes * sealed)
{
  e2ee_key *key = make (E2EE_KEY_ENCRYPT, frames[row].suite, KID, SECRET, 0);
  e2ee_frame_info info;

  CHECK_ROW ("%s", frames[row].name);
  read_hex (frames[row].plain, plain);
  CHECK (key != NULL);
  CHECK_INT (seal_into (format_of (frames[row].suite), key, frames[row].codec, VIEW (plain),
          sealed, &info), E2EE_OK);
  e2ee_key_unref (key);
}

/* Opens, and checks that nothing of @plain behind its clear bytes has come out. */
static e2ee_result
open_row (size_t row, const e2ee_keyring * ring, e2ee_bytes frame, const test_bytes * plain)
{
  e2ee_frame_info info;
  test_bytes out;
  e2ee_result r = open_into (format_of (frames[row].suite), ring, frames[row].codec, frame, &out,
      &info);
  size_t hidden = plain->size - frames[row].clear;

  for (size_t i = 0; r != E2EE_OK && i + hidden <= sizeof out.bytes; i++) {
    if (memcmp (out.bytes + i, plain->bytes + frames[row].clear, hidden) == 0)
      check_fail (__FILE__, __LINE__, "plain bytes were left at %zu", i);
  }
  return r;
}

static void
test_a_frame_cut_anywhere_does_not_open (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, sealed;

    seal_row (i, &plain, &sealed);
    CHECK_RETURN_IF_FAILED ();
    for (size_t size = 0; size < sealed.size; size++) {
      /* memory of just that size, so that a read behind it is seen */
      uint8_t *copy = malloc (size + 1);
      e2ee_result r;

      CHECK_ROW ("%s, %zu of %zu bytes", frames[i].name, size, sealed.size);
      memcpy (copy, sealed.bytes, size);
      r = open_row (i, ring, E2EE_BYTES (copy, size), &plain);
      free (copy);
      CHECK (r == E2EE_ERR_TRUNCATED || r == E2EE_ERR_HEADER || r == E2EE_ERR_UNKNOWN_KEY
          || r == E2EE_ERR_TAG || (r == E2EE_ERR_FRAME && frames[i].escaped));
      if (size < 30)
        CHECK (r == E2EE_ERR_TRUNCATED || (r == E2EE_ERR_FRAME && frames[i].escaped));
    }
    CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), E2EE_OK);
    e2ee_keyring_unref (ring);
  }
}

/* What a changed byte at @at may lead to. */
static int
is_cause (size_t row, size_t at, size_t size, e2ee_result r)
{
  if (at == size - 1)
    return r == E2EE_ERR_UNKNOWN_KEY;
  if (at == size - 2)
    return r == E2EE_ERR_HEADER;
  if (r == E2EE_ERR_TAG)
    return 1;
  /* Clear bytes say where the ciphertext begins, and escaped ones what they stand for. */
  if (frames[row].escaped)
    return r == E2EE_ERR_FRAME || r == E2EE_ERR_TRUNCATED;
  return at < frames[row].clear && r == E2EE_ERR_TRUNCATED;
}

static void
test_a_byte_changed_anywhere_does_not_open (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, sealed;

    seal_row (i, &plain, &sealed);
    CHECK_RETURN_IF_FAILED ();
    for (size_t at = 0; at < sealed.size; at++) {
      for (unsigned bit = 0; bit < 8; bit++) {
        e2ee_result r;

        sealed.bytes[at] ^= (uint8_t) (1 << bit);
        CHECK_ROW ("%s, byte %zu of %zu, bit %u", frames[i].name, at, sealed.size, bit);
        r = open_row (i, ring, VIEW (&sealed), &plain);
        if (!is_cause (i, at, sealed.size, r))
          CHECK_STR (e2ee_result_name (r), "another cause");
        sealed.bytes[at] ^= (uint8_t) (1 << bit);
      }
    }
    /* nothing of all that was remembered */
    CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), E2EE_OK);
    CHECK_INT (e2ee_key_get_ratchet_step (e2ee_keyring_find (ring, KID, 0, NULL)), 0);
    e2ee_keyring_unref (ring);
  }
}

static void
test_a_frame_with_a_byte_more_does_not_open (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, sealed;

    seal_row (i, &plain, &sealed);
    CHECK_RETURN_IF_FAILED ();
    sealed.bytes[sealed.size++] = KID;
    CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), E2EE_ERR_HEADER);
    e2ee_keyring_unref (ring);
  }
}

/* Changes of the trailer, which nothing authenticates but the nonce's use. */
static const struct
{
  const char *name;
  size_t from_end;
  uint8_t value;
  e2ee_result cause;
} trailers[] = {
  {"a key id that nobody has", 1, KID + 1, E2EE_ERR_UNKNOWN_KEY},
  {"the last key id of a ring", 1, 255, E2EE_ERR_UNKNOWN_KEY},
  {"the key id of another key", 1, 9, E2EE_ERR_TAG},
  {"the key id of a key of another format", 1, 10, E2EE_ERR_KEY_FORMAT},
  {"a nonce of 16 bytes", 2, 16, E2EE_ERR_HEADER},
  {"a nonce of no bytes", 2, 0, E2EE_ERR_HEADER},
  {"a nonce of 255 bytes", 2, 255, E2EE_ERR_HEADER},
  {"another nonce", 3, 0x55, E2EE_ERR_TAG},
  {"another nonce, at its front", 14, 0x55, E2EE_ERR_TAG},
};

static void
test_a_forged_trailer_leads_to_its_cause (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, sealed;

    CHECK_INT (ring_take (&ring, make (E2EE_KEY_DECRYPT, frames[i].suite, 9, OTHER_SECRET, 0), 1),
        E2EE_OK);
    CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 10, 1), 1), E2EE_OK);
    seal_row (i, &plain, &sealed);
    CHECK_RETURN_IF_FAILED ();
    for (size_t j = 0; j < CHECK_N (trailers); j++) {
      uint8_t *byte = &sealed.bytes[sealed.size - trailers[j].from_end];
      uint8_t was = *byte;

      CHECK_ROW ("%s, %s", frames[i].name, trailers[j].name);
      *byte = was != trailers[j].value ? trailers[j].value : 0x66;
      CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), trailers[j].cause);
      *byte = was;
    }
    CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), E2EE_OK);
    e2ee_keyring_unref (ring);
  }
}

static void
test_plain_frames_do_not_open (void)
{
  static const char *const more =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, behind;

    CHECK_ROW ("%s", frames[i].name);
    read_hex (frames[i].plain, &plain);
    CHECK_INT (open_row (i, ring, VIEW (&plain), &plain),
        plain.size < 30 ? E2EE_ERR_TRUNCATED : E2EE_ERR_HEADER);
    read_hex (more, &behind);
    memcpy (plain.bytes + plain.size, behind.bytes, behind.size);
    plain.size += behind.size;
    CHECK_INT (open_row (i, ring, VIEW (&plain), &plain), E2EE_ERR_HEADER);
    /* one that ends in what a trailer ends in */
    plain.bytes[plain.size - 2] = 12;
    plain.bytes[plain.size - 1] = KID;
    CHECK_INT (open_row (i, ring, VIEW (&plain), &plain), E2EE_ERR_TAG);
    plain.bytes[plain.size - 1] = KID + 1;
    CHECK_INT (open_row (i, ring, VIEW (&plain), &plain), E2EE_ERR_UNKNOWN_KEY);
    e2ee_keyring_unref (ring);
  }
}

/* Frames of one format, fed to another whose key has the same id and, where it can, the same
 * secret. */
static void
test_frames_of_another_format_do_not_open (void)
{
  static const e2ee_suite_id suites[] = {
    E2EE_SUITE_LIVEKIT_PBKDF2, E2EE_SUITE_LIVEKIT_HKDF, E2EE_SUITE_LIVEKIT_HKDF_256,
    E2EE_SUITE_JITSI_HKDF,
  };

  for (size_t i = 0; i < CHECK_N (frames); i++) {
    test_bytes plain, sealed;

    seal_row (i, &plain, &sealed);
    CHECK_RETURN_IF_FAILED ();
    for (size_t j = 0; j < CHECK_N (suites); j++) {
      const e2ee_format *format = format_of (suites[j]);
      e2ee_keyring *ring = receiver (suites[j]);
      e2ee_result r = open_only (format, ring, frames[i].codec, VIEW (&sealed));

      CHECK_ROW ("%s under %s", frames[i].name, e2ee_suite_find (suites[j])->name);
      if (suites[j] == frames[i].suite)
        CHECK_INT (r, E2EE_OK);
      else
        CHECK (r == E2EE_ERR_TAG || (r == E2EE_ERR_UNSUPPORTED && frames[i].escaped));
      /* a format does not take the ring of another */
      if (format->id != format_of (frames[i].suite)->id)
        CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), E2EE_ERR_KEY_FORMAT);
      e2ee_keyring_unref (ring);
    }
  }
}

static void
test_sframe_frames_do_not_open (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, KID, 1);
    e2ee_keyring *ring = receiver (frames[i].suite);
    test_bytes plain, sealed;
    e2ee_frame_info info;
    e2ee_result r;

    CHECK_ROW ("%s", frames[i].name);
    read_hex (frames[i].plain, &plain);
    CHECK_INT (seal_into (&e2ee_format_sframe, key, E2EE_CODEC_NONE, VIEW (&plain), &sealed,
            &info), E2EE_OK);
    r = open_row (i, ring, VIEW (&sealed), &plain);
    CHECK (r == E2EE_ERR_HEADER || r == E2EE_ERR_TRUNCATED || r == E2EE_ERR_TAG
        || r == E2EE_ERR_UNKNOWN_KEY || r == E2EE_ERR_FRAME);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

/* A byte stream that no sender escapes like that. */
static void
test_bytes_that_were_never_escaped_do_not_open (void)
{
  static const struct
  {
    const char *name, *bytes;
    e2ee_result cause;
  } rows[] = {
    {"two zero bytes and a one", "000001", E2EE_ERR_FRAME},
    {"two zero bytes and a two", "000002", E2EE_ERR_FRAME},
    {"three zero bytes", "000000", E2EE_ERR_FRAME},
    {"an escape with nothing to escape", "00000355", E2EE_ERR_TAG},
  };

  for (size_t i = 0; i < CHECK_N (frames); i++) {
    test_bytes plain, sealed, bytes;
    e2ee_keyring *ring;

    if (!frames[i].escaped)
      continue;
    ring = receiver (frames[i].suite);
    for (size_t j = 0; j < CHECK_N (rows); j++) {
      seal_row (i, &plain, &sealed);
      CHECK_RETURN_IF_FAILED ();
      read_hex (rows[j].bytes, &bytes);
      memcpy (sealed.bytes + frames[i].clear, bytes.bytes, bytes.size);
      CHECK_ROW ("%s, %s", frames[i].name, rows[j].name);
      CHECK_INT (open_row (i, ring, VIEW (&sealed), &plain), rows[j].cause);
    }
    e2ee_keyring_unref (ring);
  }
}

static void
test_frames_that_their_codec_does_not_allow_are_refused (void)
{
  static const struct
  {
    const char *name;
    e2ee_suite_id suite;
    e2ee_codec codec;
    const char *frame;
    e2ee_result cause;
  } rows[] = {
    {"livekit, nothing", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_OPUS, "", E2EE_ERR_TRUNCATED},
    {"livekit, vp9, nothing", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP9, "", E2EE_ERR_TRUNCATED},
    {"livekit, vp8 delta frame of two bytes", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP8, "d113",
          E2EE_ERR_TRUNCATED},
    {"livekit, vp8 key frame of nine bytes", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_VP8,
          "1024009d012aa00078", E2EE_ERR_TRUNCATED},
    {"livekit, h264 without a start code", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
          "419a0042ff", E2EE_ERR_FRAME},
    {"livekit, h264 with something in front", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
          "55 00000001 419a0042ff", E2EE_ERR_FRAME},
    {"livekit, h264 without a slice", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
          "00000001 6742c01f 00000001 68ce3c80", E2EE_ERR_FRAME},
    {"livekit, h264 slice of one byte", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264, "00000001 41",
          E2EE_ERR_FRAME},
    {"livekit, h264 slice far into the picture", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264,
          "00000001 6500 80aabbccdd", E2EE_ERR_FRAME},
    {"livekit, h265 header of zeros", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H265,
          "00000001 0000 80aabbccdd", E2EE_ERR_FRAME},
    {"livekit, h264, nothing", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_H264, "", E2EE_ERR_FRAME},
    {"livekit, data", E2EE_SUITE_LIVEKIT_HKDF, E2EE_CODEC_NONE, "68656c6c6f",
          E2EE_ERR_UNSUPPORTED},
    {"jitsi, nothing", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_OPUS, "", E2EE_ERR_TRUNCATED},
    {"jitsi, vp9 frame of two bytes", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_VP9, "8600",
          E2EE_ERR_TRUNCATED},
    {"jitsi, h264", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_H264, "00000001 419a0042ff",
          E2EE_ERR_UNSUPPORTED},
    {"jitsi, h265", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_H265, "00000001 0201d011",
          E2EE_ERR_UNSUPPORTED},
    {"jitsi, data", E2EE_SUITE_JITSI_HKDF, E2EE_CODEC_NONE, "68656c6c6f", E2EE_ERR_UNSUPPORTED},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    const e2ee_format *format = format_of (rows[i].suite);
    e2ee_key *key = make (E2EE_KEY_ENCRYPT, rows[i].suite, KID, SECRET, 0);
    e2ee_keyring *ring = receiver (rows[i].suite);
    test_bytes frame, sealed;
    e2ee_frame_info info;
    e2ee_result r;

    CHECK_ROW ("%s", rows[i].name);
    read_hex (rows[i].frame, &frame);
    CHECK_INT (seal_into (format, key, rows[i].codec, VIEW (&frame), &sealed, &info),
        rows[i].cause);
    CHECK_INT (e2ee_key_get_used (key), 0);
    r = open_only (format, ring, rows[i].codec, VIEW (&frame));
    CHECK (r == rows[i].cause || r == E2EE_ERR_TRUNCATED);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_keys_are_refused_in_the_wrong_direction_and_format (void)
{
  for (size_t i = 0; i < CHECK_N (frames); i++) {
    const e2ee_format *format = format_of (frames[i].suite);
    e2ee_key *receiving = make (E2EE_KEY_DECRYPT, frames[i].suite, KID, SECRET, 0);
    e2ee_key *sframe = make_key (E2EE_KEY_ENCRYPT, KID, 1);
    test_bytes plain, sealed;
    e2ee_frame_info info;

    CHECK_ROW ("%s", frames[i].name);
    read_hex (frames[i].plain, &plain);
    CHECK_INT (seal_into (format, receiving, frames[i].codec, VIEW (&plain), &sealed, &info),
        E2EE_ERR_KEY_USAGE);
    CHECK_INT (seal_into (format, sframe, frames[i].codec, VIEW (&plain), &sealed, &info),
        E2EE_ERR_KEY_FORMAT);
    CHECK_INT (e2ee_key_get_used (sframe), 0);
    e2ee_key_unref (receiving);
    e2ee_key_unref (sframe);
  }
}

static void
test_a_key_that_failed_too_often_is_given_up_until_another_comes (void)
{
  test_bytes secret, plain, good, bad, later;
  e2ee_key *sender = make (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, KID, SECRET, 0);
  e2ee_key_params params;
  e2ee_frame_info info;
  e2ee_keyring *ring;

  read_hex (SECRET, &secret);
  read_hex ("780be4c136ecc58d", &plain);
  params = trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_LIVEKIT_HKDF, KID, &secret);
  params.max_failures = 3;
  ring = ring_with (make_key_with (e2ee_env_default (), params));
  CHECK_INT (seal_into (&e2ee_format_livekit, sender, E2EE_CODEC_OPUS, VIEW (&plain), &good,
          &info), E2EE_OK);
  CHECK_INT (seal_into (&e2ee_format_livekit, sender, E2EE_CODEC_OPUS, VIEW (&plain), &later,
          &info), E2EE_OK);
  bad = later;
  bad.bytes[3] ^= 1;

  /* one that opens makes up for all before it; a replay is no failure of the key */
  for (unsigned i = 0; i < 2; i++)
    CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&bad)),
        E2EE_ERR_TAG);
  CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&good)), E2EE_OK);
  for (unsigned i = 0; i < 5; i++)
    CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&good)),
        E2EE_ERR_REPLAYED);
  for (unsigned i = 0; i < 3; i++)
    CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&bad)),
        E2EE_ERR_TAG);
  CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&bad)),
      E2EE_ERR_GIVEN_UP);
  CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&later)),
      E2EE_ERR_GIVEN_UP);
  e2ee_keyring_unref (ring);

  /* no limit unless there is one */
  ring = receiver (E2EE_SUITE_LIVEKIT_HKDF);
  for (unsigned i = 0; i < 1000; i++)
    CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&bad)),
        E2EE_ERR_TAG);
  CHECK_INT (open_only (&e2ee_format_livekit, ring, E2EE_CODEC_OPUS, VIEW (&later)), E2EE_OK);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (sender);
}

static void
test_a_replay_is_refused_as_long_as_it_is_remembered (void)
{
  enum
  { WINDOW = 64 };
  static test_bytes sealed[WINDOW + 2];
  e2ee_key *sender = make (E2EE_KEY_ENCRYPT, E2EE_SUITE_JITSI_HKDF, KID, SECRET, 0);
  test_bytes secret, plain;
  e2ee_key_params params;
  e2ee_frame_info info;
  e2ee_keyring *ring;

  read_hex (SECRET, &secret);
  read_hex ("780be4c136ecc58d", &plain);
  params = trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_JITSI_HKDF, KID, &secret);
  params.replay_window = WINDOW;
  ring = ring_with (make_key_with (e2ee_env_default (), params));
  for (size_t i = 0; i < CHECK_N (sealed); i++)
    CHECK_INT (seal_into (&e2ee_format_jitsi, sender, E2EE_CODEC_OPUS, VIEW (&plain), &sealed[i],
            &info), E2EE_OK);

  for (size_t i = 0; i < WINDOW; i++)
    CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed[i])), E2EE_OK);
  for (size_t i = 0; i < WINDOW; i++)
    CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed[i])),
        E2EE_ERR_REPLAYED);
  /* what it cannot do: the oldest is forgotten for the next */
  CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed[WINDOW])),
      E2EE_OK);
  CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed[0])), E2EE_OK);
  CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed[2])),
      E2EE_ERR_REPLAYED);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (sender);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_frame_cut_anywhere_does_not_open),
  CHECK_CASE (test_a_byte_changed_anywhere_does_not_open),
  CHECK_CASE (test_a_frame_with_a_byte_more_does_not_open),
  CHECK_CASE (test_a_forged_trailer_leads_to_its_cause),
  CHECK_CASE (test_plain_frames_do_not_open),
  CHECK_CASE (test_frames_of_another_format_do_not_open),
  CHECK_CASE (test_sframe_frames_do_not_open),
  CHECK_CASE (test_bytes_that_were_never_escaped_do_not_open),
  CHECK_CASE (test_frames_that_their_codec_does_not_allow_are_refused),
  CHECK_CASE (test_keys_are_refused_in_the_wrong_direction_and_format),
  CHECK_CASE (test_a_key_that_failed_too_often_is_given_up_until_another_comes),
  CHECK_CASE (test_a_replay_is_refused_as_long_as_it_is_remembered),
};

CHECK_MAIN (cases)
