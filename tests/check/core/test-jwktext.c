/* What the JSON parser gets to see of a key.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/crypto/jwktext.h"

#include <stdlib.h>

static const char *const readable[] = { "kty", "kid", "alg", "use", "sender", "key_ops[]", NULL };

/* @hidden has "#" where a placeholder has DEL, which cannot be read. */
static void
check_hides (const char *text, const char *hidden)
{
  const size_t size = strlen (text);
  char *copy = calloc (1, size + 1);

  memcpy (copy, text, size);
  e2ee_jwk_text_hide (copy, size, readable);
  for (size_t i = 0; i < size; i++)
    copy[i] = copy[i] == '#' ? '!' : copy[i] == '\177' ? '#' : copy[i];
  CHECK_STR (copy, hidden);
  free (copy);
}

static void
test_hide_replaces_the_value_of_k_by_its_place (void)
{
  check_hides ("{\"k\":\"0123456789\"}", "{\"k\":\"#000006###\"}");
  check_hides ("{\"k\" \n:\t\"0123456\"}", "{\"k\" \n:\t\"#000009\"}");
}

static void
test_hide_leaves_nothing_of_a_short_value (void)
{
  check_hides ("{\"k\":\"012345\"}", "{\"k\":\"######\"}");
  check_hides ("{\"k\":\"\"}", "{\"k\":\"\"}");
}

static void
test_hide_shows_what_the_format_reads (void)
{
  const char *text = "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"alg\":\"A\",\"use\":\"enc\","
      "\"sender\":\"alice\",\"key_ops\":[\"encrypt\",\"decrypt\"],"
      "\"n\":[true,false,null,-1.5e3]}]}";

  check_hides (text, text);
}

static void
test_hide_covers_members_that_the_format_does_not_know (void)
{
  check_hides ("{\"K\":\"0123456\",\"key\":[\"0123456\"]}",
      "{\"K\":\"#000006\",\"key\":[\"#000017\"]}");
  check_hides ("{\"\\u006b\":\"0123456\"}", "{\"\\u006b\":\"#00000b\"}");
}

static void
test_hide_shows_one_value_a_name (void)
{
  check_hides ("{\"kid\":\"1\" \"0123456\"}", "{\"kid\":\"1\" \"#00000c\"}");
  check_hides ("{\"kid\":{},\"0123456\"}", "{\"kid\":{},\"#00000b\"}");
  check_hides ("{\"key_ops\":[\"a\"],\"0123456\"}", "{\"key_ops\":[\"a\"],\"#000012\"}");
}

static void
test_hide_is_not_led_astray_by_escapes (void)
{
  check_hides ("{\"k\":\"0\\\"3456\",\"kid\":\"1\"}", "{\"k\":\"#000006\",\"kid\":\"1\"}");
  check_hides ("{\"kid\":\"\\\\\",\"k\":\"0123456\"}", "{\"kid\":\"\\\\\",\"k\":\"#000011\"}");
}

static void
test_hide_stops_at_the_end_of_a_broken_text (void)
{
  check_hides ("{\"k\":\"0123456", "{\"k\":\"#000006");
  check_hides ("{\"k\":\"0123\\", "{\"k\":\"#####");
  check_hides ("\"", "\"");
  check_hides ("{\"k\":\"0123456\n7\"", "{\"k\":\"#000006\n7\"");
}

static void
test_hide_covers_words_that_json_does_not_have (void)
{
  check_hides ("{\"k\":secret}", "{\"k\":######}");
  check_hides ("{\"k\":false}", "{\"k\":false}");
}

static void
test_find_gives_back_what_was_hidden (void)
{
  const char *text = "{\"kid\":\"1\",\"k\":\"secret-secret\"}";
  e2ee_bytes original = E2EE_BYTES (text, strlen (text)), found;

  found = e2ee_jwk_text_find (original, "\177" "000010\177\177\177\177\177\177", 13);
  CHECK_INT (found.size, 13);
  CHECK (memcmp (found.data, "secret-secret", 13) == 0);
}

static void
check_finds (const char *placeholder, size_t size)
{
  e2ee_bytes original = E2EE_BYTES ("0123456789", 10);

  CHECK_INT (e2ee_jwk_text_find (original, placeholder,
          strlen (placeholder)).size, size);
}

static void
test_find_refuses_what_is_no_placeholder (void)
{
  check_finds ("\177" "000003", 7);
  check_finds ("\177" "00003", 0);
  check_finds ("0000003", 0);
  check_finds ("\177" "00000g", 0);
  check_finds ("\177" "000004", 0);
  check_finds ("\177" "ffffff", 0);
}

static const check_case cases[] = {
  CHECK_CASE (test_hide_replaces_the_value_of_k_by_its_place),
  CHECK_CASE (test_hide_leaves_nothing_of_a_short_value),
  CHECK_CASE (test_hide_shows_what_the_format_reads),
  CHECK_CASE (test_hide_covers_members_that_the_format_does_not_know),
  CHECK_CASE (test_hide_shows_one_value_a_name),
  CHECK_CASE (test_hide_is_not_led_astray_by_escapes),
  CHECK_CASE (test_hide_stops_at_the_end_of_a_broken_text),
  CHECK_CASE (test_hide_covers_words_that_json_does_not_have),
  CHECK_CASE (test_find_gives_back_what_was_hidden),
  CHECK_CASE (test_find_refuses_what_is_no_placeholder),
};

CHECK_MAIN (cases)
