/* The contract of frame formats (format.h), over every row whose frames are a codec's.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"
#include "hex.h"

#include "core/frame/format.h"

#define SECRET "000102030405060708090a0b0c0d0e0f"
#define KID 7
#define UNTOUCHED 0xaa
#define MAX_FRAME 70000

static const struct
{
  const char *name;
  e2ee_suite_id suite;
} formats[] = {
  {"sframe", E2EE_SUITE_AES_128_GCM_SHA256_128},
  {"livekit", E2EE_SUITE_LIVEKIT_HKDF},
  {"jitsi", E2EE_SUITE_JITSI_HKDF},
};

/* How a frame of a codec begins; the rest is filled up. */
static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *front;
} kinds[] = {
  {"opus", E2EE_CODEC_OPUS, "78"},
  {"pcmu", E2EE_CODEC_G711, "ff"},
  {"vp8 key frame", E2EE_CODEC_VP8, "1024009d012aa0007800"},
  {"vp8 delta frame", E2EE_CODEC_VP8, "d11300"},
  {"vp9 key frame", E2EE_CODEC_VP9, "824983420013f00ef600"},
  {"vp9 delta frame", E2EE_CODEC_VP9, "860040"},
  {"h264 key frame", E2EE_CODEC_H264, "000000016742c01f0000000168ce3c80000000016588"},
  {"h264 delta frame", E2EE_CODEC_H264, "00000001419a"},
  {"h265 delta frame", E2EE_CODEC_H265, "000000010201"},
  {"data", E2EE_CODEC_NONE, "68"},
};

typedef struct
{
  uint8_t bytes[MAX_FRAME];
  size_t size;
} big_frame;

#define VIEW(frame) E2EE_BYTES ((frame)->bytes, (frame)->size)

static big_frame plain, opened;
static uint8_t sealed[2 * MAX_FRAME];
static size_t sealed_size;

/* With a start that is always the same, so that ciphertext is no matter of chance. */
static e2ee_key *
make (e2ee_key_usage usage, e2ee_suite_id suite)
{
  foretold_env env;
  uint8_t bytes[16];
  e2ee_key_params params = {
    .suite = e2ee_suite_find (suite),
    .kid = KID,
    .base_key = hex_decode (SECRET, bytes, sizeof bytes),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
    .replay_window = 32768,
  };

  return make_key_with (foretold_env_init (&env, 0x1122334455667788), params);
}

static e2ee_keyring *
receiver (e2ee_suite_id suite)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  if (ring_take (&ring, make (E2EE_KEY_DECRYPT, suite), 3) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no ring");
  return ring;
}

static size_t
make_frame (size_t kind, size_t size)
{
  size_t front = hex_decode (kinds[kind].front, plain.bytes, sizeof plain.bytes).size;

  for (size_t i = front; i < size; i++)
    plain.bytes[i] = (uint8_t) (1 + i % 100);
  plain.size = size > front ? size : front;
  return front;
}

static e2ee_result
seal (const e2ee_format * format, e2ee_key * key, e2ee_codec codec, e2ee_frame_info * info)
{
  size_t bound = format->seal_bound (key, codec, plain.size);
  e2ee_result r;

  if (bound > sizeof sealed)
    check_fail (__FILE__, __LINE__, "%zu bytes for a frame of %zu", bound, plain.size);
  memset (sealed, UNTOUCHED, sizeof sealed);
  r = format->seal (key, codec, VIEW (&plain), sealed, &sealed_size, info);
  for (size_t i = bound; i < sizeof sealed; i++) {
    if (sealed[i] != UNTOUCHED)
      check_fail (__FILE__, __LINE__, "byte %zu was written behind the bound", i);
  }
  if (r != E2EE_OK ? sealed_size != 0 : sealed_size > bound)
    check_fail (__FILE__, __LINE__, "%zu bytes sealed", sealed_size);
  return r;
}

