/* JSON Web Signatures and base64url: what is taken and what is not.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#define TYPE "e2ee-test+jwt"
#define HEADER "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\"}"

static void
test_base64url_answers_of_rfc4648 (void)
{
  static const char *const rows[][2] = {
    {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"},
    {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\377\376\375", "__79"}, {"\373\357", "--8"}
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_mls_buffer text, bytes;

    CHECK_ROW ("%s", rows[i][1]);
    CHECK_OK (e2ee_base64url_encode (TEXT (rows[i][0]), &text));
    CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (rows[i][1]));
    CHECK_OK (e2ee_base64url_decode (e2ee_mls_buffer_view (text), &bytes));
    CHECK_BYTES (e2ee_mls_buffer_view (bytes), TEXT (rows[i][0]));
    e2ee_mls_buffer_clear (&text);
    e2ee_mls_buffer_clear (&bytes);
  }
}

static void
test_base64url_of_another_spelling_is_refused (void)
{
  static const char *const rows[] = {
    "Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vY", "Zm 8", "Zm8\n", " Zm8", "Zm+8", "Zm/8", "Zm8.", "Zm\300"
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_mls_buffer bytes;

    CHECK_ROW ("%s", rows[i]);
    CHECK_RESULT (e2ee_base64url_decode (TEXT (rows[i]), &bytes), JWS_FORMAT);
    CHECK (bytes.data == NULL);
  }
}

static void
test_base64url_with_a_zero_byte_is_refused (void)
{
  e2ee_mls_buffer bytes;

  CHECK_RESULT (e2ee_base64url_decode (E2EE_BYTES ("Zm8\0", 4), &bytes), JWS_FORMAT);
}

static void
test_base64url_has_64_characters (void)
{
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  for (int c = 0; c < 256; c++) {
    const char text[4] = { (char) c, 'A', 'A', 'A' };
    e2ee_mls_buffer bytes;

    CHECK_ROW ("byte 0x%02x", c);
    CHECK_INT (e2ee_base64url_decode (E2EE_BYTES (text, 4), &bytes) == E2EE_MEETING_OK,
        memchr (alphabet, c, 64) != NULL);
    e2ee_mls_buffer_clear (&bytes);
  }
}

static void
test_what_was_signed_is_read_and_verified (void)
{
  json_t *claims = json_loads ("{\"sub\":\"\\u00e9\",\"n\":[1,2,{}]}", 0, NULL);
  e2ee_mls_buffer text = kit_sign (people ()->alice, TYPE, claims, 0);
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  CHECK_OK (e2ee_jws_verify (&jws, e2ee_device_public_key (people ()->alice)));
  CHECK (json_equal (jws.claims, claims));
  CHECK_INT (jws.has_jwk, 0);
  e2ee_jws_clear (&jws);
  json_decref (claims);
  e2ee_mls_buffer_clear (&text);
}

static void
test_key_in_the_header_is_the_signers (void)
{
  json_t *claims = json_object ();
  e2ee_mls_buffer text = kit_sign (people ()->alice, TYPE, claims, 1);
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  CHECK_INT (jws.has_jwk, 1);
  CHECK_MEM (jws.jwk.bytes, e2ee_device_public_key (people ()->alice)->bytes, 32);
  e2ee_jws_clear (&jws);
  json_decref (claims);
  e2ee_mls_buffer_clear (&text);
}

static void
test_signature_of_somebody_else_is_refused (void)
{
  e2ee_mls_buffer text = kit_raw_jws (people ()->mallory, HEADER, "{}");
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  CHECK_RESULT (e2ee_jws_verify (&jws, e2ee_device_public_key (people ()->alice)), JWS_SIGNATURE);
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&text);
}

static void
test_signature_of_another_text_is_refused (void)
{
  e2ee_mls_buffer one = kit_raw_jws (people ()->alice, HEADER, "{\"n\":1}");
  e2ee_mls_buffer two = kit_raw_jws (people ()->alice, HEADER, "{\"n\":2}");
  e2ee_jws a, b;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (one), TYPE, &a));
  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (two), TYPE, &b));
  memcpy (a.signature, b.signature, sizeof (a.signature));
  CHECK_RESULT (e2ee_jws_verify (&a, e2ee_device_public_key (people ()->alice)), JWS_SIGNATURE);
  e2ee_jws_clear (&a);
  e2ee_jws_clear (&b);
  e2ee_mls_buffer_clear (&one);
  e2ee_mls_buffer_clear (&two);
}

/* L, the order of the group: S + L verifies where S is not checked (RFC 8032 section 5.1.7). */
static void
test_second_spelling_of_a_signature_is_refused (void)
{
  static const uint8_t order[32] = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10
  };
  e2ee_mls_buffer text = kit_raw_jws (people ()->alice, HEADER, "{}");
  unsigned carry = 0;
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  CHECK_OK (e2ee_jws_verify (&jws, e2ee_device_public_key (people ()->alice)));
  for (size_t i = 0; i < sizeof (order); i++) {
    carry += jws.signature[32 + i] + order[i];
    jws.signature[32 + i] = (uint8_t) carry;
    carry >>= 8;
  }
  CHECK_RESULT (e2ee_jws_verify (&jws, e2ee_device_public_key (people ()->alice)), JWS_SIGNATURE);
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&text);
}

