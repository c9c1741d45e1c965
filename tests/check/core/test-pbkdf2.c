/* PBKDF2 with HMAC.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/crypto/pbkdf2.h"
#include "core/crypto/secret.h"

#define TEXT(literal) E2EE_BYTES (literal, sizeof (literal) - 1)

/* RFC 7914 section 11, and what livekit-client makes of two passphrases. */
static const struct
{
  const char *name, *password, *salt;
  uint32_t iterations;
  const char *expected;
} rows[] = {
  {"one round, two blocks", "passwd", "salt", 1,
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
  {"many rounds", "Password", "NaCl", 80000,
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"},
  {"less than a block", "password", "LKFrameEncryptionKey", 100000,
        "421890b1557504a8ea1a90c253b419e4"},
  {"a block", "password", "LKFrameEncryptionKey", 100000,
        "421890b1557504a8ea1a90c253b419e4e1a3a43283f7115909d6fce6926e5e5f"},
  {"a password of more than a block of the hash",
        "0123456789012345678901234567890123456789012345678901234567890123456789", "salt", 2,
        "ab2f9aaa2ee62897374f006ac377d9f5943aba88d7fecb899b72d65516dce7cc"
        "5ef1141c1d8edc04"},
};

static void
test_answers_are_known (void)
{
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    uint8_t expected[64], out[64];
    e2ee_bytes wanted = hex_decode (rows[i].expected, expected, sizeof expected);

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_pbkdf2 (E2EE_HASH_SHA256,
            E2EE_BYTES (rows[i].password, strlen (rows[i].password)),
            E2EE_BYTES (rows[i].salt, strlen (rows[i].salt)), rows[i].iterations, out,
            wanted.size), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (out, wanted.size), wanted);
  }
}

static void
test_sha512_is_known_too (void)
{
  uint8_t out[64];

  CHECK_INT (e2ee_pbkdf2 (E2EE_HASH_SHA512, TEXT ("password"), TEXT ("salt"), 2, out, sizeof out),
      E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, sizeof out), HEX (
          "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c"
          "f76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e"));
}

static void
test_nothing_in_is_something_out (void)
{
  uint8_t out[16];

  CHECK_INT (e2ee_pbkdf2 (E2EE_HASH_SHA256, E2EE_NO_BYTES, E2EE_NO_BYTES, 1, out, sizeof out),
      E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, sizeof out), HEX ("f7ce0b653d2d72a4108cf5abe912ffdd"));
}

static void
test_no_rounds_are_refused_and_the_output_wiped (void)
{
  uint8_t out[16];

  memset (out, 0xaa, sizeof out);
  CHECK_INT (e2ee_pbkdf2 (E2EE_HASH_SHA256, TEXT ("password"), TEXT ("salt"), 0, out, sizeof out),
      E2EE_ERR_UNSUPPORTED);
  for (size_t i = 0; i < sizeof out; i++)
    CHECK_INT (out[i], 0);
}

static const check_case cases[] = {
  CHECK_CASE (test_answers_are_known),
  CHECK_CASE (test_sha512_is_known_too),
  CHECK_CASE (test_nothing_in_is_something_out),
  CHECK_CASE (test_no_rounds_are_refused_and_the_output_wiped),
};

CHECK_MAIN (cases)
