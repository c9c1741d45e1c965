/* HKDF against RFC 5869's cases and the same inputs with SHA-512.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include <sodium.h>

#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"

#define IKM_1 "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define SALT_1 "000102030405060708090a0b0c"
#define INFO_1 "f0f1f2f3f4f5f6f7f8f9"
#define IKM_2 \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" \
  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f" \
  "404142434445464748494a4b4c4d4e4f"
#define SALT_2 \
  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f" \
  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f" \
  "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define INFO_2 \
  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf" \
  "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef" \
  "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"

/* The RFC has no cases of SHA-512; those answers come from another implementation. */
static const struct
{
  const char *name;
  e2ee_hash hash;
  const char *ikm, *salt, *info, *prk, *okm;
} rows[] = {
  {"RFC 5869 A.1", E2EE_HASH_SHA256, IKM_1, SALT_1, INFO_1,
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
  {"RFC 5869 A.2", E2EE_HASH_SHA256, IKM_2, SALT_2, INFO_2,
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
      "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
  {"RFC 5869 A.3", E2EE_HASH_SHA256, IKM_1, "", "",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
  {"A.1 with SHA-512", E2EE_HASH_SHA512, IKM_1, SALT_1, INFO_1,
        "665799823737ded04a88e47e54a5890bb2c3d247c7a4254a8e61350723590a26"
        "c36238127d8661b88cf80ef802d57e2f7cebcf1e00e083848be19929c61b4237",
      "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cb"},
  {"A.2 with SHA-512", E2EE_HASH_SHA512, IKM_2, SALT_2, INFO_2,
        "35672542907d4e142c00e84499e74e1de08be86535f924e022804ad775dde27e"
        "c86cd1e5b7d178c74489bdbeb30712beb82d4f97416c5a94ea81ebdf3e629e4a",
        "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84cd189ddf1"
        "b695b48cbd1c8388441137b3ce28f16aa64ba33ba466b24df6cfcb021ecff235"
      "f6a2056ce3af1de44d572097a8505d9e7a93"},
  {"A.3 with SHA-512", E2EE_HASH_SHA512, IKM_1, "", "",
        "fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef357e5b"
        "194498d0682611382348572a7b1611de54764094286320578a863f36562b0df6",
      "f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90fff22d04836d0e2343bac"},
};

static void
test_extract_and_expand_give_the_published_answers (void)
{
  uint8_t ikm[128], salt[128], info[128], prk[128], okm[128], out[128];

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    const e2ee_bytes expected_prk = hex_decode (rows[i].prk, prk, sizeof (prk));
    const e2ee_bytes expected_okm = hex_decode (rows[i].okm, okm, sizeof (okm));

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_hash_size (rows[i].hash), expected_prk.size);
    e2ee_hkdf_extract (rows[i].hash, hex_decode (rows[i].salt, salt, sizeof (salt)),
        hex_decode (rows[i].ikm, ikm, sizeof (ikm)), out);
    CHECK_BYTES (E2EE_BYTES (out, expected_prk.size), expected_prk);
    CHECK_INT (e2ee_hkdf_expand (rows[i].hash, expected_prk,
            hex_decode (rows[i].info, info, sizeof (info)), out, expected_okm.size), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (out, expected_okm.size), expected_okm);
  }
}

static void
test_an_absent_salt_is_a_salt_of_zeros (void)
{
  static const uint8_t zeros[64];
  uint8_t absent[64], present[64];

  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_NO_BYTES, HEX (IKM_1), absent);
  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_BYTES (zeros, 32), HEX (IKM_1), present);
  CHECK_MEM (absent, present, 32);
  e2ee_hkdf_extract (E2EE_HASH_SHA512, E2EE_NO_BYTES, HEX (IKM_1), absent);
  e2ee_hkdf_extract (E2EE_HASH_SHA512, E2EE_BYTES (zeros, 64), HEX (IKM_1), present);
  CHECK_MEM (absent, present, 64);
}

static void
test_a_shorter_output_is_the_start_of_a_longer_one (void)
{
  uint8_t longest[200], out[200];

  CHECK_INT (e2ee_hkdf_expand (E2EE_HASH_SHA256, HEX (IKM_2), HEX (INFO_1), longest,
          sizeof (longest)), E2EE_OK);
  for (size_t size = 0; size < sizeof (out); size++) {
    CHECK_ROW ("%zu bytes", size);
    memset (out, 0xa5, sizeof (out));
    CHECK_INT (e2ee_hkdf_expand (E2EE_HASH_SHA256, HEX (IKM_2), HEX (INFO_1), out, size),
        E2EE_OK);
    CHECK_MEM (out, longest, size);
    CHECK_INT (out[size], 0xa5);
  }
}

static void
test_the_longest_output_is_255_hashes (void)
{
  static uint8_t out[255 * 64 + 1], last[64];
  static const e2ee_hash hashes[] = { E2EE_HASH_SHA256, E2EE_HASH_SHA512 };

  for (size_t i = 0; i < CHECK_N (hashes); i++) {
    const size_t most = 255 * e2ee_hash_size (hashes[i]);

    CHECK_ROW ("hash of %zu bytes", e2ee_hash_size (hashes[i]));
    CHECK_INT (e2ee_hkdf_expand (hashes[i], HEX (IKM_2), E2EE_NO_BYTES, out, most), E2EE_OK);
    memset (last, 0, sizeof (last));
    CHECK (memcmp (out + most - 32, last, 32) != 0);
    CHECK_INT (e2ee_hkdf_expand (hashes[i], HEX (IKM_2), E2EE_NO_BYTES, out, most + 1),
        E2EE_ERR_TOO_LARGE);
    for (size_t k = 0; k <= most; k++)
      CHECK_INT (out[k], 0);
  }
}

/* T(2) of 255 hashes and T(255), against RFC 2104's HMAC as libsodium has it. */
static void
test_the_last_block_chains_on_the_one_before (void)
{
  static uint8_t out[255 * 32];
  uint8_t message[33], expected[32];
  crypto_auth_hmacsha256_state state;
  const e2ee_bytes prk = HEX (IKM_2);

  CHECK_INT (e2ee_hkdf_expand (E2EE_HASH_SHA256, prk, E2EE_NO_BYTES, out, sizeof (out)),
      E2EE_OK);
  memcpy (message, out + 253 * 32, 32);
  message[32] = 255;
  crypto_auth_hmacsha256_init (&state, prk.data, prk.size);
  crypto_auth_hmacsha256_update (&state, message, sizeof (message));
  crypto_auth_hmacsha256_final (&state, expected);
  CHECK_MEM (out + 254 * 32, expected, 32);
}

static const check_case cases[] = {
  CHECK_CASE (test_extract_and_expand_give_the_published_answers),
  CHECK_CASE (test_an_absent_salt_is_a_salt_of_zeros),
  CHECK_CASE (test_a_shorter_output_is_the_start_of_a_longer_one),
  CHECK_CASE (test_the_longest_output_is_255_hashes),
  CHECK_CASE (test_the_last_block_chains_on_the_one_before),
};

CHECK_MAIN (cases)
