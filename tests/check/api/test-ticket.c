/* e2ee-ticket: what it writes can be verified, and what it should not do it refuses.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "core/crypto/secret.h"
#include "core/meeting/jwk.h"
#include "core/meeting/log.h"
#include "core/meeting/ticket.h"

#define OK 0
#define FAILED 1
#define USAGE 2

/* What the last run printed. */
static gchar *printed;

/* Runs e2ee-ticket with the arguments up to NULL. */
static gint G_GNUC_NULL_TERMINATED
run (const gchar * argument, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  gchar *out = NULL, *err = NULL;
  GError *error = NULL;
  va_list arguments;
  gint status;

  g_ptr_array_add (argv, (gchar *) g_getenv ("E2EE_TICKET"));
  va_start (arguments, argument);
  for (; argument; argument = va_arg (arguments, const gchar *))
    g_ptr_array_add (argv, (gchar *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  fail_unless (g_spawn_sync (NULL, (gchar **) argv->pdata, NULL, 0, NULL, NULL, &out, &err,
          &status, &error), "%s", error ? error->message : "");
  fail_unless (WIFEXITED (status));
  g_free (printed);
  printed = g_strconcat (out, err, NULL);
  g_free (out);
  g_free (err);
  g_ptr_array_unref (argv);
  return WEXITSTATUS (status);
}

static void
assert_printed (const gchar * text)
{
  fail_unless (strstr (printed, text) != NULL, "no \"%s\" in: %s", text, printed);
}

static gchar *
contents (const gchar * name)
{
  gchar *text;

  fail_unless (g_file_get_contents (kit_path (name), &text, NULL, NULL));
  return g_strchomp (text);
}

static void
assert_mode (const gchar * name, guint mode)
{
  GStatBuf info;

  fail_unless_equals_int (g_stat (kit_path (name), &info), 0);
  fail_unless_equals_int (info.st_mode & 07777, mode);
}

static void
assert_missing (const gchar * name)
{
  fail_if (g_file_test (kit_path (name), G_FILE_TEST_EXISTS), "%s was written", name);
}

/* Keys for an authority and two devices, and alice's token of @tier. */
static void
make_people (const gchar * tier)
{
  fail_unless_equals_int (run ("authority", kit_path ("authority"), NULL), OK);
  fail_unless_equals_int (run ("device", kit_path ("alice"), NULL), OK);
  fail_unless_equals_int (run ("device", kit_path ("bob"), NULL), OK);
  fail_unless_equals_int (run ("account", "--authority", kit_path ("authority"), "--device",
          kit_path ("alice"), "--subject", "alice", "--name", "Alice", "--tier", tier,
          kit_path ("alice.token"), NULL), OK);
}

static void
read_authorities (e2ee_authorities * authorities)
{
  gchar *set = contents ("authority.pub");

  fail_unless_equals_int (e2ee_authorities_parse (E2EE_BYTES (set, strlen (set)), authorities),
      E2EE_MEETING_OK);
  g_free (set);
}

static void
read_ticket (e2ee_ticket * ticket)
{
  gchar *text = contents ("ticket");
  e2ee_authorities authorities;

  read_authorities (&authorities);
  fail_unless_equals_string (e2ee_meeting_result_code (e2ee_ticket_verify (E2EE_BYTES (text,
                  strlen (text)), &authorities, ticket)), "ok");
  g_free (text);
}

GST_START_TEST (test_keys_are_private_and_their_public_halves_are_not)
{
  const gchar *verbs[] = { "authority", "device" };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    gchar *public_name = g_strconcat (verbs[i], ".pub", NULL);
    gchar *text;

    fail_unless_equals_int (run (verbs[i], kit_path (verbs[i]), NULL), OK);
    assert_mode (verbs[i], 0600);
    assert_mode (public_name, 0644);
    text = contents (public_name);
    fail_unless (strstr (text, "\"d\"") == NULL);
    g_free (text);
    g_free (public_name);
  }
}

GST_END_TEST;

GST_START_TEST (test_thumbprint_is_the_same_for_both_halves)
{
  gchar *made;

  fail_unless_equals_int (run ("device", kit_path ("alice"), NULL), OK);
  made = g_strdup (printed);
  fail_unless_equals_int (strlen (made), E2EE_BASE64URL_32 + 1);
  fail_unless_equals_int (run ("thumbprint", kit_path ("alice"), NULL), OK);
  fail_unless_equals_string (printed, made);
  fail_unless_equals_int (run ("thumbprint", kit_path ("alice.pub"), NULL), OK);
  fail_unless_equals_string (printed, made);
  g_free (made);
}

GST_END_TEST;

GST_START_TEST (test_thumbprint_of_rfc8037)
{
  const gchar *path = kit_write ("key", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
      "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
      "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}\n");

  fail_unless_equals_int (run ("thumbprint", path, NULL), OK);
  fail_unless_equals_string (printed, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\n");
}

GST_END_TEST;

GST_START_TEST (test_existing_keys_are_kept_unless_forced)
{
  gchar *before, *after;

  fail_unless_equals_int (run ("device", kit_path ("alice"), NULL), OK);
  before = contents ("alice");
  fail_unless_equals_int (run ("device", kit_path ("alice"), NULL), FAILED);
  assert_printed ("exists already");
  after = contents ("alice");
  fail_unless_equals_string (after, before);
  g_free (after);
  fail_unless_equals_int (run ("device", "--force", kit_path ("alice"), NULL), OK);
  after = contents ("alice");
  fail_if (strcmp (after, before) == 0);
  g_free (after);
  g_free (before);
}

GST_END_TEST;

GST_START_TEST (test_pair_of_which_one_exists_adds_none)
{
  kit_write ("alice.pub", "precious");
  fail_unless_equals_int (run ("device", kit_path ("alice"), NULL), FAILED);
  assert_missing ("alice");
}

GST_END_TEST;

GST_START_TEST (test_account_says_what_was_asked_for)
{
  e2ee_authorities authorities;
  e2ee_account account;
  gchar *token;

  make_people ("paid");
  token = contents ("alice.token");
  read_authorities (&authorities);
  fail_unless_equals_string (e2ee_meeting_result_code (e2ee_account_verify (E2EE_BYTES (token,
                  strlen (token)), &authorities, g_get_real_time () / G_USEC_PER_SEC,
              &account)), "ok");
  fail_unless_equals_string (account.subject, "alice");
  fail_unless_equals_string (account.name, "Alice");
  fail_unless_equals_int (account.tier, E2EE_TIER_PAID);
  fail_unless_equals_uint64 (account.expires_at - account.issued_at, 86400);
  g_free (token);
}

GST_END_TEST;

GST_START_TEST (test_account_needs_only_the_public_half_of_the_device)
{
  make_people ("free");
  fail_unless_equals_int (run ("account", "--authority", kit_path ("authority"), "--device",
          kit_path ("bob.pub"), "--subject", "bob", "--name", "Bob", "--expires", "60",
          kit_path ("bob.token"), NULL), OK);
  fail_unless_equals_int (run ("show", "--authorities", kit_path ("authority.pub"),
          kit_path ("bob.token"), NULL), OK);
  assert_printed ("account token is valid");
}

GST_END_TEST;

GST_START_TEST (test_ticket_says_what_was_asked_for)
{
  gchar *bob, *host;
  e2ee_ticket ticket;

  make_people ("paid");
  fail_unless_equals_int (run ("thumbprint", kit_path ("bob"), NULL), OK);
  bob = g_strchomp (g_strdup (printed));
  host = g_strconcat ("bob:", bob, NULL);
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), "--meeting", "daily-7", "--host", host, "--e2ee", "require",
          "--feature", "notes=allow", "--feature", "chat=deny", "--valid", "3600",
          kit_path ("ticket"), NULL), OK);
  read_ticket (&ticket);
  fail_unless_equals_string (ticket.meeting_id, "daily-7");
  fail_unless_equals_int (ticket.n_hosts, 2);
  fail_unless_equals_string (ticket.hosts[0].subject, "alice");
  fail_unless_equals_string (ticket.hosts[1].subject, "bob");
  fail_unless_equals_int (ticket.e2ee, E2EE_FLOOR_REQUIRE);
  fail_unless_equals_int (ticket.initially_on, 1);
  fail_unless_equals_int (ticket.features,
      1u << E2EE_FEATURE_NOTES | 1u << E2EE_FEATURE_SCREENSHARE);
  fail_unless_equals_uint64 (ticket.not_after - ticket.not_before, 3600);
  g_free (host);
  g_free (bob);
}

