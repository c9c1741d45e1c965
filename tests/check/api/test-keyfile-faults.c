/* Every way in which a key file can be wrong: the error names the file and the fault, never the
 * key.  gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KID "\"kid\":\"7\","
#define K "\"k\":\"" KIT_KEY_16 "\""
#define GOOD KIT_ONE_KEY (KID K)

#define SETTINGS GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS
#define NOT_AUTHORIZED GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED

/* A test of this name: a file with this text is refused for this fault. */
#define REFUSES(name, text, fault) \
  GST_START_TEST (name) \
  { \
    kit_assert_refused (kit_write ("keys.json", text), SETTINGS, fault); \
  } \
  GST_END_TEST

/* The file itself */

GST_START_TEST (test_a_missing_file_is_not_found)
{
  kit_assert_refused (kit_path ("keys.json"), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
      "no such file");
}

GST_END_TEST;

GST_START_TEST (test_a_path_through_a_file_is_not_found)
{
  gchar *path = g_strconcat (kit_write ("keys.json", GOOD), "/keys.json", NULL);

  kit_assert_refused (path, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "no such file");
  g_free (path);
}

GST_END_TEST;

GST_START_TEST (test_a_dangling_link_is_not_found)
{
  const gchar *path = kit_path ("link.json");

  fail_unless_equals_int (symlink (kit_path ("nothing.json"), path), 0);
  kit_assert_refused (path, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "no such file");
}

GST_END_TEST;

/* Root may read everything, so root looks as somebody else. */
GST_START_TEST (test_an_unreadable_file_is_refused)
{
  const gchar *path = kit_write ("keys.json", GOOD);
  gchar *folder = g_path_get_dirname (path);
  gboolean is_root = geteuid () == 0;

  fail_unless_equals_int (chmod (path, 0), 0);
  fail_unless_equals_int (chmod (folder, 0711), 0);
  if (is_root && seteuid (65534) != 0) {
    GST_INFO ("skipped: root cannot be anybody else here");
    g_free (folder);
    return;
  }
  kit_assert_refused (path, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, "denied");
  fail_unless (!is_root || seteuid (0) == 0);
  g_free (folder);
}

GST_END_TEST;

GST_START_TEST (test_a_folder_is_refused)
{
  gchar *folder = g_path_get_dirname (kit_path ("keys.json"));

  kit_assert_refused (folder, NOT_AUTHORIZED, "not a regular file");
  g_free (folder);
}

GST_END_TEST;

GST_START_TEST (test_a_fifo_is_refused_and_not_waited_for)
{
  const gchar *path = kit_path ("fifo");

  fail_unless_equals_int (mkfifo (path, 0600), 0);
  kit_assert_refused (path, NOT_AUTHORIZED, "not a regular file");
}

GST_END_TEST;

static void
assert_mode_refused (mode_t mode, const gchar * fault)
{
  const gchar *path = kit_write ("keys.json", GOOD);

  fail_unless_equals_int (chmod (path, mode), 0);
  kit_assert_refused (path, NOT_AUTHORIZED, fault);
}

GST_START_TEST (test_a_group_readable_file_is_refused)
{
  assert_mode_refused (0640, "(mode 0640)");
}

GST_END_TEST;

GST_START_TEST (test_a_world_readable_file_is_refused)
{
  assert_mode_refused (0604, "(mode 0604)");
}

GST_END_TEST;

GST_START_TEST (test_a_group_writable_file_is_refused)
{
  assert_mode_refused (0620, "(mode 0620)");
}

GST_END_TEST;

GST_START_TEST (test_a_link_to_a_world_readable_file_is_refused)
{
  const gchar *target = kit_write ("keys.json", GOOD), *path = kit_path ("link.json");

  fail_unless_equals_int (chmod (target, 0644), 0);
  fail_unless_equals_int (symlink (target, path), 0);
  kit_assert_refused (path, NOT_AUTHORIZED, "(mode 0644)");
}

GST_END_TEST;

GST_START_TEST (test_a_file_of_another_user_is_refused)
{
  const gchar *path = kit_write ("keys.json", GOOD);

  if (chown (path, 65534, -1) != 0) {
    GST_INFO ("skipped: only root can give a file away");
    return;
  }
  kit_assert_refused (path, NOT_AUTHORIZED, "another user");
}

