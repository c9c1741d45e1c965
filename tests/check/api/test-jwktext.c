/* What the JSON parser gets to see of a key file.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/jwktext.h"
#include "kit.h"

#include <string.h>

/* @hidden has "#" where a placeholder has DEL, which cannot be read. */
static void
assert_hides (const gchar * text, const gchar * hidden)
{
  gchar *copy = g_strdup (text);

  gst_e2ee_jwk_text_hide (copy, strlen (copy));
  fail_unless (strchr (copy, '#') == NULL);
  g_strdelimit (copy, "\177", '#');
  fail_unless_equals_string (copy, hidden);
  g_free (copy);
}

GST_START_TEST (test_hide_replaces_the_value_of_k_by_its_place)
{
  assert_hides ("{\"k\":\"0123456789\"}", "{\"k\":\"#000006###\"}");
  assert_hides ("{\"k\" \n:\t\"0123456\"}", "{\"k\" \n:\t\"#000009\"}");
}

GST_END_TEST;

GST_START_TEST (test_hide_leaves_nothing_of_a_short_value)
{
  assert_hides ("{\"k\":\"012345\"}", "{\"k\":\"######\"}");
  assert_hides ("{\"k\":\"\"}", "{\"k\":\"\"}");
}

GST_END_TEST;

GST_START_TEST (test_hide_shows_what_the_format_reads)
{
  const gchar *text = "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"alg\":\"A\",\"use\":\"enc\","
      "\"sender\":\"alice\",\"key_ops\":[\"encrypt\",\"decrypt\"],"
      "\"n\":[true,false,null,-1.5e3]}]}";

  assert_hides (text, text);
}

GST_END_TEST;

GST_START_TEST (test_hide_covers_members_that_the_format_does_not_know)
{
  assert_hides ("{\"K\":\"0123456\",\"key\":[\"0123456\"]}",
      "{\"K\":\"#000006\",\"key\":[\"#000017\"]}");
  assert_hides ("{\"\\u006b\":\"0123456\"}", "{\"\\u006b\":\"#00000b\"}");
}

GST_END_TEST;

GST_START_TEST (test_hide_shows_one_value_a_name)
{
  assert_hides ("{\"kid\":\"1\" \"0123456\"}", "{\"kid\":\"1\" \"#00000c\"}");
  assert_hides ("{\"kid\":{},\"0123456\"}", "{\"kid\":{},\"#00000b\"}");
  assert_hides ("{\"key_ops\":[\"a\"],\"0123456\"}", "{\"key_ops\":[\"a\"],\"#000012\"}");
}

GST_END_TEST;

GST_START_TEST (test_hide_is_not_led_astray_by_escapes)
{
  assert_hides ("{\"k\":\"0\\\"3456\",\"kid\":\"1\"}", "{\"k\":\"#000006\",\"kid\":\"1\"}");
  assert_hides ("{\"kid\":\"\\\\\",\"k\":\"0123456\"}", "{\"kid\":\"\\\\\",\"k\":\"#000011\"}");
}

GST_END_TEST;

GST_START_TEST (test_hide_stops_at_the_end_of_a_broken_text)
{
  assert_hides ("{\"k\":\"0123456", "{\"k\":\"#000006");
  assert_hides ("{\"k\":\"0123\\", "{\"k\":\"#####");
  assert_hides ("\"", "\"");
  assert_hides ("{\"k\":\"0123456\n7\"", "{\"k\":\"#000006\n7\"");
}

GST_END_TEST;

GST_START_TEST (test_hide_covers_words_that_json_does_not_have)
{
  assert_hides ("{\"k\":secret}", "{\"k\":######}");
  assert_hides ("{\"k\":false}", "{\"k\":false}");
}

GST_END_TEST;

GST_START_TEST (test_find_gives_back_what_was_hidden)
{
  const gchar *text = "{\"kid\":\"1\",\"k\":\"secret-secret\"}";
  e2ee_bytes original = E2EE_BYTES (text, strlen (text)), found;

  found = gst_e2ee_jwk_text_find (original, "\177" "000010\177\177\177\177\177\177", 13);
  fail_unless_equals_int (found.size, 13);
  fail_unless (memcmp (found.data, "secret-secret", 13) == 0);
}

GST_END_TEST;

static void
assert_finds (const gchar * placeholder, gsize size)
{
  e2ee_bytes original = E2EE_BYTES ("0123456789", 10);

  fail_unless_equals_int (gst_e2ee_jwk_text_find (original, placeholder,
          strlen (placeholder)).size, size);
}

GST_START_TEST (test_find_refuses_what_is_no_placeholder)
{
  assert_finds ("\177" "000003", 7);
  assert_finds ("\177" "00003", 0);
  assert_finds ("0000003", 0);
  assert_finds ("\177" "00000g", 0);
  assert_finds ("\177" "000004", 0);
  assert_finds ("\177" "ffffff", 0);
}

GST_END_TEST;

static Suite *
jwktext_suite (void)
{
  Suite *s = suite_create ("jwktext");
  TCase *tc = tcase_create ("jwktext");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_hide_replaces_the_value_of_k_by_its_place);
  tcase_add_test (tc, test_hide_leaves_nothing_of_a_short_value);
  tcase_add_test (tc, test_hide_shows_what_the_format_reads);
  tcase_add_test (tc, test_hide_covers_members_that_the_format_does_not_know);
  tcase_add_test (tc, test_hide_shows_one_value_a_name);
  tcase_add_test (tc, test_hide_is_not_led_astray_by_escapes);
  tcase_add_test (tc, test_hide_stops_at_the_end_of_a_broken_text);
  tcase_add_test (tc, test_hide_covers_words_that_json_does_not_have);
  tcase_add_test (tc, test_find_gives_back_what_was_hidden);
  tcase_add_test (tc, test_find_refuses_what_is_no_placeholder);
  return s;
}

KIT_MAIN (jwktext)
