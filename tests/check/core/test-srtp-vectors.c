/* SRTP on the wire: what the RFCs print, and what a second implementation makes of the same
 * packets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "hex.h"
#include "srtp-packets.h"
#include "srtp-reference.h"

#include "core/frame/srtpkey.h"

/* RFC 3711 appendix B.3. */
static void
test_reference_derives_the_keys_of_rfc_3711 (void)
{
  reference_keys keys;

  reference_keys_init (&keys, HEX ("e1f97a0d3e018be0d64fa32c06de4139"),
      HEX ("0ec675ad498afeebb6960b3aabe6"));
  CHECK_BYTES (E2EE_BYTES (keys.cipher_key, 16), HEX ("c61e7a93744f39ee10734afe3ff7a087"));
  CHECK_BYTES (E2EE_BYTES (keys.salt, 14), HEX ("30cbbc08863d8c85d49db34a9ae1"));
  CHECK_BYTES (E2EE_BYTES (keys.auth_key, 20), HEX ("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
}

/* RFC 7714 sections 16.1.1 and 16.2.1; they begin with the session keys, behind the derivation. */
static const struct
{
  const char *name, *key, *sealed;
} rfc_7714[] = {
  {"AEAD_AES_128_GCM", "000102030405060708090a0b0c0d0e0f",
        "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b"
        "36de3adf8833899d7f27beb16a9152cf765ee4390cce"},
  {"AEAD_AES_256_GCM", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f"
        "1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13"},
};

static void
test_reference_makes_the_packets_of_rfc_7714 (void)
{
  for (size_t i = 0; i < CHECK_N (rfc_7714); i++) {
    uint8_t packet_bytes[128], key_bytes[32], sealed_bytes[128];
    e2ee_bytes plain = hex_decode ("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e6973206469"
        "7669736120696e207061727465732074726573", packet_bytes, sizeof packet_bytes);
    e2ee_bytes key = hex_decode (rfc_7714[i].key, key_bytes, sizeof key_bytes);
    reference_keys keys = {.cipher_key_size = key.size,.salt_size = 12 };

    CHECK_ROW ("%s", rfc_7714[i].name);
    memcpy (keys.cipher_key, key.data, key.size);
    memcpy (keys.salt, "Quid pro quo", 12);
    CHECK_BYTES (E2EE_BYTES (packet_bytes, reference_protect (&keys, 0, packet_bytes, plain.size,
                E2EE_NO_BYTES)), hex_decode (rfc_7714[i].sealed, sealed_bytes,
            sizeof sealed_bytes));
  }
}

/* The front of a packet, with what follows the fixed header. */
static const struct
{
  const char *name, *front;
  size_t payload;
} shapes[] = {
  {"plain", "80600001000003e811223344", 200},
  {"marker", "80e00001000003e811223344", 1},
  {"two CSRCs", "82600001000003e8112233440000000100000002", 33},
  {"fifteen CSRCs", "8f600001000003e811223344"
        "000000010000000200000003000000040000000500000006000000070000000800000009"
        "0000000a0000000b0000000c0000000d0000000e0000000f", 100},
  {"one-byte extension", "90600001000003e811223344bede000110ff0000", 64},
  {"empty extension", "90600001000003e811223344bede0000", 64},
  {"CSRC and extension", "91600001000003e81122334400000001bede000222aabbcc31de0000", 1200},
  {"no payload", "80600001000003e811223344", 0},
};

static const uint32_t rocs[] = { 0, 1, 700 };
static const size_t mki_sizes[] = { 0, 1, 8 };

static void
check_shape (e2ee_suite_id id, size_t mki_size, size_t shape)
{
  const e2ee_suite *suite = e2ee_suite_find (id);
  e2ee_key_params params = srtp_params (E2EE_KEY_ENCRYPT, id, 0x7e, 3, mki_size, NULL);
  uint8_t mki[8];
  reference_keys keys;
  test_packet plain = { 0 }, sealed, expected;

  e2ee_put_be (mki, params.kid, mki_size);
  reference_keys_init (&keys, E2EE_BYTES (params.base_key.data, suite->nk),
      E2EE_BYTES (params.base_key.data + suite->nk, params.base_key.size - suite->nk));
  plain.size = hex_decode (shapes[shape].front, plain.bytes, sizeof plain.bytes).size;
  for (size_t i = 0; i < shapes[shape].payload; i++)
    plain.bytes[plain.size++] = (uint8_t) (1 + i % 99);

  for (size_t i = 0; i < CHECK_N (rocs); i++) {
    e2ee_rollover *rollover = e2ee_rollover_new (NULL, NULL);
    e2ee_keyring *ring = srtp_ring_new (mki_size);
    e2ee_frame_info info;
    test_packet opened;
    e2ee_key *key;

    CHECK_ROW ("%s, MKI of %zu, %s, roll-over %u", suite->name, mki_size, shapes[shape].name,
        (unsigned) rocs[i]);
    e2ee_rollover_see (rollover, SSRC, (uint64_t) rocs[i] << 16);
    params.rollover = rollover;
    key = make_key_with (e2ee_env_default (), params);
    CHECK (key != NULL);
    CHECK_INT (seal (key, &plain, &sealed), E2EE_OK);
    expected = plain;
    expected.size = reference_protect (&keys, rocs[i], expected.bytes, expected.size,
        E2EE_BYTES (mki, mki_size));
    CHECK_BYTES (PACKET (&sealed), PACKET (&expected));

    srtp_ring_take (&ring, id, 0x7e, 3, 9, rollover);
    CHECK_INT (open_at (ring, 0, &expected, &opened, &info), E2EE_OK);
    CHECK_BYTES (PACKET (&opened), PACKET (&plain));
    CHECK_INT (info.kid, 0x7e);
    CHECK_INT (info.epoch, 9);
    CHECK_INT (info.ctr, (uint64_t) rocs[i] << 16 | 1);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
    e2ee_rollover_unref (rollover);
  }
}

static void
test_packets_are_those_of_the_reference_in_every_shape (void)
{
  for (size_t suite = 0; suite < CHECK_N (srtp_suites); suite++) {
    for (size_t mki = 0; mki < CHECK_N (mki_sizes); mki++) {
      for (size_t shape = 0; shape < CHECK_N (shapes); shape++) {
        check_shape (srtp_suites[suite], mki_sizes[mki], shape);
        CHECK_RETURN_IF_FAILED ();
      }
    }
  }
}

/* HKDF of RFC 5869 over the base key; the figures are Python's hmac module's. */
static const struct
{
  e2ee_suite_id suite;
  const char *base_key, *master;
} group_keys[] = {
  {GCM_128, "000102030405060708090a0b0c0d0e0f",
      "a538b3e2de809d99b9e3eb5995e56d7925d56154dec9397837af63b5"},
  {GCM_256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "f4a9a35dd5094c440d710b774b12febb1f225b64235900441dcc6d1cef2f25f855a1ba528b408ea7e801b57d"},
};

static void
test_key_of_a_group_is_derived_from_base_key_and_key_id (void)
{
  for (size_t i = 0; i < CHECK_N (group_keys); i++) {
    const e2ee_suite *suite = e2ee_suite_find (group_keys[i].suite);
    uint8_t base_key[32], master[E2EE_SRTP_MAX_MASTER_SIZE], expected[64];

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_srtp_key_derive (suite, UINT64_C (0x1234567890),
            hex_decode (group_keys[i].base_key, base_key, sizeof base_key), master), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (master, e2ee_srtp_master_size (suite)),
        hex_decode (group_keys[i].master, expected, sizeof expected));
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_reference_derives_the_keys_of_rfc_3711),
  CHECK_CASE (test_reference_makes_the_packets_of_rfc_7714),
  CHECK_CASE (test_packets_are_those_of_the_reference_in_every_shape),
  CHECK_CASE (test_key_of_a_group_is_derived_from_base_key_and_key_id),
};

CHECK_MAIN (cases)