GST_END_TEST;

GST_START_TEST (test_a_file_above_one_mebibyte_is_refused)
{
  gsize size = 1024 * 1024 + 1;
  gchar *text = g_malloc (size);

  memset (text, ' ', size);
  memcpy (text, GOOD, strlen (GOOD));
  kit_assert_refused (kit_write_bytes ("keys.json", text, size), SETTINGS, "larger than 1 MiB");
  fail_unless_equals_int (truncate (kit_path ("keys.json"), size - 1), 0);
  g_object_unref (kit_load (kit_path ("keys.json")));
  g_free (text);
}

GST_END_TEST;

/* The JSON text */

REFUSES (test_an_empty_file_is_refused, "", "1:0: ");
REFUSES (test_a_text_that_is_not_json_is_refused, "keys = \"" KIT_KEY_16 "\"\n", "1:");
REFUSES (test_a_text_that_ends_too_early_is_refused_with_line_and_column,
    "{\n  \"keys\": [\n    {\"kty\":", "3:11: the JSON text ends too early");
REFUSES (test_a_key_without_quotation_marks_is_refused_with_line_and_column,
    "{\"keys\":[\n{\"kty\":\"oct\"," KID "\"k\":" KIT_KEY_16 "}]}", "2:28: not valid JSON");
REFUSES (test_a_key_without_a_closing_quotation_mark_is_refused,
    "{\"keys\":[{" KID "\"k\":\"" KIT_KEY_16 "\n,\"kty\":\"oct\"}]}", "not valid JSON");
REFUSES (test_a_key_without_a_colon_is_refused,
    "{\"keys\":[{" KID "\"k\" \"" KIT_KEY_16 "\"}]}", "not valid JSON");
REFUSES (test_a_key_as_a_member_name_is_refused,
    "{\"keys\":[{" KID "\"" KIT_KEY_16 "\"}]}", "not valid JSON");
REFUSES (test_something_after_the_text_is_refused, GOOD "\n\"" KIT_KEY_16 "\"",
    "something follows the JSON text");
REFUSES (test_a_member_that_stands_twice_is_refused,
    KIT_ONE_KEY (KID K "," K), "a member stands twice in one object");
REFUSES (test_a_kid_that_stands_twice_is_refused,
    KIT_ONE_KEY (KID KID K), "a member stands twice in one object");
REFUSES (test_a_text_that_is_not_utf8_is_refused,
    KIT_ONE_KEY (KID K ",\"sender\":\"\xff\""), "not UTF-8");

GST_START_TEST (test_a_text_with_a_zero_byte_is_refused)
{
  const gchar text[] = "{\"keys\":[]}\0";

  kit_assert_refused (kit_write_bytes ("keys.json", text, sizeof text - 1), SETTINGS, "1:");
}

GST_END_TEST;

GST_START_TEST (test_a_text_of_brackets_only_is_refused)
{
  gchar *text = g_strnfill (1024 * 1024, '[');

  kit_assert_refused (kit_write ("keys.json", text), SETTINGS, "nested too deeply");
  g_free (text);
}

GST_END_TEST;

/* The set */

REFUSES (test_an_array_instead_of_a_set_is_refused, "[]", "no array \"keys\"");
REFUSES (test_a_set_without_the_member_keys_is_refused, "{}", "no array \"keys\"");
REFUSES (test_a_single_key_instead_of_a_set_is_refused,
    "{\"kty\":\"oct\"," KID K "}", "no array \"keys\"");
REFUSES (test_a_set_whose_keys_are_no_array_is_refused, "{\"keys\":{}}", "no array \"keys\"");
REFUSES (test_a_key_that_is_no_object_is_refused,
    "{\"keys\":[\"" KIT_KEY_16 "\"]}", "key number 1: it is not an object");

GST_START_TEST (test_a_set_of_1025_keys_is_refused)
{
  GString *text = g_string_new ("{\"keys\":[0");

  for (guint i = 0; i < 1024; i++)
    g_string_append (text, ",0");
  g_string_append (text, "]}");
  kit_assert_refused (kit_write ("keys.json", text->str), SETTINGS, "more than 1024 keys");
  g_string_free (text, TRUE);
}

