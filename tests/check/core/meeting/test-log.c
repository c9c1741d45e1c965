/* The log: what was written stays, or it shows.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include "core/meeting/log.h"

#include <sodium.h>

#define N_LINES 6

static const char *const kinds[N_LINES] = { "begin", "join", "on", "gate-closed", "off", "leave" };

/* The lines of a short meeting, one behind the other in @text. */
typedef struct
{
  e2ee_mls_buffer text;
  size_t begin[N_LINES + 1];
  e2ee_log log;
} sample;

static sample
make_sample (void)
{
  json_t *fields = json_pack ("{s:s, s:i}", "who", "\303\251lise \"x\"\n", "leaf", 3);
  sample s;

  memset (&s, 0, sizeof (s));
  e2ee_log_init (&s.log);
  for (size_t i = 0; i < N_LINES; i++) {
    e2ee_mls_buffer line;

    KIT_MUST (e2ee_log_append (&s.log, NOW + i, i / 2, kinds[i], i == 1 ? fields : NULL,
            &line) == E2EE_MEETING_OK);
    kit_append (&s.text, e2ee_mls_buffer_view (line));
    kit_append (&s.text, TEXT ("\n"));
    s.begin[i + 1] = s.text.size;
    e2ee_mls_buffer_clear (&line);
  }
  json_decref (fields);
  return s;
}

static void
append_line (e2ee_mls_buffer * text, const sample * s, size_t i)
{
  kit_append (text, E2EE_BYTES (s->text.data + s->begin[i], s->begin[i + 1] - s->begin[i]));
}

static void
test_line_is_json_with_the_hash_of_the_one_before (void)
{
  json_t *fields = json_pack ("{s:s}", "who", "alice");
  e2ee_mls_buffer first, second;
  uint8_t hash[32];
  char expected[256], hex[65];
  e2ee_log log;

  e2ee_log_init (&log);
  CHECK_OK (e2ee_log_append (&log, NOW, 0, "begin", NULL, &first));
  CHECK_BYTES (e2ee_mls_buffer_view (first),
      TEXT ("{\"n\":0,\"time\":1700000000,\"epoch\":0,\"kind\":\"begin\",\"prev\":"
          "\"0000000000000000000000000000000000000000000000000000000000000000\"}"));
  CHECK_OK (e2ee_log_append (&log, NOW + 1, 7, "join", fields, &second));
  crypto_hash_sha256 (hash, first.data, first.size);
  sodium_bin2hex (hex, sizeof (hex), hash, sizeof (hash));
  snprintf (expected, sizeof (expected), "{\"n\":1,\"time\":1700000001,\"epoch\":7,"
      "\"kind\":\"join\",\"who\":\"alice\",\"prev\":\"%s\"}", hex);
  CHECK_BYTES (e2ee_mls_buffer_view (second), TEXT (expected));
  CHECK_INT (log.n, 2);
  crypto_hash_sha256 (hash, second.data, second.size);
  CHECK_MEM (log.prev, hash, 32);
  e2ee_mls_buffer_clear (&first);
  e2ee_mls_buffer_clear (&second);
  json_decref (fields);
}

static void
test_log_is_verified_and_can_go_on (void)
{
  sample s = make_sample ();
  e2ee_mls_buffer line;
  uint64_t wrong;
  e2ee_log log;

  CHECK_OK (e2ee_log_verify (e2ee_mls_buffer_view (s.text), &log, &wrong));
  CHECK_INT (log.n, N_LINES);
  CHECK_MEM (log.prev, s.log.prev, 32);
  CHECK_OK (e2ee_log_append (&log, NOW + 60, 9, "join", NULL, &line));
  kit_append (&s.text, e2ee_mls_buffer_view (line));
  CHECK_OK (e2ee_log_verify (e2ee_mls_buffer_view (s.text), &log, &wrong));
  CHECK_INT (log.n, N_LINES + 1);
  e2ee_mls_buffer_clear (&line);
  e2ee_mls_buffer_clear (&s.text);
}

static void
test_empty_log_is_one_that_has_not_begun (void)
{
  uint64_t wrong;
  e2ee_log log;

  CHECK_OK (e2ee_log_verify (E2EE_NO_BYTES, &log, &wrong));
  CHECK_INT (log.n, 0);
}

/* In the line itself, or in the first one whose hash does not fit any more; in the last line the
 * last hash tells. */
static void
test_changed_byte_is_found (void)
{
  static const uint8_t masks[] = { 0x01, 0x06, 0x80 };
  sample s = make_sample ();

  for (size_t i = 0; i < s.text.size; i++) {
    for (size_t m = 0; m < CHECK_N (masks); m++) {
      uint64_t wrong;
      e2ee_log log;
      e2ee_meeting_result r;

      CHECK_ROW ("byte %zu changed by 0x%02x", i, masks[m]);
      s.text.data[i] ^= masks[m];
      r = e2ee_log_verify (e2ee_mls_buffer_view (s.text), &log, &wrong);
      s.text.data[i] ^= masks[m];
      if (i < s.begin[N_LINES - 1])
        CHECK_RESULT (r, LOG);
      else
        CHECK (r == E2EE_MEETING_ERR_LOG || memcmp (log.prev, s.log.prev, 32) != 0);
    }
  }
  e2ee_mls_buffer_clear (&s.text);
}