GST_END_TEST;

GST_START_TEST (test_link_names_the_ticket_and_only_its_owner_may_read_it)
{
  e2ee_ticket ticket;
  e2ee_link link;
  gchar *text;

  make_people ("paid");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), "--base", "https://meet.example/j?lang=de",
          kit_path ("ticket"), NULL), OK);
  assert_mode ("ticket.link", 0600);
  read_ticket (&ticket);
  text = contents ("ticket.link");
  fail_unless (g_str_has_prefix (text, "https://meet.example/j?lang=de&m="));
  fail_unless_equals_int (e2ee_link_parse (E2EE_BYTES (text, strlen (text)), &link),
      E2EE_MEETING_OK);
  fail_unless_equals_int (e2ee_link_check_ticket (&link, &ticket), E2EE_MEETING_OK);
  e2ee_link_clear (&link);
  g_free (text);
}

GST_END_TEST;

GST_START_TEST (test_every_meeting_has_a_name_and_a_secret_of_its_own)
{
  gchar *one, *other;

  make_people ("paid");
  for (guint i = 0; i < 2; i++)
    fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
            kit_path ("alice.token"), kit_path (i ? "second" : "first"), NULL), OK);
  one = contents ("first.link");
  other = contents ("second.link");
  fail_if (strcmp (strstr (one, "?m="), strstr (other, "?m=")) == 0);
  fail_if (strcmp (strchr (one, '#'), strchr (other, '#')) == 0);
  g_free (one);
  g_free (other);
}