GST_END_TEST;

/* "kid" */

#define KID_FAULT "key number 1: \"kid\" is not a decimal number"

REFUSES (test_a_key_without_kid_is_refused, KIT_ONE_KEY (K), "key number 1: \"kid\" is missing");
REFUSES (test_an_empty_kid_is_refused, KIT_ONE_KEY ("\"kid\":\"\"," K), KID_FAULT);
REFUSES (test_a_kid_of_letters_is_refused, KIT_ONE_KEY ("\"kid\":\"alice\"," K), KID_FAULT);
REFUSES (test_a_kid_that_is_the_key_is_refused_without_being_shown,
    KIT_ONE_KEY ("\"kid\":\"" KIT_KEY_16 "\"," K), KID_FAULT);
REFUSES (test_a_hexadecimal_kid_is_refused, KIT_ONE_KEY ("\"kid\":\"0x7\"," K), KID_FAULT);
REFUSES (test_a_kid_with_a_leading_zero_is_refused, KIT_ONE_KEY ("\"kid\":\"07\"," K), KID_FAULT);
REFUSES (test_a_kid_with_a_sign_is_refused, KIT_ONE_KEY ("\"kid\":\"+7\"," K), KID_FAULT);
REFUSES (test_a_kid_with_a_space_is_refused, KIT_ONE_KEY ("\"kid\":\" 7\"," K), KID_FAULT);
REFUSES (test_a_kid_above_64_bits_is_refused,
    KIT_ONE_KEY ("\"kid\":\"18446744073709551616\"," K), KID_FAULT);
REFUSES (test_a_negative_kid_is_refused, KIT_ONE_KEY ("\"kid\":-1," K), KID_FAULT);
REFUSES (test_a_fractional_kid_is_refused, KIT_ONE_KEY ("\"kid\":7.0," K), KID_FAULT);
REFUSES (test_a_kid_above_63_bits_as_a_number_is_refused,
    KIT_ONE_KEY ("\"kid\":9223372036854775808," K), "a JSON number is too large");
REFUSES (test_a_kid_of_another_type_is_refused, KIT_ONE_KEY ("\"kid\":null," K), KID_FAULT);
REFUSES (test_two_keys_of_one_kid_are_refused,
    "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"7\"," K "},{\"kty\":\"oct\",\"kid\":7," K "}]}",
    "key number 2 (kid 7): another key has the same \"kid\"");

/* "kty", "use", "alg", "key_ops", "sender" */

#define KEY_7 "key number 1 (kid 7): "

REFUSES (test_a_key_without_kty_is_refused,
    "{\"keys\":[{" KID K "}]}", KEY_7 "\"kty\" is missing");
REFUSES (test_a_kty_that_is_not_oct_is_refused,
    "{\"keys\":[{\"kty\":\"RSA\"," KID K "}]}", KEY_7 "\"kty\" is not \"oct\"");
REFUSES (test_a_use_that_is_not_enc_is_refused,
    KIT_ONE_KEY (KID K ",\"use\":\"sig\""), KEY_7 "\"use\" is not \"enc\"");
REFUSES (test_an_unknown_suite_is_refused,
    KIT_ONE_KEY (KID K ",\"alg\":\"A128GCM\""), KEY_7 "\"alg\" is not a cipher suite");
REFUSES (test_a_suite_in_lower_case_is_refused,
    KIT_ONE_KEY (KID K ",\"alg\":\"aes_128_gcm_sha256_128\""), KEY_7 "\"alg\" is not");
REFUSES (test_a_suite_that_is_the_key_is_refused_without_being_shown,
    KIT_ONE_KEY (KID K ",\"alg\":\"" KIT_KEY_16 "\""), KEY_7 "\"alg\" is not a cipher suite");
REFUSES (test_a_suite_by_number_is_refused, KIT_ONE_KEY (KID K ",\"alg\":4"), KEY_7 "\"alg\"");
REFUSES (test_key_ops_that_are_no_array_are_refused,
    KIT_ONE_KEY (KID K ",\"key_ops\":\"encrypt\""), KEY_7 "\"key_ops\" is not an array");
REFUSES (test_key_ops_of_numbers_are_refused,
    KIT_ONE_KEY (KID K ",\"key_ops\":[\"encrypt\",1]"), KEY_7 "\"key_ops\" holds something");
