/* What SRTP does not open and does not seal: nothing comes out, and each has its cause.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "srtp-packets.h"

#include "core/frame/sframe.h"

#define KID 0x01020304

/* A receiver that has opened one packet, so that there is a state to spoil. */
static e2ee_keyring *
warm_ring (e2ee_suite_id suite, e2ee_key ** key)
{
  e2ee_keyring *ring = srtp_ring (suite, KID, 1, NULL);
  test_packet sealed;

  *key = srtp_sender (suite, KID, 1, NULL);
  if (seal_seq (*key, 40000, &sealed) != E2EE_OK || open_packet (ring, &sealed) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no stream");
  return ring;
}

static void
test_packet_truncated_at_every_length_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    const e2ee_suite *suite = e2ee_suite_find (srtp_suites[i]);
    e2ee_key *key;
    e2ee_keyring *ring = warm_ring (srtp_suites[i], &key);
    test_packet sealed, cut;

    CHECK_INT (seal_seq (key, 40001, &sealed), E2EE_OK);
    for (size_t size = 0; size < sealed.size; size++) {
      e2ee_result r;

      CHECK_ROW ("%s, %zu bytes", suite->name, size);
      cut = sealed;
      cut.size = size;
      r = open_packet (ring, &cut);
      if (size < 12 + E2EE_SRTP_MIN_TAG_SIZE + 4)
        CHECK_INT (r, E2EE_ERR_TRUNCATED);
      else
        CHECK_INT (r, E2EE_ERR_UNKNOWN_KEY);
    }
    CHECK_INT (open_packet (ring, &sealed), E2EE_OK);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_without_mki_a_truncated_packet_has_a_wrong_tag (void)
{
  e2ee_keyring *ring = srtp_ring_new (0);
  e2ee_key *key = make_key_with (e2ee_env_default (), srtp_params (E2EE_KEY_ENCRYPT, GCM_128, 1, 1,
          0, NULL));
  test_packet sealed, cut;

  srtp_ring_take (&ring, GCM_128, 1, 1, 1, NULL);
  CHECK_INT (seal_seq (key, 1, &sealed), E2EE_OK);
  for (size_t size = 0; size < sealed.size; size++) {
    CHECK_ROW ("%zu bytes", size);
    cut = sealed;
    cut.size = size;
    CHECK_INT (open_packet (ring, &cut), size < 12 + 16 ? E2EE_ERR_TRUNCATED : E2EE_ERR_TAG);
  }
  CHECK_INT (open_packet (ring, &sealed), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

/* Every bit of header, payload, tag and MKI.  In the header some of them lead elsewhere before the
 * tag is looked at. */
static void
check_flipped_bit (const e2ee_keyring * ring, const test_packet * sealed, size_t byte, unsigned bit)
{
  test_packet forged = *sealed;
  e2ee_result r;

  forged.bytes[byte] ^= (uint8_t) (1u << bit);
  r = open_packet (ring, &forged);
  if (byte == 0 && bit >= 6)
    CHECK_INT (r, E2EE_ERR_FRAME);      /* the version */
  else if (byte == 0 && bit == 4)
    CHECK_INT (r, E2EE_ERR_TRUNCATED);  /* an extension, whose length is in the ciphertext */
  else if (byte == 2 || byte == 3)
    /* Another sequence number: one that was there, one that is too old, or a wrong nonce. */
    CHECK (r == E2EE_ERR_TAG || r == E2EE_ERR_REPLAYED);
  else
    CHECK (r == E2EE_ERR_TAG || r == E2EE_ERR_UNKNOWN_KEY);
}

static void
test_every_flipped_bit_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    const e2ee_suite *suite = e2ee_suite_find (srtp_suites[i]);
    e2ee_key *key;
    e2ee_keyring *ring = warm_ring (srtp_suites[i], &key);
    test_packet plain = make_packet (SSRC, 40001, 40), sealed;
    size_t mki_at;

    /* An extension length of ciphertext that is surely too long. */
    CHECK_INT (seal (key, &plain, &sealed), E2EE_OK);
    for (uint16_t seq = 40002; (sealed.bytes[14] & 0xff) == 0 && seq < 40100; seq++) {
      plain = make_packet (SSRC, seq, 40);
      CHECK_INT (seal (key, &plain, &sealed), E2EE_OK);
    }
    mki_at = sealed.size - 4 - (e2ee_srtp_mki_is_last (suite) ? 0 : suite->nt);
    for (size_t byte = 0; byte < sealed.size; byte++) {
      for (unsigned bit = 0; bit < 8; bit++) {
        CHECK_ROW ("%s, byte %zu, bit %u", suite->name, byte, bit);
        check_flipped_bit (ring, &sealed, byte, bit);
        if (byte >= mki_at && byte < mki_at + 4) {
          test_packet forged = sealed;

          forged.bytes[byte] ^= (uint8_t) (1u << bit);
          CHECK_INT (open_packet (ring, &forged), E2EE_ERR_UNKNOWN_KEY);
        }
        CHECK_RETURN_IF_FAILED ();
      }
    }
    CHECK_INT (open_packet (ring, &sealed), E2EE_OK);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_wrong_key_under_the_same_mki_has_a_wrong_tag (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    e2ee_key *key;
    e2ee_keyring *ring = warm_ring (srtp_suites[i], &key);
    e2ee_key *impostor = srtp_sender (srtp_suites[i], KID, 2, NULL);
    test_packet sealed;

    CHECK_ROW ("%s", e2ee_suite_find (srtp_suites[i])->name);
    for (uint16_t seq = 40001; seq < 40040; seq++) {
      CHECK_INT (seal_seq (impostor, seq, &sealed), E2EE_OK);
      CHECK_INT (open_packet (ring, &sealed), E2EE_ERR_TAG);
    }
    CHECK_INT (seal_seq (key, 40001, &sealed), E2EE_OK);
    CHECK_INT (open_packet (ring, &sealed), E2EE_OK);
    e2ee_key_unref (key);
    e2ee_key_unref (impostor);
    e2ee_keyring_unref (ring);
  }
}

static void
test_packet_of_another_suite_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    for (size_t k = 0; k < CHECK_N (srtp_suites); k++) {
      e2ee_keyring *ring = srtp_ring (srtp_suites[i], KID, 1, NULL);
      e2ee_key *key = srtp_sender (srtp_suites[k], KID, 1, NULL);
      test_packet sealed;

      CHECK_ROW ("%s for %s", e2ee_suite_find (srtp_suites[k])->name,
          e2ee_suite_find (srtp_suites[i])->name);
      CHECK_INT (seal_seq (key, 1, &sealed), E2EE_OK);
      /* Where the MKI of an older suite stands, it names no AEAD key, and the reverse. */
      CHECK_INT (open_packet (ring, &sealed), i == k ? E2EE_OK
          : srtp_suites[i] == CM_80 || srtp_suites[k] == CM_80 ? E2EE_ERR_UNKNOWN_KEY
          : E2EE_ERR_TAG);
      e2ee_key_unref (key);
      e2ee_keyring_unref (ring);
    }
  }
}