GST_END_TEST;

GST_START_TEST (test_encryption_is_not_scheduled_with_a_free_account)
{
  make_people ("free");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), kit_path ("ticket"), NULL), FAILED);
  assert_printed ("ticket-tier");
  assert_missing ("ticket");
  assert_missing ("ticket.link");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), "--e2ee", "forbid", kit_path ("ticket"), NULL), OK);
}

GST_END_TEST;

GST_START_TEST (test_ticket_is_not_made_with_the_account_of_another_device)
{
  make_people ("paid");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("bob"), "--account",
          kit_path ("alice.token"), kit_path ("ticket"), NULL), FAILED);
  assert_missing ("ticket");
}

GST_END_TEST;

GST_START_TEST (test_private_files_that_others_may_read_are_refused)
{
  static const gchar *const names[] = { "authority", "alice", "ticket.link" };

  make_people ("paid");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), kit_path ("ticket"), NULL), OK);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    fail_unless_equals_int (g_chmod (kit_path (names[i]), 0640), 0);
  fail_unless_equals_int (run ("account", "--authority", kit_path ("authority"), "--device",
          kit_path ("bob"), "--subject", "bob", "--name", "Bob", kit_path ("x"), NULL), FAILED);
  assert_printed ("group or others may access it");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), kit_path ("x"), NULL), FAILED);
  assert_printed ("group or others may access it");
  fail_unless_equals_int (run ("thumbprint", kit_path ("alice"), NULL), FAILED);
  assert_printed ("group or others may access it");
  fail_unless_equals_int (run ("show", kit_path ("ticket.link"), NULL), FAILED);
  assert_printed ("group or others may access it");
  assert_missing ("x");
}

GST_END_TEST;

GST_START_TEST (test_secrets_are_never_shown)
{
  gchar *link, *secret, *key;

  make_people ("paid");
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), kit_path ("ticket"), NULL), OK);
  link = contents ("ticket.link");
  secret = strchr (link, '#') + 1;
  fail_unless_equals_int (run ("show", kit_path ("ticket.link"), NULL), OK);
  assert_printed ("not shown");
  fail_unless (strstr (printed, secret) == NULL);
  key = contents ("alice");
  fail_unless_equals_int (run ("show", kit_path ("alice"), NULL), FAILED);
  fail_unless (strstr (printed, strstr (key, "\"d\":\"") + 5) == NULL);
  g_free (key);
  g_free (link);
}