/* A key of small order verifies one signature for every text, where it is let in. */
static void
test_key_of_small_order_verifies_nothing (void)
{
  static const e2ee_public_key neutral = { {1} };
  e2ee_mls_buffer text = kit_raw_jws (people ()->alice, HEADER, "{}");
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  memset (jws.signature, 0, sizeof (jws.signature));
  jws.signature[0] = 1;
  CHECK_RESULT (e2ee_jws_verify (&jws, &neutral), JWS_SIGNATURE);
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&text);
}

static const struct
{
  const char *name;
  const char *header;
} wrong_headers[] = {
  {"no JSON", "x"},
  {"empty", ""},
  {"an array", "[]"},
  {"a string", "\"EdDSA\""},
  {"something behind it", HEADER "x"},
  {"no alg", "{\"typ\":\"" TYPE "\"}"},
  {"alg none", "{\"typ\":\"" TYPE "\",\"alg\":\"none\"}"},
  {"alg None", "{\"typ\":\"" TYPE "\",\"alg\":\"None\"}"},
  {"alg HS256", "{\"typ\":\"" TYPE "\",\"alg\":\"HS256\"}"},
  {"alg ES256", "{\"typ\":\"" TYPE "\",\"alg\":\"ES256\"}"},
  {"alg RS256", "{\"typ\":\"" TYPE "\",\"alg\":\"RS256\"}"},
  {"alg Ed448", "{\"typ\":\"" TYPE "\",\"alg\":\"Ed448\"}"},
  {"alg in other letters", "{\"typ\":\"" TYPE "\",\"alg\":\"EDDSA\"}"},
  {"alg is a number", "{\"typ\":\"" TYPE "\",\"alg\":1}"},
  {"alg is null", "{\"typ\":\"" TYPE "\",\"alg\":null}"},
  {"alg is a list", "{\"typ\":\"" TYPE "\",\"alg\":[\"EdDSA\"]}"},
  {"alg twice", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"}"},
  {"no typ", "{\"alg\":\"EdDSA\"}"},
  {"typ JWT", "{\"typ\":\"JWT\",\"alg\":\"EdDSA\"}"},
  {"typ of another use", "{\"typ\":\"e2ee-account+jwt\",\"alg\":\"EdDSA\"}"},
  {"typ in other letters", "{\"typ\":\"E2EE-test+jwt\",\"alg\":\"EdDSA\"}"},
  {"typ with the long form", "{\"typ\":\"application/" TYPE "\",\"alg\":\"EdDSA\"}"},
  {"typ with a zero", "{\"typ\":\"" TYPE "\\u0000\",\"alg\":\"EdDSA\"}"},
  {"typ is a number", "{\"typ\":1,\"alg\":\"EdDSA\"}"},
  {"unknown crit", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"crit\":[\"exp\"],\"exp\":1}"},
  {"crit b64", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"crit\":[\"b64\"],\"b64\":false}"},
  {"empty crit", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"crit\":[]}"},
  {"null crit", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"crit\":null}"},
  {"jwk is a string", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"jwk\":\"x\"}"},
  {"jwk is null", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"jwk\":null}"},
  {"jwk of another kind", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"oct\"}}"},
  {"jwk that is no point", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"OKP\","
        "\"crv\":\"Ed25519\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}"},
  {"no UTF-8", "{\"typ\":\"" TYPE "\",\"alg\":\"EdDSA\",\"x\":\"\377\"}"}
};