static void
test_first_wrong_line_is_named (void)
{
  sample s = make_sample ();
  uint64_t wrong;
  e2ee_log log;

  s.text.data[s.begin[3]] = '[';
  CHECK_RESULT (e2ee_log_verify (e2ee_mls_buffer_view (s.text), &log, &wrong), LOG);
  CHECK_INT (wrong, 3);
  CHECK_INT (log.n, 3);
  e2ee_mls_buffer_clear (&s.text);
}

/* Valid in itself: the line that follows it tells. */
static void
test_line_made_anew_is_found_in_the_next (void)
{
  sample s = make_sample ();
  e2ee_mls_buffer forged = E2EE_MLS_NO_BUFFER, line;
  uint64_t wrong;
  e2ee_log log;

  append_line (&forged, &s, 0);
  CHECK_OK (e2ee_log_verify (e2ee_mls_buffer_view (forged), &log, &wrong));
  CHECK_OK (e2ee_log_append (&log, NOW + 1, 0, "join", NULL, &line));
  kit_append (&forged, e2ee_mls_buffer_view (line));
  kit_append (&forged, TEXT ("\n"));
  for (size_t i = 2; i < N_LINES; i++)
    append_line (&forged, &s, i);
  CHECK_RESULT (e2ee_log_verify (e2ee_mls_buffer_view (forged), &log, &wrong), LOG);
  CHECK_INT (wrong, 2);
  e2ee_mls_buffer_clear (&line);
  e2ee_mls_buffer_clear (&forged);
  e2ee_mls_buffer_clear (&s.text);
}

/* The order of lines, each a digit, and the first wrong one. */
static const struct
{
  const char *name;
  const char *order;
  uint64_t wrong;
} orders[] = {
  {"the first cut out", "12345", 0},
  {"one cut out", "01245", 3},
  {"two cut out", "0145", 2},
  {"two exchanged", "013245", 2},
  {"the last two exchanged", "012354", 4},
  {"one twice", "0122345", 3},
  {"an old one inserted", "0123145", 4},
  {"backwards", "543210", 0},
  {"begun twice", "0012345", 1},
  {"two logs in a row", "012345012345", 6}
};

static void
test_cut_reordered_or_inserted_lines_are_found (void)
{
  sample s = make_sample ();

  for (size_t i = 0; i < CHECK_N (orders); i++) {
    e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
    uint64_t wrong;
    e2ee_log log;

    for (const char *c = orders[i].order; *c != '\0'; c++)
      append_line (&text, &s, (size_t) (*c - '0'));
    CHECK_ROW ("%s", orders[i].name);
    CHECK_RESULT (e2ee_log_verify (e2ee_mls_buffer_view (text), &log, &wrong), LOG);
    CHECK_INT (wrong, orders[i].wrong);
    e2ee_mls_buffer_clear (&text);
  }
  e2ee_mls_buffer_clear (&s.text);
}

static void
test_cut_inside_a_line_is_found (void)
{
  sample s = make_sample ();

  for (size_t size = 1; size < s.text.size; size++) {
    uint64_t wrong;
    e2ee_log log;
    int whole = 0;

    /* With or without its line break, a line is whole. */
    for (size_t i = 1; i <= N_LINES; i++)
      whole |= size == s.begin[i] || size + 1 == s.begin[i];
    CHECK_ROW ("cut to %zu bytes", size);
    CHECK_INT (e2ee_log_verify (E2EE_BYTES (s.text.data, size), &log, &wrong),
        whole ? E2EE_MEETING_OK : E2EE_MEETING_ERR_LOG);
  }
  e2ee_mls_buffer_clear (&s.text);
}

static void
test_cut_at_the_end_shows_in_the_last_hash (void)
{
  sample s = make_sample ();
  uint64_t wrong;
  e2ee_log log;

  CHECK_OK (e2ee_log_verify (E2EE_BYTES (s.text.data, s.begin[N_LINES - 1]), &log, &wrong));
  CHECK (memcmp (log.prev, s.log.prev, 32) != 0);
  CHECK_INT (log.n, N_LINES - 1);
  e2ee_mls_buffer_clear (&s.text);
}

#define ZEROS "\"0000000000000000000000000000000000000000000000000000000000000000\""
#define LINE(members) "{" members ",\"prev\":" ZEROS "}"