GST_END_TEST;

GST_START_TEST (test_show_tells_valid_from_not)
{
  make_people ("paid");
  fail_unless_equals_int (run ("authority", kit_path ("other"), NULL), OK);
  fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
          kit_path ("alice.token"), kit_path ("ticket"), NULL), OK);
  fail_unless_equals_int (run ("show", kit_path ("ticket"), NULL), OK);
  assert_printed ("not verified");
  assert_printed ("\"hosts\"");
  assert_printed ("\"tier\": \"paid\"");
  fail_unless_equals_int (run ("show", "-a", kit_path ("authority.pub"), kit_path ("ticket"),
          NULL), OK);
  assert_printed ("meeting ticket is valid");
  fail_unless_equals_int (run ("show", "-a", kit_path ("other.pub"), kit_path ("ticket"), NULL),
      FAILED);
  assert_printed ("token-issuer");
  fail_unless_equals_int (run ("show", kit_write ("junk", "junk"), NULL), FAILED);
  fail_unless_equals_int (run ("show", kit_write ("empty", ""), NULL), FAILED);
  fail_unless_equals_int (run ("show", kit_path ("nowhere"), NULL), FAILED);
}

GST_END_TEST;

GST_START_TEST (test_log_is_verified_and_a_change_found)
{
  GString *text = g_string_new (NULL);
  e2ee_log log;
  gchar *last;

  e2ee_log_init (&log);
  for (guint i = 0; i < 3; i++) {
    e2ee_mls_buffer line;

    fail_unless_equals_int (e2ee_log_append (&log, 1700000000 + i, i, i ? "join" : "begin", NULL,
            &line), E2EE_MEETING_OK);
    g_string_append_len (text, (const gchar *) line.data, line.size);
    g_string_append_c (text, '\n');
    e2ee_mls_buffer_clear (&line);
  }
  kit_write ("log", text->str);
  fail_unless_equals_int (run ("verify-log", kit_path ("log"), NULL), OK);
  assert_printed ("3 lines, last hash ");
  last = g_strchomp (g_strdup (strrchr (printed, ' ') + 1));
  fail_unless_equals_int (run ("verify-log", "--last", last, kit_path ("log"), NULL), OK);
  g_string_truncate (text, strstr (text->str, "{\"n\":2") - text->str);
  kit_write ("cut", text->str);
  fail_unless_equals_int (run ("verify-log", kit_path ("cut"), NULL), OK);
  fail_unless_equals_int (run ("verify-log", "--last", last, kit_path ("cut"), NULL), FAILED);
  assert_printed ("cut off");
  strstr (text->str, "begin")[-20] ^= 1;
  kit_write ("changed", text->str);
  fail_unless_equals_int (run ("verify-log", kit_path ("changed"), NULL), FAILED);
  assert_printed ("does not follow");
  g_free (last);
  g_string_free (text, TRUE);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const gchar *arguments[8];
} wrong[] = {
  {"no verb", {NULL}},
  {"an unknown verb", {"frobnicate"}},
  {"no file", {"device"}},
  {"two files", {"device", "a", "b"}},
  {"an unknown option", {"device", "--frobnicate", "a"}},
  {"account without anything", {"account", "x"}},
  {"an unknown tier", {"account", "-a=a", "-d=d", "-s=s", "-n=n", "-t=gold", "x"}},
  {"a life of nothing", {"account", "-a=a", "-d=d", "-s=s", "-n=n", "-e=0", "x"}},
  {"a life of more than 30 days", {"account", "-a=a", "-d=d", "-s=s", "-n=n", "-e=2592001", "x"}},
  {"ticket without anything", {"ticket", "x"}},
  {"an unknown floor", {"ticket", "-d=d", "-a=a", "--e2ee=maybe", "x"}},
  {"an unknown switch", {"ticket", "-d=d", "-a=a", "--initial=maybe", "x"}},
  {"require, but off", {"ticket", "-d=d", "-a=a", "--e2ee=require", "--initial=off", "x"}},
  {"forbid, but on", {"ticket", "-d=d", "-a=a", "--e2ee=forbid", "--initial=on", "x"}},
  {"an unknown feature", {"ticket", "-d=d", "-a=a", "--feature=holograms=allow", "x"}},
  {"a feature without decision", {"ticket", "-d=d", "-a=a", "--feature=chat", "x"}},
  {"guests", {"ticket", "-d=d", "-a=a", "--feature=guest=allow", "x"}},
  {"a meeting with a space", {"ticket", "-d=d", "-a=a", "--meeting=a b", "x"}},
  {"no time", {"ticket", "-d=d", "-a=a", "--valid=0", "x"}}
};