static void
test_plain_rtp_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    e2ee_key *key;
    e2ee_keyring *ring = warm_ring (srtp_suites[i], &key);

    for (size_t payload = 0; payload < 300; payload++) {
      test_packet plain = make_packet (SSRC, (uint16_t) (40001 + payload), payload);

      CHECK_ROW ("%s, %zu bytes of payload", e2ee_suite_find (srtp_suites[i])->name, payload);
      CHECK_INT (open_packet (ring, &plain), payload < E2EE_SRTP_MIN_TAG_SIZE + 4
          ? E2EE_ERR_TRUNCATED : E2EE_ERR_UNKNOWN_KEY);
    }
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_sframe_in_rtp_is_refused (void)
{
  e2ee_key *key, *sframe = make_key (E2EE_KEY_ENCRYPT, 1, 1);
  e2ee_keyring *ring = warm_ring (GCM_128, &key);
  test_packet plain = make_packet (SSRC, 40001, 100), foreign = plain;
  uint64_t ctr;
  size_t size;

  CHECK_INT (e2ee_sframe_seal (sframe, E2EE_NO_BYTES, E2EE_BYTES (plain.bytes + 12, 100),
          foreign.bytes + 12, &size, &ctr), E2EE_OK);
  foreign.size = 12 + size;
  CHECK_INT (open_packet (ring, &foreign), E2EE_ERR_UNKNOWN_KEY);
  e2ee_key_unref (key);
  e2ee_key_unref (sframe);
  e2ee_keyring_unref (ring);
}