static const struct
{
  const char *name;
  const char *line;
} wrong_lines[] = {
  {"an empty line", "\n"},
  {"no JSON", "x"},
  {"a list", "[]"},
  {"an empty object", "{}"},
  {"no n", LINE ("\"time\":1,\"epoch\":0,\"kind\":\"begin\"")},
  {"another n", LINE ("\"n\":1,\"time\":1,\"epoch\":0,\"kind\":\"begin\"")},
  {"n is a string", LINE ("\"n\":\"0\",\"time\":1,\"epoch\":0,\"kind\":\"begin\"")},
  {"n is a real", LINE ("\"n\":0.0,\"time\":1,\"epoch\":0,\"kind\":\"begin\"")},
  {"n twice", LINE ("\"n\":0,\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"begin\"")},
  {"no time", LINE ("\"n\":0,\"epoch\":0,\"kind\":\"begin\"")},
  {"negative time", LINE ("\"n\":0,\"time\":-1,\"epoch\":0,\"kind\":\"begin\"")},
  {"no epoch", LINE ("\"n\":0,\"time\":1,\"kind\":\"begin\"")},
  {"epoch is a string", LINE ("\"n\":0,\"time\":1,\"epoch\":\"0\",\"kind\":\"begin\"")},
  {"no kind", LINE ("\"n\":0,\"time\":1,\"epoch\":0")},
  {"another beginning", LINE ("\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"join\"")},
  {"no prev", "{\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"begin\"}"},
  {"prev is a number", "{\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"begin\",\"prev\":0}"},
  {"prev is short", "{\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"begin\",\"prev\":\"00\"}"}
};

static void
test_line_that_does_not_follow_the_format_is_found (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_lines); i++) {
    uint64_t wrong = 99;
    e2ee_log log;

    CHECK_ROW ("%s", wrong_lines[i].name);
    CHECK_RESULT (e2ee_log_verify (TEXT (wrong_lines[i].line), &log, &wrong), LOG);
    CHECK_INT (wrong, 0);
  }
}

static void
test_line_over_64_kib_is_found (void)
{
  static const char begin[] = LINE ("\"n\":0,\"time\":1,\"epoch\":0,\"kind\":\"begin\"");
  char line[65537];
  uint64_t wrong;
  e2ee_log log;

  memset (line, ' ', sizeof (line));
  memcpy (line, begin, strlen (begin));
  CHECK_OK (e2ee_log_verify (E2EE_BYTES (line, 65536), &log, &wrong));
  CHECK_RESULT (e2ee_log_verify (E2EE_BYTES (line, 65537), &log, &wrong), LOG);
}

static void
test_fields_of_the_log_itself_cannot_be_given (void)
{
  static const char *const names[] = { "n", "time", "epoch", "kind", "prev" };
  e2ee_mls_buffer line;
  e2ee_log log;

  e2ee_log_init (&log);
  for (size_t i = 0; i < CHECK_N (names); i++) {
    json_t *fields = json_pack ("{s:i}", names[i], 1);

    CHECK_ROW ("%s", names[i]);
    CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "begin", fields, &line), ARGUMENT);
    CHECK (line.data == NULL);
    CHECK_INT (log.n, 0);
    json_decref (fields);
  }
}

static void
test_line_that_could_not_be_verified_is_not_written (void)
{
  json_t *list = json_array (), *large = json_object ();
  char filler[65537];
  e2ee_mls_buffer line;
  e2ee_log log;

  memset (filler, 'x', sizeof (filler) - 1);
  filler[sizeof (filler) - 1] = '\0';
  json_object_set_new (large, "x", json_string (filler));
  e2ee_log_init (&log);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "join", NULL, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "", NULL, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, NOW, UINT64_MAX, "begin", NULL, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, UINT64_MAX, 0, "begin", NULL, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "begin", list, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "begin", large, &line), ARGUMENT);
  CHECK_INT (log.n, 0);
  CHECK_OK (e2ee_log_append (&log, NOW, 0, "begin", NULL, &line));
  e2ee_mls_buffer_clear (&line);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "begin", NULL, &line), ARGUMENT);
  CHECK_RESULT (e2ee_log_append (&log, NOW, 0, "\377", NULL, &line), ARGUMENT);
  json_decref (list);
  json_decref (large);
}

static const check_case cases[] = {
  CHECK_CASE (test_line_is_json_with_the_hash_of_the_one_before),
  CHECK_CASE (test_log_is_verified_and_can_go_on),
  CHECK_CASE (test_empty_log_is_one_that_has_not_begun),
  CHECK_CASE (test_changed_byte_is_found),
  CHECK_CASE (test_first_wrong_line_is_named),
  CHECK_CASE (test_line_made_anew_is_found_in_the_next),
  CHECK_CASE (test_cut_reordered_or_inserted_lines_are_found),
  CHECK_CASE (test_cut_inside_a_line_is_found),
  CHECK_CASE (test_cut_at_the_end_shows_in_the_last_hash),
  CHECK_CASE (test_line_that_does_not_follow_the_format_is_found),
  CHECK_CASE (test_line_over_64_kib_is_found),
  CHECK_CASE (test_fields_of_the_log_itself_cannot_be_given),
  CHECK_CASE (test_line_that_could_not_be_verified_is_not_written),
};

CHECK_MAIN (cases)