REFUSES (test_key_ops_of_neither_direction_are_refused,
    KIT_ONE_KEY (KID K ",\"key_ops\":[\"sign\"]"), KEY_7 "\"key_ops\" names neither");
REFUSES (test_empty_key_ops_are_refused,
    KIT_ONE_KEY (KID K ",\"key_ops\":[]"), KEY_7 "\"key_ops\" names neither");
REFUSES (test_key_ops_with_an_operation_twice_are_refused,
    KIT_ONE_KEY (KID K ",\"key_ops\":[\"encrypt\",\"encrypt\"]"), KEY_7 "\"key_ops\" names an");
REFUSES (test_an_empty_sender_is_refused,
    KIT_ONE_KEY (KID K ",\"sender\":\"\""), KEY_7 "\"sender\" is not a string of 1 to 255");
REFUSES (test_a_sender_that_is_no_string_is_refused,
    KIT_ONE_KEY (KID K ",\"sender\":1"), KEY_7 "\"sender\" is not a string of 1 to 255");
REFUSES (test_a_sender_with_a_control_character_is_refused,
    KIT_ONE_KEY (KID K ",\"sender\":\"a\\u001b[2J\""), KEY_7 "\"sender\" holds a control");

/* The parser reads such names, the one who hides does not. */
REFUSES (test_a_sender_whose_name_has_an_escape_sequence_is_refused,
    KIT_ONE_KEY (KID K ",\"\\u0073ender\":\"alice-1\""), KEY_7 "\"sender\" holds a control");
REFUSES (test_a_suite_whose_name_has_an_escape_sequence_is_refused,
    KIT_ONE_KEY (KID K ",\"\\u0061lg\":\"AES_128_GCM_SHA256_128\""), KEY_7 "\"alg\" is not");

/* "k" */

#define A_64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NOT_BASE64URL KEY_7 "\"k\" is not base64url without padding"

REFUSES (test_a_key_without_k_is_refused,
    KIT_ONE_KEY ("\"kid\":\"7\""), KEY_7 "\"k\" is missing");
REFUSES (test_a_k_that_is_no_string_is_refused,
    KIT_ONE_KEY (KID "\"k\":[\"" KIT_KEY_16 "\"]"), KEY_7 "\"k\" is not a string");
REFUSES (test_an_empty_k_is_refused, KIT_ONE_KEY (KID "\"k\":\"\""), KEY_7 "\"k\" is too short");
REFUSES (test_a_k_of_three_bytes_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAEC\""), KEY_7 "\"k\" is too short");
REFUSES (test_a_k_of_15_bytes_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0O\""), KEY_7 "\"k\" has 15 bytes");
REFUSES (test_a_k_of_24_bytes_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\""), KEY_7 "\"k\" has 24 bytes");
REFUSES (test_a_k_of_33_bytes_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\""),
    KEY_7 "\"k\" has 33 bytes; without \"alg\" it must have 16 or 32");
REFUSES (test_a_k_of_33_bytes_for_aes_256_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\",\"alg\":\"AES_256_GCM_SHA512_128\""),
    KEY_7 "the key has 33 bytes, AES_256_GCM_SHA512_128 takes 32");
REFUSES (test_a_k_of_257_bytes_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"" A_64 A_64 A_64 A_64 A_64
        "AAAAAAAAAAAAAAAAAAAAAAA\",\"alg\":\"LIVEKIT_HKDF\""),
    KEY_7 "\"k\" is longer than any");
REFUSES (test_raw_bytes_of_livekit_below_128_bits_are_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0O\",\"alg\":\"LIVEKIT_HKDF\""),
    KEY_7 "the key has 15 bytes, LIVEKIT_HKDF takes 16 to 256");
REFUSES (test_a_kid_out_of_livekits_ring_is_refused,
    KIT_ONE_KEY ("\"kid\":\"256\"," K ",\"alg\":\"LIVEKIT_PBKDF2\""),
    "key number 1 (kid 256): the key id is 256, LIVEKIT_PBKDF2 takes 0 to 255");