static void
test_header_of_another_kind_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_headers); i++) {
    e2ee_mls_buffer text = kit_raw_jws (people ()->alice, wrong_headers[i].header, "{}");
    e2ee_jws jws;

    CHECK_ROW ("%s", wrong_headers[i].name);
    CHECK_RESULT (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws), JWS_FORMAT);
    CHECK (jws.claims == NULL);
    e2ee_mls_buffer_clear (&text);
  }
}

static void
test_unknown_header_parameters_are_ignored (void)
{
  e2ee_mls_buffer text = kit_raw_jws (people ()->alice, "{\"kid\":\"1\",\"jku\":\"https://x/\","
      "\"typ\":\"" TYPE "\",\"x5c\":[],\"alg\":\"EdDSA\"}", "{}");
  e2ee_jws jws;

  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  CHECK_INT (jws.has_jwk, 0);
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&text);
}

static const struct
{
  const char *name;
  const char *payload;
} wrong_payloads[] = {
  {"empty", ""},
  {"no JSON", "{"},
  {"an array", "[]"},
  {"a number", "1"},
  {"a member twice", "{\"a\":1,\"a\":1}"},
  {"a member twice, far inside", "{\"a\":[{\"b\":{\"c\":1,\"c\":2}}]}"},
  {"a member twice, once with escapes", "{\"a\":1,\"\\u0061\":1}"},
  {"a zero in a string", "{\"a\":\"\\u0000\"}"},
  {"a zero in a name", "{\"\\u0000\":1}"},
  {"a number that is too large", "{\"a\":9223372036854775808}"},
  {"no UTF-8", "{\"a\":\"\300\200\"}"},
  {"half a surrogate pair", "{\"a\":\"\\ud800\"}"},
  {"a comment", "{/**/}"},
  {"a comma too many", "{\"a\":1,}"},
  {"something behind it", "{}{}"}
};

static void
test_payload_that_is_no_strict_json_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_payloads); i++) {
    e2ee_mls_buffer text = kit_raw_jws (people ()->alice, HEADER, wrong_payloads[i].payload);
    e2ee_jws jws;

    CHECK_ROW ("%s", wrong_payloads[i].name);
    CHECK_RESULT (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws), JWS_FORMAT);
    e2ee_mls_buffer_clear (&text);
  }
}

static void
test_deep_nesting_is_refused_and_breaks_no_stack (void)
{
  char payload[12001];
  e2ee_mls_buffer text;
  e2ee_jws jws;

  memset (payload, '[', 6000);
  memset (payload + 6000, ']', 6000);
  memcpy (payload, "{\"a\":", 5);
  payload[11999] = '}';
  payload[12000] = '\0';
  text = kit_raw_jws (people ()->alice, HEADER, payload);
  CHECK (text.size <= E2EE_JWS_MAX_SIZE);
  CHECK_RESULT (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws), JWS_FORMAT);
  e2ee_mls_buffer_clear (&text);
}

static void
test_text_of_other_parts_is_refused (void)
{
  static const char *const rows[] = {
    "", ".", "..", "...", "e30", "e30.e30", "e30.e30.", ".e30.e30", "e30..e30", "e30.e30.e30.e30",
    "e30.e30.e30", "{}.{}.{}"
  };
  e2ee_jws jws;

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    CHECK_ROW ("%s", rows[i]);
    CHECK_RESULT (e2ee_jws_parse (TEXT (rows[i]), TYPE, &jws), JWS_FORMAT);
  }
}

static void
test_signature_of_another_size_is_refused (void)
{
  static const char *const tails[] = { "AA", "AAAA" };
  e2ee_jws jws;

  for (size_t i = 0; i < CHECK_N (tails); i++) {
    e2ee_mls_buffer text = kit_raw_jws (people ()->alice, HEADER, "{}");

    CHECK_ROW ("%s more", tails[i]);
    kit_append (&text, TEXT (tails[i]));
    CHECK_RESULT (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws), JWS_FORMAT);
    e2ee_mls_buffer_clear (&text);
  }
}