/* A header that says more than there is, or something else than RTP; refused in both directions. */
static const struct
{
  const char *name;
  size_t size;
  uint8_t first, second;
  uint8_t behind[4];            /* bytes 12 to 15 */
  e2ee_result result;
} lies[] = {
  {"nothing", 0, 0x80, 96, {0}, E2EE_ERR_TRUNCATED},
  {"eleven bytes", 11, 0x80, 96, {0}, E2EE_ERR_TRUNCATED},
  {"version 0", 100, 0x00, 96, {0}, E2EE_ERR_FRAME},
  {"version 1", 100, 0x40, 96, {0}, E2EE_ERR_FRAME},
  {"version 3", 100, 0xc0, 96, {0}, E2EE_ERR_FRAME},
  {"sender report", 100, 0x80, 200, {0}, E2EE_ERR_FRAME},
  {"receiver report", 100, 0x81, 201, {0}, E2EE_ERR_FRAME},
  {"feedback", 100, 0x81, 206, {0}, E2EE_ERR_FRAME},
  {"first of RTCP", 100, 0x80, 192, {0}, E2EE_ERR_FRAME},
  {"last of RTCP", 100, 0x80, 223, {0}, E2EE_ERR_FRAME},
  {"fifteen CSRCs in 71 bytes", 71, 0x8f, 96, {0}, E2EE_ERR_TRUNCATED},
  {"one CSRC in 15 bytes", 15, 0x81, 96, {0}, E2EE_ERR_TRUNCATED},
  {"extension without a header", 15, 0x90, 96, {0}, E2EE_ERR_TRUNCATED},
  {"extension of one word too many", 100, 0x90, 96, {0xbe, 0xde, 0, 22}, E2EE_ERR_TRUNCATED},
  {"extension of 65,535 words", 100, 0x90, 96, {0xbe, 0xde, 0xff, 0xff}, E2EE_ERR_TRUNCATED},
};

static test_packet
make_lie (size_t i, uint16_t seq)
{
  test_packet p = make_packet (SSRC, seq, 100);

  p.size = lies[i].size;
  p.bytes[0] = lies[i].first;
  p.bytes[1] = lies[i].second;
  memcpy (p.bytes + 12, lies[i].behind, 4);
  return p;
}

static void
test_header_that_lies_is_not_opened (void)
{
  for (size_t i = 0; i < CHECK_N (lies); i++) {
    e2ee_key *key;
    e2ee_keyring *ring = warm_ring (GCM_128, &key);
    test_packet p = make_lie (i, 40001);
    e2ee_frame_info info;

    CHECK_ROW ("%s", lies[i].name);
    CHECK_INT (open_packet (ring, &p), lies[i].result);
    CHECK_INT (e2ee_format_srtp.peek (ring, E2EE_CODEC_NONE, PACKET (&p), &info), lies[i].result);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_header_that_lies_is_not_sealed (void)
{
  for (size_t i = 0; i < CHECK_N (lies); i++) {
    e2ee_key *key = srtp_sender (GCM_128, KID, 1, NULL);
    test_packet p = make_lie (i, 1), sealed;

    CHECK_ROW ("%s", lies[i].name);
    CHECK_INT (seal (key, &p, &sealed), lies[i].result);
    e2ee_key_unref (key);
  }
}

static void
test_padding_that_lies_is_not_sealed (void)
{
  static const struct
  {
    const char *name;
    size_t payload;
    uint8_t padding;
    e2ee_result result;
  } rows[] = {
    {"one byte", 20, 1, E2EE_OK},
    {"all of the payload", 20, 20, E2EE_OK},
    {"more than the payload", 20, 21, E2EE_ERR_FRAME},
    {"none", 20, 0, E2EE_ERR_FRAME},
    {"of nothing", 0, 4, E2EE_ERR_FRAME},
  };
  e2ee_key *key = srtp_sender (GCM_128, KID, 1, NULL);

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    test_packet p = make_packet (SSRC, (uint16_t) i, rows[i].payload), sealed;

    CHECK_ROW ("%s", rows[i].name);
    p.bytes[0] |= 0x20;
    p.bytes[p.size - 1] = rows[i].padding;
    CHECK_INT (seal (key, &p, &sealed), rows[i].result);
  }
  e2ee_key_unref (key);
}

static void
test_packet_or_header_over_the_limits_is_too_large (void)
{
  static uint8_t bytes[E2EE_SRTP_MAX_PACKET + 1], out[E2EE_SRTP_MAX_PACKET + 100];
  e2ee_key *key = srtp_sender (GCM_128, KID, 1, NULL);
  test_packet p = make_packet (SSRC, 1, 100);
  e2ee_frame_info info;
  size_t size;

  memcpy (bytes, p.bytes, p.size);
  CHECK_INT (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (bytes, sizeof bytes), out,
          &size, &info), E2EE_ERR_TOO_LARGE);
  CHECK_INT (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (bytes, sizeof bytes - 1), out,
          &size, &info), E2EE_OK);
  /* An extension of so many words that the header has one byte more than E2EE_SRTP_MAX_HEADER. */
  bytes[0] |= 0x10;
  e2ee_put_be (bytes + 14, (E2EE_SRTP_MAX_HEADER - 16) / 4 + 1, 2);
  CHECK_INT (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (bytes, 4000), out, &size,
          &info), E2EE_ERR_TOO_LARGE);
  e2ee_put_be (bytes + 14, (E2EE_SRTP_MAX_HEADER - 16) / 4, 2);
  bytes[3]++;
  CHECK_INT (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (bytes, 4000), out, &size,
          &info), E2EE_OK);
  e2ee_key_unref (key);
}