REFUSES (test_a_kid_out_of_jitsis_ring_is_refused,
    KIT_ONE_KEY ("\"kid\":\"16\"," K ",\"alg\":\"JITSI_HKDF\""),
    "key number 1 (kid 16): the key id is 16, JITSI_HKDF takes 0 to 15");
REFUSES (test_a_k_of_16_bytes_for_aes_256_is_refused,
    KIT_ONE_KEY (KID K ",\"alg\":\"AES_256_GCM_SHA512_128\""),
    KEY_7 "the key has 16 bytes, AES_256_GCM_SHA512_128 takes 32");
REFUSES (test_a_k_of_32_bytes_for_aes_128_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"" KIT_KEY_32 "\",\"alg\":\"AES_128_GCM_SHA256_128\""),
    KEY_7 "the key has 32 bytes, AES_128_GCM_SHA256_128 takes 16");
REFUSES (test_a_k_with_padding_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"" KIT_KEY_16 "==\""), NOT_BASE64URL);
REFUSES (test_a_k_with_a_space_is_refused,
    KIT_ONE_KEY (KID "\"k\":\" " KIT_KEY_16 "\""), NOT_BASE64URL);
REFUSES (test_a_k_with_an_escape_sequence_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"\\u0041AECAwQFBgcICQoLDA0ODw\""), NOT_BASE64URL);
REFUSES (test_a_k_in_the_other_base64_alphabet_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"8PHy8/T19vf4+fr7/P3+/w\""), NOT_BASE64URL);
REFUSES (test_a_k_that_is_not_ascii_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"\303\251ECAwQFBgcICQoLDA0ODw\""), NOT_BASE64URL);
REFUSES (test_a_k_with_bits_left_over_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"AAECAwQFBgcICQoLDA0ODx\""), NOT_BASE64URL);
REFUSES (test_a_k_in_hexadecimal_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"000102030405060708090a0b0c0d0e0f\""), KEY_7 "\"k\" has 24 bytes");
REFUSES (test_a_k_that_looks_like_a_placeholder_is_refused,
    KIT_ONE_KEY (KID "\"k\":\"\177" "000000\177\177\177\177\""), NOT_BASE64URL);

#define ADD(test) tcase_add_test (tc, test)

static TCase *
new_case (Suite * s, const gchar * name)
{
  TCase *tc = tcase_create (name);

  tcase_add_checked_fixture (tc, kit_setup, kit_teardown);
  suite_add_tcase (s, tc);
  return tc;
}

static void
add_file_tests (TCase * tc)
{
  ADD (test_a_missing_file_is_not_found);
  ADD (test_a_path_through_a_file_is_not_found);
  ADD (test_a_dangling_link_is_not_found);
  ADD (test_an_unreadable_file_is_refused);
  ADD (test_a_folder_is_refused);
  ADD (test_a_fifo_is_refused_and_not_waited_for);
  ADD (test_a_group_readable_file_is_refused);
  ADD (test_a_world_readable_file_is_refused);
  ADD (test_a_group_writable_file_is_refused);
  ADD (test_a_link_to_a_world_readable_file_is_refused);
  ADD (test_a_file_of_another_user_is_refused);
  ADD (test_a_file_above_one_mebibyte_is_refused);
}

static void
add_text_tests (TCase * tc)
{
  ADD (test_an_empty_file_is_refused);
  ADD (test_a_text_that_is_not_json_is_refused);
  ADD (test_a_text_that_ends_too_early_is_refused_with_line_and_column);
  ADD (test_a_key_without_quotation_marks_is_refused_with_line_and_column);
  ADD (test_a_key_without_a_closing_quotation_mark_is_refused);
  ADD (test_a_key_without_a_colon_is_refused);
  ADD (test_a_key_as_a_member_name_is_refused);
  ADD (test_something_after_the_text_is_refused);
  ADD (test_a_member_that_stands_twice_is_refused);
  ADD (test_a_kid_that_stands_twice_is_refused);
  ADD (test_a_text_that_is_not_utf8_is_refused);
  ADD (test_a_text_with_a_zero_byte_is_refused);
  ADD (test_a_text_of_brackets_only_is_refused);
  ADD (test_an_array_instead_of_a_set_is_refused);
  ADD (test_a_set_without_the_member_keys_is_refused);
  ADD (test_a_single_key_instead_of_a_set_is_refused);
  ADD (test_a_set_whose_keys_are_no_array_is_refused);
  ADD (test_a_key_that_is_no_object_is_refused);
  ADD (test_a_set_of_1025_keys_is_refused);
}