GST_START_TEST (test_options_that_make_no_sense_are_refused)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    const gchar *const *a = wrong[i].arguments;

    fail_unless (run (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], NULL) == USAGE, "%s: %s",
        wrong[i].name, printed);
    fail_if (printed[0] == '\0');
  }
}

GST_END_TEST;

GST_START_TEST (test_host_that_is_none_is_refused)
{
  static const gchar *const hosts[] = { "bob", "bob:", ":x", "bob:AAAA" };

  make_people ("paid");
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    fail_unless_equals_int (run ("ticket", "--device", kit_path ("alice"), "--account",
            kit_path ("alice.token"), "--host", hosts[i], kit_path ("ticket"), NULL), USAGE);
  assert_missing ("ticket");
}

GST_END_TEST;

GST_START_TEST (test_help_names_every_verb)
{
  static const gchar *const verbs[] = {
    "authority", "device", "account", "ticket", "show", "thumbprint", "verify-log"
  };

  fail_unless_equals_int (run ("--help", NULL), OK);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    assert_printed (verbs[i]);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    fail_unless_equals_int (run (verbs[i], "--help", NULL), OK);
    assert_printed ("Usage:");
  }
  fail_unless_equals_int (run ("--version", NULL), OK);
  assert_printed ("e2ee-ticket 0.");
}

GST_END_TEST;

static void
setup (void)
{
  kit_setup ();
  fail_unless_equals_int (e2ee_crypto_init (), E2EE_OK);
}

static Suite *
ticket_suite (void)
{
  Suite *s = suite_create ("ticket");
  TCase *tc = tcase_create ("ticket");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, kit_teardown);
  tcase_add_test (tc, test_keys_are_private_and_their_public_halves_are_not);
  tcase_add_test (tc, test_thumbprint_is_the_same_for_both_halves);
  tcase_add_test (tc, test_thumbprint_of_rfc8037);
  tcase_add_test (tc, test_existing_keys_are_kept_unless_forced);
  tcase_add_test (tc, test_pair_of_which_one_exists_adds_none);
  tcase_add_test (tc, test_account_says_what_was_asked_for);
  tcase_add_test (tc, test_account_needs_only_the_public_half_of_the_device);
  tcase_add_test (tc, test_ticket_says_what_was_asked_for);
  tcase_add_test (tc, test_link_names_the_ticket_and_only_its_owner_may_read_it);
  tcase_add_test (tc, test_every_meeting_has_a_name_and_a_secret_of_its_own);
  tcase_add_test (tc, test_encryption_is_not_scheduled_with_a_free_account);
  tcase_add_test (tc, test_ticket_is_not_made_with_the_account_of_another_device);
  tcase_add_test (tc, test_private_files_that_others_may_read_are_refused);
  tcase_add_test (tc, test_secrets_are_never_shown);
  tcase_add_test (tc, test_show_tells_valid_from_not);
  tcase_add_test (tc, test_log_is_verified_and_a_change_found);
  tcase_add_test (tc, test_options_that_make_no_sense_are_refused);
  tcase_add_test (tc, test_host_that_is_none_is_refused);
  tcase_add_test (tc, test_help_names_every_verb);
  return s;
}

KIT_MAIN (ticket)