static e2ee_result
open_sealed (const e2ee_format * format, const e2ee_keyring * ring, e2ee_codec codec,
    e2ee_frame_info * info)
{
  e2ee_result r;

  memset (opened.bytes, UNTOUCHED, sizeof opened.bytes);
  opened.size = 12345;
  r = format->open (ring, 0, codec, E2EE_BYTES (sealed, sealed_size), opened.bytes, &opened.size,
      info);
  for (size_t i = sealed_size; i < sizeof opened.bytes; i++) {
    if (opened.bytes[i] != UNTOUCHED)
      check_fail (__FILE__, __LINE__, "byte %zu was written behind the frame's size", i);
  }
  return r;
}

/* What a format says it takes it does take; all else it refuses in both directions. */
static int
takes (const e2ee_format * format, e2ee_codec codec)
{
  return format->takes == NULL || format->takes (codec);
}

static void
check_round_trip (const e2ee_format * format, e2ee_key * key, e2ee_keyring * ring, size_t kind)
{
  e2ee_codec codec = kinds[kind].codec;
  e2ee_frame_info sent, peeked, received;

  CHECK_INT (seal (format, key, codec, &sent), E2EE_OK);
  CHECK_INT (sent.kid, KID);
  CHECK_INT (format->peek (ring, codec, E2EE_BYTES (sealed, sealed_size), &peeked), E2EE_OK);
  CHECK_INT (peeked.kid, KID);
  CHECK_INT (open_sealed (format, ring, codec, &received), E2EE_OK);
  CHECK_INT (received.kid, KID);
  CHECK_INT (received.ctr, sent.ctr);
  CHECK_INT (received.epoch, 3);
  CHECK_BYTES (VIEW (&opened), VIEW (&plain));
  CHECK_INT (open_sealed (format, ring, codec, &received), E2EE_ERR_REPLAYED);
  CHECK_INT (opened.size, 0);
}