static void
add_kid_tests (TCase * tc)
{
  ADD (test_a_key_without_kid_is_refused);
  ADD (test_an_empty_kid_is_refused);
  ADD (test_a_kid_of_letters_is_refused);
  ADD (test_a_kid_that_is_the_key_is_refused_without_being_shown);
  ADD (test_a_hexadecimal_kid_is_refused);
  ADD (test_a_kid_with_a_leading_zero_is_refused);
  ADD (test_a_kid_with_a_sign_is_refused);
  ADD (test_a_kid_with_a_space_is_refused);
  ADD (test_a_kid_above_64_bits_is_refused);
  ADD (test_a_negative_kid_is_refused);
  ADD (test_a_fractional_kid_is_refused);
  ADD (test_a_kid_above_63_bits_as_a_number_is_refused);
  ADD (test_a_kid_of_another_type_is_refused);
  ADD (test_two_keys_of_one_kid_are_refused);
}

static void
add_member_tests (TCase * tc)
{
  ADD (test_a_key_without_kty_is_refused);
  ADD (test_a_kty_that_is_not_oct_is_refused);
  ADD (test_a_use_that_is_not_enc_is_refused);
  ADD (test_an_unknown_suite_is_refused);
  ADD (test_a_suite_in_lower_case_is_refused);
  ADD (test_a_suite_that_is_the_key_is_refused_without_being_shown);
  ADD (test_a_suite_by_number_is_refused);
  ADD (test_key_ops_that_are_no_array_are_refused);
  ADD (test_key_ops_of_numbers_are_refused);
  ADD (test_key_ops_of_neither_direction_are_refused);
  ADD (test_empty_key_ops_are_refused);
  ADD (test_key_ops_with_an_operation_twice_are_refused);
  ADD (test_an_empty_sender_is_refused);
  ADD (test_a_sender_that_is_no_string_is_refused);
  ADD (test_a_sender_with_a_control_character_is_refused);
  ADD (test_a_sender_whose_name_has_an_escape_sequence_is_refused);
  ADD (test_a_suite_whose_name_has_an_escape_sequence_is_refused);
}

static void
add_k_tests (TCase * tc)
{
  ADD (test_a_key_without_k_is_refused);
  ADD (test_a_k_that_is_no_string_is_refused);
  ADD (test_an_empty_k_is_refused);
  ADD (test_a_k_of_three_bytes_is_refused);
  ADD (test_a_k_of_15_bytes_is_refused);
  ADD (test_a_k_of_24_bytes_is_refused);
  ADD (test_a_k_of_33_bytes_is_refused);
  ADD (test_a_k_of_33_bytes_for_aes_256_is_refused);
  ADD (test_a_k_of_257_bytes_is_refused);
  ADD (test_raw_bytes_of_livekit_below_128_bits_are_refused);
  ADD (test_a_kid_out_of_livekits_ring_is_refused);
  ADD (test_a_kid_out_of_jitsis_ring_is_refused);
  ADD (test_a_k_of_16_bytes_for_aes_256_is_refused);
  ADD (test_a_k_of_32_bytes_for_aes_128_is_refused);
  ADD (test_a_k_with_padding_is_refused);
  ADD (test_a_k_with_a_space_is_refused);
  ADD (test_a_k_with_an_escape_sequence_is_refused);
  ADD (test_a_k_in_the_other_base64_alphabet_is_refused);
  ADD (test_a_k_that_is_not_ascii_is_refused);
  ADD (test_a_k_with_bits_left_over_is_refused);
  ADD (test_a_k_in_hexadecimal_is_refused);
  ADD (test_a_k_that_looks_like_a_placeholder_is_refused);
}

static Suite *
keyfile_faults_suite (void)
{
  Suite *s = suite_create ("keyfile-faults");

  add_file_tests (new_case (s, "file"));
  add_text_tests (new_case (s, "text"));
  add_kid_tests (new_case (s, "kid"));
  add_member_tests (new_case (s, "members"));
  add_k_tests (new_case (s, "k"));
  return s;
}

KIT_MAIN (keyfile_faults)