static void
test_keys_of_another_format_or_direction_are_refused (void)
{
  e2ee_key *sframe = make_key (E2EE_KEY_ENCRYPT, 1, 1);
  e2ee_key *receiver = make_key_with (e2ee_env_default (), srtp_params (E2EE_KEY_DECRYPT, GCM_128,
          KID, 1, 4, NULL));
  e2ee_key *srtp = srtp_sender (GCM_128, KID, 1, NULL);
  test_packet p = make_packet (SSRC, 1, 100), sealed;
  e2ee_frame_info info;
  uint8_t out[256];
  size_t size;

  CHECK_INT (seal (sframe, &p, &sealed), E2EE_ERR_KEY_FORMAT);
  CHECK_INT (seal (receiver, &p, &sealed), E2EE_ERR_KEY_USAGE);
  CHECK_INT (e2ee_format_sframe.seal (srtp, E2EE_CODEC_NONE, PACKET (&p), out, &size, &info),
      E2EE_ERR_KEY_FORMAT);
  e2ee_key_unref (sframe);
  e2ee_key_unref (receiver);
  e2ee_key_unref (srtp);
}

static void
test_sframe_key_in_a_ring_opens_no_srtp (void)
{
  e2ee_keyring *ring = srtp_ring_new (4);
  e2ee_key *key = srtp_sender (GCM_128, KID, 1, NULL);
  test_packet sealed;

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, KID, 1), 1), E2EE_OK);
  CHECK_INT (seal_seq (key, 1, &sealed), E2EE_OK);
  CHECK_INT (open_packet (ring, &sealed), E2EE_ERR_KEY_FORMAT);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_parameters_that_make_no_sense_are_refused (void)
{
  static const struct
  {
    const char *name;
    uint64_t kid;
    size_t mki_size;
    int size_change;
    e2ee_result result;
  } rows[] = {
    {"key id that fills the MKI", 0xffffffff, 4, 0, E2EE_OK},
    {"key id that is larger than the MKI", UINT64_C (0x100000000), 4, 0, E2EE_ERR_KEY_ID},
    {"largest key id in eight bytes", UINT64_MAX, 8, 0, E2EE_OK},
    {"any key id without MKI", UINT64_MAX, 0, 0, E2EE_OK},
    {"MKI of nine bytes", 1, 9, 0, E2EE_ERR_UNSUPPORTED},
    {"salt that is a byte short", 1, 4, -1, E2EE_ERR_KEY_SIZE},
    {"salt that is a byte long", 1, 4, 1, E2EE_ERR_KEY_SIZE},
  };

  for (size_t suite = 0; suite < CHECK_N (srtp_suites); suite++) {
    for (size_t i = 0; i < CHECK_N (rows); i++) {
      static uint8_t master[64];
      e2ee_key_params params = srtp_params (E2EE_KEY_ENCRYPT, srtp_suites[suite], rows[i].kid, 1,
          rows[i].mki_size, NULL);
      e2ee_key *key;

      CHECK_ROW ("%s, %s", params.suite->name, rows[i].name);
      params.base_key = E2EE_BYTES (master, (size_t) ((int) params.base_key.size
              + rows[i].size_change));
      CHECK_INT (e2ee_key_new (e2ee_env_default (), &params, &key), rows[i].result);
      CHECK ((key != NULL) == (rows[i].result == E2EE_OK));
      e2ee_key_unref (key);
    }
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_packet_truncated_at_every_length_is_refused),
  CHECK_CASE (test_without_mki_a_truncated_packet_has_a_wrong_tag),
  CHECK_CASE (test_every_flipped_bit_is_refused),
  CHECK_CASE (test_wrong_key_under_the_same_mki_has_a_wrong_tag),
  CHECK_CASE (test_packet_of_another_suite_is_refused),
  CHECK_CASE (test_plain_rtp_is_refused),
  CHECK_CASE (test_sframe_in_rtp_is_refused),
  CHECK_CASE (test_header_that_lies_is_not_opened),
  CHECK_CASE (test_header_that_lies_is_not_sealed),
  CHECK_CASE (test_padding_that_lies_is_not_sealed),
  CHECK_CASE (test_packet_or_header_over_the_limits_is_too_large),
  CHECK_CASE (test_keys_of_another_format_or_direction_are_refused),
  CHECK_CASE (test_sframe_key_in_a_ring_opens_no_srtp),
  CHECK_CASE (test_parameters_that_make_no_sense_are_refused),
};

CHECK_MAIN (cases)