static int
verifies (e2ee_bytes text)
{
  e2ee_jws jws;
  int ok;

  if (e2ee_jws_parse (text, TYPE, &jws) != E2EE_MEETING_OK)
    return 0;
  ok = e2ee_jws_verify (&jws, e2ee_device_public_key (people ()->alice)) == E2EE_MEETING_OK;
  e2ee_jws_clear (&jws);
  return ok;
}

static void
test_text_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer text = kit_raw_jws (people ()->alice, HEADER, "{\"sub\":\"alice\",\"iat\":1}");

  kit_check_every_byte_counts (e2ee_mls_buffer_view (text), verifies);
  e2ee_mls_buffer_clear (&text);
}

static e2ee_meeting_result
sign_filler (size_t size, e2ee_mls_buffer * text)
{
  char *filler = calloc (1, size + 1);
  json_t *claims;
  e2ee_meeting_result r;

  memset (filler, 'x', size);
  claims = json_pack ("{s:s}", "a", filler);
  r = e2ee_jws_sign (people ()->alice, TYPE, claims, 0, text);
  json_decref (claims);
  free (filler);
  return r;
}

static void
test_text_is_16_kib_at_most (void)
{
  char payload[12186];
  e2ee_mls_buffer text;
  e2ee_jws jws;

  /* 16384 is header, payload, 86 of signature and two dots, of four characters for three bytes. */
  CHECK_OK (sign_filler (12173, &text));
  CHECK_INT (text.size, 16380);
  CHECK_OK (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws));
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&text);
  CHECK_RESULT (sign_filler (12177, &text), ARGUMENT);
  CHECK (text.data == NULL);
  memset (payload, ' ', sizeof (payload) - 1);
  payload[sizeof (payload) - 1] = '\0';
  memcpy (payload, "{}", 2);
  text = kit_raw_jws (people ()->alice, HEADER, payload);
  CHECK_INT (text.size, E2EE_JWS_MAX_SIZE + 1);
  CHECK_RESULT (e2ee_jws_parse (e2ee_mls_buffer_view (text), TYPE, &jws), JWS_FORMAT);
  e2ee_mls_buffer_clear (&text);
}

static void
test_every_result_has_a_code_of_its_own_and_a_sentence (void)
{
  for (int i = 0; i < E2EE_MEETING_N_RESULTS; i++) {
    const char *code = e2ee_meeting_result_code ((e2ee_meeting_result) i);

    CHECK_ROW ("result %d", i);
    CHECK (code[0] != '\0' && strspn (code, "abcdefghijklmnopqrstuvwxyz-") == strlen (code));
    CHECK (strlen (e2ee_meeting_result_text ((e2ee_meeting_result) i)) > 3);
    for (int j = 0; j < i; j++)
      CHECK (strcmp (code, e2ee_meeting_result_code ((e2ee_meeting_result) j)) != 0);
  }
  CHECK_STR (e2ee_meeting_result_code (E2EE_MEETING_N_RESULTS), "unknown");
  CHECK_STR (e2ee_meeting_result_text (E2EE_MEETING_N_RESULTS), "unknown");
}

static const check_case cases[] = {
  CHECK_CASE (test_base64url_answers_of_rfc4648),
  CHECK_CASE (test_base64url_of_another_spelling_is_refused),
  CHECK_CASE (test_base64url_with_a_zero_byte_is_refused),
  CHECK_CASE (test_base64url_has_64_characters),
  CHECK_CASE (test_what_was_signed_is_read_and_verified),
  CHECK_CASE (test_key_in_the_header_is_the_signers),
  CHECK_CASE (test_signature_of_somebody_else_is_refused),
  CHECK_CASE (test_signature_of_another_text_is_refused),
  CHECK_CASE (test_second_spelling_of_a_signature_is_refused),
  CHECK_CASE (test_key_of_small_order_verifies_nothing),
  CHECK_CASE (test_header_of_another_kind_is_refused),
  CHECK_CASE (test_unknown_header_parameters_are_ignored),
  CHECK_CASE (test_payload_that_is_no_strict_json_is_refused),
  CHECK_CASE (test_deep_nesting_is_refused_and_breaks_no_stack),
  CHECK_CASE (test_text_of_other_parts_is_refused),
  CHECK_CASE (test_signature_of_another_size_is_refused),
  CHECK_CASE (test_text_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_text_is_16_kib_at_most),
  CHECK_CASE (test_every_result_has_a_code_of_its_own_and_a_sentence),
};

CHECK_MAIN (cases)
