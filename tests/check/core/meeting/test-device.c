/* Devices: keys, JSON Web Keys and thumbprints, against RFC 8037.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include "../hex.h"

#include <sodium.h>

/* Appendix A.1 of RFC 8037, which is the first vector of RFC 8032 section 7.1. */
#define RFC_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define RFC_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define RFC_PRIVATE "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"
#define RFC_PUBLIC "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" RFC_X "\"}"

static e2ee_device *
rfc_device (void)
{
  e2ee_device *device;

  KIT_MUST (e2ee_device_from_jwk (TEXT (RFC_PRIVATE), &device) == E2EE_MEETING_OK);
  return device;
}

static void
test_private_key_of_rfc8037_a1_is_read (void)
{
  e2ee_device *device = rfc_device ();

  CHECK_BYTES (E2EE_BYTES (e2ee_device_public_key (device)->bytes, 32),
      HEX ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  e2ee_device_unref (device);
}

static void
test_public_key_of_rfc8037_a2_is_read (void)
{
  json_t *jwk = json_loads (RFC_PUBLIC, 0, NULL);
  e2ee_public_key key;

  CHECK_OK (e2ee_jwk_read (jwk, &key));
  CHECK_BYTES (E2EE_BYTES (key.bytes, 32),
      HEX ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  json_decref (jwk);
}

static void
test_thumbprint_of_rfc8037_a3 (void)
{
  e2ee_device *device = rfc_device ();
  const e2ee_thumbprint thumbprint = kit_thumbprint (device);
  char text[E2EE_BASE64URL_32 + 1];

  e2ee_base64url_write_32 (thumbprint.bytes, text);
  CHECK_STR (text, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  e2ee_device_unref (device);
}

static void
test_signature_of_rfc8037_a4 (void)
{
  const e2ee_bytes input = TEXT ("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
  e2ee_device *device = rfc_device ();
  e2ee_mls_buffer text;
  e2ee_jws jws;

  memset (&jws, 0, sizeof (jws));
  e2ee_device_sign (device, input, jws.signature);
  CHECK_OK (e2ee_base64url_encode (E2EE_BYTES (jws.signature, sizeof (jws.signature)), &text));
  CHECK_BYTES (e2ee_mls_buffer_view (text),
      TEXT ("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"));
  jws.signing_input = input;
  CHECK_OK (e2ee_jws_verify (&jws, e2ee_device_public_key (device)));
  e2ee_mls_buffer_clear (&text);
  e2ee_device_unref (device);
}

static void
test_private_key_comes_back_as_it_was_written (void)
{
  e2ee_device *again;
  e2ee_mls_buffer jwk;

  CHECK_OK (e2ee_device_to_jwk (people ()->alice, &jwk));
  CHECK_OK (e2ee_device_from_jwk (e2ee_mls_buffer_view (jwk), &again));
  CHECK_MEM (e2ee_device_public_key (again)->bytes,
      e2ee_device_public_key (people ()->alice)->bytes, 32);
  e2ee_mls_buffer_clear (&jwk);
  CHECK_OK (e2ee_device_to_jwk (again, &jwk));
  e2ee_device_unref (again);
  e2ee_mls_buffer_clear (&jwk);
}

static void
test_private_key_is_written_as_rfc8037_has_it (void)
{
  e2ee_device *device = rfc_device ();
  e2ee_mls_buffer jwk;

  CHECK_OK (e2ee_device_to_jwk (device, &jwk));
  CHECK_BYTES (e2ee_mls_buffer_view (jwk),
      TEXT ("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" RFC_X "\",\"d\":\"" RFC_D "\"}"));
  e2ee_mls_buffer_clear (&jwk);
  e2ee_device_unref (device);
}

static void
test_generated_devices_differ (void)
{
  e2ee_device *a, *b;

  CHECK_OK (e2ee_device_generate (e2ee_env_default (), &a));
  CHECK_OK (e2ee_device_generate (e2ee_env_default (), &b));
  CHECK (memcmp (e2ee_device_public_key (a), e2ee_device_public_key (b), 32) != 0);
  e2ee_device_unref (a);
  e2ee_device_unref (b);
}

static void
test_device_lives_until_its_last_reference (void)
{
  e2ee_device *device = rfc_device ();
  uint8_t signature[E2EE_SIGNATURE_SIZE];

  CHECK (e2ee_device_ref (device) == device);
  e2ee_device_unref (device);
  e2ee_device_sign (device, E2EE_NO_BYTES, signature);
  CHECK_BYTES (E2EE_BYTES (signature, 64), HEX ("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974"
          "d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
  e2ee_device_unref (device);
  e2ee_device_unref (NULL);
}

static const struct
{
  const char *name;
  const char *jwk;
} wrong_private[] = {
  {"nothing", ""},
  {"no JSON", "{"},
  {"no object", "[]"},
  {"a string", "\"" RFC_D "\""},
  {"something behind it", RFC_PRIVATE "x"},
  {"no kty", "{\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"another kty", "{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"kty in small letters",
        "{\"kty\":\"okp\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"kty is a number", "{\"kty\":1,\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"no crv", "{\"kty\":\"OKP\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"X25519", "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"Ed448", "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\"}"},
  {"no d", RFC_PUBLIC},
  {"d is a number", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":1,\"x\":\"" RFC_X "\"}"},
  {"d is empty", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"\",\"x\":\"" RFC_X "\"}"},
  {"d is short", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6\",\"x\":\"" RFC_X "\"}"},
  {"d is long", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "A\",\"x\":\"" RFC_X "\"}"},
  {"d with padding", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "=\",\"x\":\"" RFC_X "\"}"},
  {"d with trailing bits", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
        "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2B\",\"x\":\"" RFC_X "\"}"},
  {"no x", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\"}"},
  {"x of another key", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\","
        "\"x\":\"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"}"},
  {"x twice", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"x\":\"" RFC_X "\","
        "\"x\":\"" RFC_X "\"}"},
  {"d twice", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\",\"d\":\"" RFC_D "\","
        "\"x\":\"" RFC_X "\"}"},
  {"x under a name with escapes", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" RFC_D "\","
        "\"\\u0078\":\"" RFC_X "\"}"}
};

static void
test_private_key_that_is_none_is_refused (void)
{
  e2ee_device *device = people ()->alice;

  for (size_t i = 0; i < CHECK_N (wrong_private); i++) {
    CHECK_ROW ("%s", wrong_private[i].name);
    CHECK_RESULT (e2ee_device_from_jwk (TEXT (wrong_private[i].jwk), &device), KEY_FORMAT);
    CHECK (device == NULL);
  }
}

static void
test_private_key_that_is_too_long_is_refused (void)
{
  char jwk[8192];
  e2ee_device *device;

  memset (jwk, ' ', sizeof (jwk));
  memcpy (jwk, RFC_PRIVATE, strlen (RFC_PRIVATE));
  CHECK_OK (e2ee_device_from_jwk (E2EE_BYTES (jwk, 4096), &device));
  e2ee_device_unref (device);
  CHECK_RESULT (e2ee_device_from_jwk (E2EE_BYTES (jwk, 4097), &device), KEY_FORMAT);
}

static int
reads_the_same (e2ee_bytes text)
{
  const e2ee_device *alice = people ()->alice;
  e2ee_device *device;
  int same;

  if (e2ee_device_from_jwk (text, &device) != E2EE_MEETING_OK)
    return 0;
  same = memcmp (e2ee_device_public_key (device), e2ee_device_public_key (alice), 32) == 0;
  e2ee_device_unref (device);
  return same;
}

static void
test_private_key_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer jwk;

  CHECK_OK (e2ee_device_to_jwk (people ()->alice, &jwk));
  kit_check_every_byte_counts (e2ee_mls_buffer_view (jwk), reads_the_same);
  e2ee_mls_buffer_clear (&jwk);
}

/* What the parser copied is looked at when it is given back, and what it kept in the end. */
static unsigned copies;

static void *
watch_alloc (size_t size)
{
  size_t *head = malloc (64 + size);

  KIT_MUST (head != NULL);
  *head = size;
  memset ((char *) head + 64, 0, size);
  return (char *) head + 64;
}

static void
watch_free (void *memory)
{
  char *text = memory;
  size_t size;

  if (memory == NULL)
    return;
  size = *(size_t *) (text - 64);
  for (size_t i = 0; i + 12 <= size; i++)
    copies += memcmp (text + i, "nWGxne_9WmC6", 12) == 0;
  free (text - 64);
}

static void
test_parser_never_sees_the_private_key (void)
{
  e2ee_device *device;
  e2ee_meeting_result well_formed, broken;

  copies = 0;
  json_set_alloc_funcs (watch_alloc, watch_free);
  json_decref (json_loads (RFC_PRIVATE, 0, NULL));
  CHECK (copies > 0);
  copies = 0;
  well_formed = e2ee_device_from_jwk (TEXT (RFC_PRIVATE), &device);
  if (well_formed == E2EE_MEETING_OK)
    e2ee_device_unref (device);
  broken = e2ee_device_from_jwk (TEXT ("{\"D\":\"" RFC_D "\",\"d\":" RFC_D "}"), &device);
  json_set_alloc_funcs (malloc, free);
  CHECK_OK (well_formed);
  CHECK_RESULT (broken, KEY_FORMAT);
  CHECK_INT (copies, 0);
}

/* Encodings of points that no honest key is: RFC 8032 section 5.1.3 and the torsion subgroup. */
static const struct
{
  const char *name;
  const char *hex;
} wrong_points[] = {
  {"zeros", "0000000000000000000000000000000000000000000000000000000000000000"},
  {"the neutral element", "0100000000000000000000000000000000000000000000000000000000000000"},
  {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
  {"order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"},
  {"y over p", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
  {"ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
  {"on no curve", "0200000000000000000000000000000000000000000000000000000000000000"}
};

static void
test_public_key_that_is_no_honest_point_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_points); i++) {
    uint8_t point[32];
    e2ee_public_key key;
    json_t *jwk;

    CHECK_ROW ("%s", wrong_points[i].name);
    hex_decode (wrong_points[i].hex, point, sizeof (point));
    memcpy (key.bytes, point, sizeof (point));
    jwk = e2ee_jwk_new (&key);
    CHECK_RESULT (e2ee_jwk_read (jwk, &key), KEY_FORMAT);
    json_decref (jwk);
  }
}

static void
test_public_key_that_tells_its_private_half_is_refused (void)
{
  json_t *jwk = json_loads (RFC_PRIVATE, 0, NULL);
  e2ee_public_key key;

  CHECK_RESULT (e2ee_jwk_read (jwk, &key), KEY_FORMAT);
  json_decref (jwk);
}

static void
test_authorities_are_read_from_a_key_set (void)
{
  const char *set = "{\"keys\":[" RFC_PUBLIC ",{\"kid\":\"any\",\"kty\":\"OKP\",\"crv\":\"Ed25519\","
      "\"x\":\"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"}]}";
  e2ee_authorities authorities;

  CHECK_OK (e2ee_authorities_parse (TEXT (set), &authorities));
  CHECK_INT (authorities.n_keys, 2);
  CHECK_BYTES (E2EE_BYTES (authorities.keys[1].bytes, 32),
      HEX ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
}

static const struct
{
  const char *name;
  const char *set;
} wrong_sets[] = {
  {"nothing", ""},
  {"no JSON", "keys"},
  {"a key and no set", RFC_PUBLIC},
  {"no key", "{\"keys\":[]}"},
  {"keys is an object", "{\"keys\":{}}"},
  {"keys twice", "{\"keys\":[" RFC_PUBLIC "],\"keys\":[" RFC_PUBLIC "]}"},
  {"a number for a key", "{\"keys\":[1]}"},
  {"a private key", "{\"keys\":[" RFC_PRIVATE "]}"},
  {"a key of another kind behind a right one",
        "{\"keys\":[" RFC_PUBLIC ",{\"kty\":\"oct\",\"k\":\"AA\"}]}"},
  {"no x", "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]}"},
  {"x is short", "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfV\"}]}"}
};

static void
test_key_set_that_is_none_is_refused (void)
{
  e2ee_authorities authorities;

  for (size_t i = 0; i < CHECK_N (wrong_sets); i++) {
    CHECK_ROW ("%s", wrong_sets[i].name);
    CHECK_RESULT (e2ee_authorities_parse (TEXT (wrong_sets[i].set), &authorities), KEY_FORMAT);
    CHECK_INT (authorities.n_keys, 0);
  }
}

static void
parse_set_of (size_t n_keys, e2ee_meeting_result expected)
{
  char set[4096] = "{\"keys\":[";
  e2ee_authorities authorities;

  for (size_t i = 0; i < n_keys; i++) {
    strcat (set, i > 0 ? "," : "");
    strcat (set, RFC_PUBLIC);
  }
  strcat (set, "]}");
  CHECK_INT (e2ee_authorities_parse (TEXT (set), &authorities), expected);
}

static void
test_sixteen_authorities_are_taken_and_no_more (void)
{
  parse_set_of (16, E2EE_MEETING_OK);
  parse_set_of (17, E2EE_MEETING_ERR_KEY_FORMAT);
}

static void
test_thumbprints_are_compared_whole (void)
{
  e2ee_thumbprint a = kit_thumbprint (people ()->alice), b = a;

  CHECK (e2ee_thumbprint_equal (&a, &b));
  for (size_t i = 0; i < sizeof (b.bytes); i++) {
    CHECK_ROW ("byte %zu", i);
    b.bytes[i] ^= 1;
    CHECK (!e2ee_thumbprint_equal (&a, &b));
    b.bytes[i] ^= 1;
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_private_key_of_rfc8037_a1_is_read),
  CHECK_CASE (test_public_key_of_rfc8037_a2_is_read),
  CHECK_CASE (test_thumbprint_of_rfc8037_a3),
  CHECK_CASE (test_signature_of_rfc8037_a4),
  CHECK_CASE (test_private_key_comes_back_as_it_was_written),
  CHECK_CASE (test_private_key_is_written_as_rfc8037_has_it),
  CHECK_CASE (test_generated_devices_differ),
  CHECK_CASE (test_device_lives_until_its_last_reference),
  CHECK_CASE (test_private_key_that_is_none_is_refused),
  CHECK_CASE (test_private_key_that_is_too_long_is_refused),
  CHECK_CASE (test_private_key_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_parser_never_sees_the_private_key),
  CHECK_CASE (test_public_key_that_is_no_honest_point_is_refused),
  CHECK_CASE (test_public_key_that_tells_its_private_half_is_refused),
  CHECK_CASE (test_authorities_are_read_from_a_key_set),
  CHECK_CASE (test_key_set_that_is_none_is_refused),
  CHECK_CASE (test_sixteen_authorities_are_taken_and_no_more),
  CHECK_CASE (test_thumbprints_are_compared_whole),
};

CHECK_MAIN (cases)