static void
test_every_frame_comes_back_in_every_size (void)
{
  static const size_t large[] = { 1187, 1200, 4096, 65535, 65536 };

  for (size_t f = 0; f < CHECK_N (formats); f++) {
    const e2ee_format *format = e2ee_format_find_by_name (formats[f].name);
    e2ee_key *key = make (E2EE_KEY_ENCRYPT, formats[f].suite);
    e2ee_keyring *ring = receiver (formats[f].suite);
    size_t n_taken = 0;

    CHECK (format != NULL && key != NULL);
    for (size_t kind = 0; kind < CHECK_N (kinds); kind++) {
      size_t smallest = make_frame (kind, 0);

      CHECK_ROW ("%s, %s", formats[f].name, kinds[kind].name);
      if (!takes (format, kinds[kind].codec))
        continue;
      n_taken++;
      for (size_t size = smallest; size < smallest + 300; size++) {
        make_frame (kind, size);
        CHECK_ROW ("%s, %s, %zu bytes", formats[f].name, kinds[kind].name, size);
        check_round_trip (format, key, ring, kind);
        CHECK_RETURN_IF_FAILED ();
      }
      for (size_t i = 0; i < CHECK_N (large); i++) {
        make_frame (kind, large[i]);
        CHECK_ROW ("%s, %s, %zu bytes", formats[f].name, kinds[kind].name, large[i]);
        check_round_trip (format, key, ring, kind);
        CHECK_RETURN_IF_FAILED ();
      }
    }
    CHECK (n_taken >= 4);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_what_a_format_does_not_take_it_refuses_both_ways (void)
{
  for (size_t f = 0; f < CHECK_N (formats); f++) {
    const e2ee_format *format = e2ee_format_find_by_name (formats[f].name);
    e2ee_key *key = make (E2EE_KEY_ENCRYPT, formats[f].suite);
    e2ee_keyring *ring = receiver (formats[f].suite);

    for (size_t kind = 0; kind < CHECK_N (kinds); kind++) {
      e2ee_frame_info info;

      make_frame (kind, 200);
      CHECK_ROW ("%s, %s", formats[f].name, kinds[kind].name);
      if (takes (format, kinds[kind].codec))
        continue;
      CHECK_INT (seal (format, key, kinds[kind].codec, &info), E2EE_ERR_UNSUPPORTED);
      CHECK_INT (e2ee_key_get_used (key), 0);
      memcpy (sealed, plain.bytes, plain.size);
      sealed_size = plain.size;
      CHECK_INT (open_sealed (format, ring, kinds[kind].codec, &info), E2EE_ERR_UNSUPPORTED);
      CHECK_INT (opened.size, 0);
    }
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_keys_of_another_format_are_refused_both_ways (void)
{
  for (size_t f = 0; f < CHECK_N (formats); f++) {
    for (size_t g = 0; g < CHECK_N (formats); g++) {
      const e2ee_format *format = e2ee_format_find_by_name (formats[f].name);
      e2ee_key *ours = make (E2EE_KEY_ENCRYPT, formats[f].suite);
      e2ee_key *theirs = make (E2EE_KEY_ENCRYPT, formats[g].suite);
      e2ee_keyring *ring = receiver (formats[g].suite);
      e2ee_frame_info info;

      CHECK_ROW ("%s with a key of %s", formats[f].name, formats[g].name);
      if (f != g) {
        make_frame (3, 100);
        CHECK_INT (seal (format, theirs, E2EE_CODEC_VP8, &info), E2EE_ERR_KEY_FORMAT);
        CHECK_INT (e2ee_key_get_used (theirs), 0);
        CHECK_INT (seal (format, ours, E2EE_CODEC_VP8, &info), E2EE_OK);
        CHECK_INT (open_sealed (format, ring, E2EE_CODEC_VP8, &info), E2EE_ERR_KEY_FORMAT);
        CHECK_INT (info.kid, KID);
        CHECK_INT (opened.size, 0);
      }
      e2ee_key_unref (ours);
      e2ee_key_unref (theirs);
      e2ee_keyring_unref (ring);
    }
  }
}

static void
test_a_frame_that_fails_leaves_nothing_of_itself (void)
{
  for (size_t f = 0; f < CHECK_N (formats); f++) {
    const e2ee_format *format = e2ee_format_find_by_name (formats[f].name);
    e2ee_key *key = make (E2EE_KEY_ENCRYPT, formats[f].suite);
    e2ee_keyring *ring = receiver (formats[f].suite);

    for (size_t kind = 0; kind < CHECK_N (kinds); kind++) {
      size_t front = make_frame (kind, 400);
      e2ee_frame_info info;

      CHECK_ROW ("%s, %s", formats[f].name, kinds[kind].name);
      if (seal (format, key, kinds[kind].codec, &info) != E2EE_OK)
        continue;
      sealed[front + 200] ^= 0x80;
      CHECK (open_sealed (format, ring, kinds[kind].codec, &info) != E2EE_OK);
      CHECK_INT (opened.size, 0);
      for (size_t i = 0; i + 16 <= sealed_size; i++)
        CHECK (memcmp (opened.bytes + i, plain.bytes + front + 100, 16) != 0);
    }
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_rows_are_found_by_id_and_by_name (void)
{
  for (size_t f = 0; f < CHECK_N (formats); f++) {
    const e2ee_format *format = e2ee_format_find_by_name (formats[f].name);

    CHECK_ROW ("%s", formats[f].name);
    CHECK (format != NULL);
    CHECK_STR (format->name, formats[f].name);
    CHECK (e2ee_format_find (format->id) == format);
    CHECK_INT (e2ee_suite_find (formats[f].suite)->format, format->id);
    if (format->default_suite != 0)
      CHECK_INT (e2ee_suite_find (format->default_suite)->format, format->id);
  }
  CHECK (e2ee_format_find ((e2ee_format_id) 99) == NULL);
  CHECK (e2ee_format_find_by_name ("SFRAME") == NULL);
  CHECK (e2ee_format_find_by_name ("") == NULL);
  CHECK (e2ee_format_find_by_name (NULL) == NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_every_frame_comes_back_in_every_size),
  CHECK_CASE (test_what_a_format_does_not_take_it_refuses_both_ways),
  CHECK_CASE (test_keys_of_another_format_are_refused_both_ways),
  CHECK_CASE (test_a_frame_that_fails_leaves_nothing_of_itself),
  CHECK_CASE (test_rows_are_found_by_id_and_by_name),
};

CHECK_MAIN (cases)
