/* The rendezvous as a server: TLS, one order for all, and clients who are too slow or too loud.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "common/signalling.h"

/* A participant: what he was told, as text. */
typedef struct
{
  Signalling *line;
  GPtrArray *present;           /* gchar * */
  GPtrArray *heard;             /* gchar *: "from data" */
  gsize largest;                /* of what was heard */
  gchar *failure;
} Person;

static gchar *folder;
static GPid server;
static gint port;

static void
on_joined (gpointer user_data, const gchar * name)
{
  Person *person = user_data;

  g_ptr_array_add (person->present, g_strdup (name));
}

static void
on_left (gpointer user_data, const gchar * name)
{
  Person *person = user_data;
  guint i;

  if (g_ptr_array_find_with_equal_func (person->present, name, g_str_equal, &i))
    g_ptr_array_remove_index (person->present, i);
}

static void
on_message (gpointer user_data, const gchar * from, const gchar * type, json_t * message)
{
}

static void
on_broadcast (gpointer user_data, const gchar * from, GBytes * data)
{
  Person *person = user_data;
  gsize size;
  const gchar *text = g_bytes_get_data (data, &size);

  person->largest = MAX (person->largest, size);
  g_ptr_array_add (person->heard, g_strdup_printf ("%s %.*s", from, (int) MIN (size, 20), text));
}

static void
on_failed (gpointer user_data, const gchar * reason)
{
  Person *person = user_data;

  if (!person->failure)
    person->failure = g_strdup (reason);
}

static const SignallingHandlers handlers = {
  on_joined, NULL, on_left, on_message, on_broadcast, on_failed
};

/* Until @condition holds; the test's own time limit ends it otherwise. */
#define WAIT_FOR(condition) \
  G_STMT_START { while (!(condition)) g_main_context_iteration (NULL, TRUE); } G_STMT_END

static gchar *
file_in (const gchar * name)
{
  return g_build_filename (folder, name, NULL);
}

static void
make_certificate (const gchar * where)
{
  const gchar *argv[] = { g_getenv ("MAKE_CERTIFICATE"), where, NULL };
  gint status = -1;

  fail_unless (g_spawn_sync (NULL, (gchar **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status,
          NULL));
  fail_unless_equals_int (status, 0);
}

static void
start_server (const gchar * option, ...) G_GNUC_NULL_TERMINATED;

static void
start_server (const gchar * option, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  gchar line[64] = "";
  const gchar *argument;
  gint out;
  FILE *file;
  va_list args;

  g_ptr_array_add (argv, (gpointer) g_getenv ("RENDEZVOUS"));
  va_start (args, option);
  for (argument = option; argument; argument = va_arg (args, const gchar *))
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  fail_unless (g_spawn_async_with_pipes (NULL, (gchar **) argv->pdata, NULL,
          G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &server, NULL, &out, NULL, NULL));
  file = fdopen (out, "r");
  fail_unless (fgets (line, sizeof (line), file) != NULL);
  fail_unless_equals_int (sscanf (line, "listening %d", &port), 1);
  fclose (file);
  g_ptr_array_unref (argv);
}

static void
start_tls_server (void)
{
  gchar *certificate = file_in ("certificate.pem");
  gchar *key = file_in ("key.pem");

  make_certificate (folder);
  start_server ("--tls-certificate", certificate, "--tls-key", key, NULL);
  g_free (certificate);
  g_free (key);
}

static void
connect_person (Person * person, const gchar * scheme, const gchar * tls_ca, const gchar * name)
{
  gchar *url = g_strdup_printf ("%s://127.0.0.1:%d/", scheme, port);
  const SignallingAddress address = { url, tls_ca, "r", name };

  memset (person, 0, sizeof (*person));
  person->present = g_ptr_array_new_with_free_func (g_free);
  person->heard = g_ptr_array_new_with_free_func (g_free);
  person->line = signalling_new (&address, &handlers, person);
  g_free (url);
}

static void
hang_up (Person * person)
{
  signalling_free (person->line);
  g_ptr_array_unref (person->present);
  g_ptr_array_unref (person->heard);
  g_free (person->failure);
}

static void
set_up (void)
{
  folder = g_dir_make_tmp ("e2ee-rendezvous-XXXXXX", NULL);
  fail_unless (folder != NULL);
}

static void
tear_down (void)
{
  static const gchar *const files[] = { "certificate.pem", "key.pem", "wiretap" };
  guint i;

  if (server) {
    kill (server, SIGTERM);
    waitpid (server, NULL, 0);
    server = 0;
  }
  for (i = 0; i < G_N_ELEMENTS (files); i++) {
    gchar *path = file_in (files[i]);

    g_unlink (path);
    g_free (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

static void
say (Person * person, const gchar * text)
{
  signalling_broadcast (person->line, (const guint8 *) text, strlen (text));
}

/* --- TLS -------------------------------------------------------------------------------------- */

GST_START_TEST (test_who_knows_the_certificate_gets_in_by_tls)
{
  gchar *certificate = file_in ("certificate.pem");
  Person anna, ben;

  start_tls_server ();
  connect_person (&anna, "wss", certificate, "anna");
  connect_person (&ben, "wss", certificate, "ben");
  WAIT_FOR (anna.present->len == 1 && ben.present->len == 1);
  say (&anna, "hello");
  WAIT_FOR (ben.heard->len == 1);
  fail_unless_equals_string (g_ptr_array_index (ben.heard, 0), "anna hello");
  hang_up (&anna);
  hang_up (&ben);
  g_free (certificate);
}

GST_END_TEST;

GST_START_TEST (test_a_certificate_may_be_named_by_a_relative_path)
{
  Person anna, ben;

  start_tls_server ();
  fail_unless_equals_int (g_chdir (folder), 0);
  connect_person (&anna, "wss", "certificate.pem", "anna");
  connect_person (&ben, "wss", "./certificate.pem", "ben");
  WAIT_FOR (anna.present->len == 1 && ben.present->len == 1);
  hang_up (&anna);
  hang_up (&ben);
}

GST_END_TEST;

GST_START_TEST (test_a_server_with_another_certificate_is_not_believed)
{
  gchar *other = g_dir_make_tmp ("e2ee-rendezvous-XXXXXX", NULL);
  gchar *certificate = g_build_filename (other, "certificate.pem", NULL);
  gchar *key = g_build_filename (other, "key.pem", NULL);
  Person anna;

  start_tls_server ();
  make_certificate (other);
  connect_person (&anna, "wss", certificate, "anna");
  WAIT_FOR (anna.failure != NULL);
  hang_up (&anna);
  g_unlink (certificate);
  g_unlink (key);
  g_rmdir (other);
  g_free (key);
  g_free (certificate);
  g_free (other);
}

GST_END_TEST;

GST_START_TEST (test_a_certificate_that_nobody_vouches_for_is_not_believed)
{
  Person anna;

  start_tls_server ();
  connect_person (&anna, "wss", NULL, "anna");
  WAIT_FOR (anna.failure != NULL);
  hang_up (&anna);
}

GST_END_TEST;

GST_START_TEST (test_a_server_with_tls_does_not_speak_without)
{
  Person anna;

  start_tls_server ();
  connect_person (&anna, "ws", NULL, "anna");
  WAIT_FOR (anna.failure != NULL);
  hang_up (&anna);
}

GST_END_TEST;

GST_START_TEST (test_nobody_goes_without_tls_to_another_machine)
{
  const SignallingAddress address = { "ws://192.0.2.1:80/", NULL, "r", "anna" };
  Person anna = { 0, };

  anna.line = signalling_new (&address, &handlers, &anna);
  anna.present = g_ptr_array_new_with_free_func (g_free);
  anna.heard = g_ptr_array_new_with_free_func (g_free);
  WAIT_FOR (anna.failure != NULL);
  fail_unless (strstr (anna.failure, "wss://") != NULL);
  hang_up (&anna);
}

GST_END_TEST;

/* The arguments of a server that must not start, and a word of what it says. */
static const struct
{
  const gchar *argv[8];
  const gchar *says;
} refused[] = {
  {{"--address", "0.0.0.0"}, "without TLS"},
  {{"--address", "nowhere"}, "no IP address"},
  {{"--tls-certificate", "c.pem"}, "belong together"},
  {{"--tls-certificate", "/nowhere.pem", "--tls-key", "/nowhere.pem"}, "/nowhere.pem"},
  {{"--port", "65536"}, "a port is"},
  {{"--wiretap", "/nowhere/file"}, "/nowhere/file"},
};

GST_START_TEST (test_a_server_that_makes_no_sense_does_not_start)
{
  const gchar *argv[10] = { g_getenv ("RENDEZVOUS") };
  gchar *said = NULL;
  gint status = 0;

  memcpy (argv + 1, refused[__i__].argv, sizeof (refused[__i__].argv));
  fail_unless (g_spawn_sync (NULL, (gchar **) argv, NULL, 0, NULL, NULL, NULL, &said, &status,
          NULL));
  fail_unless (status != 0);
  fail_unless (strstr (said, refused[__i__].says) != NULL, "%s", said);
  g_free (said);
}

GST_END_TEST;

/* --- the channel ------------------------------------------------------------------------------ */

GST_START_TEST (test_all_hear_all_broadcasts_in_one_order_the_senders_too)
{
  enum
  { PEOPLE = 5, EACH = 40 };
  gchar *certificate = file_in ("certificate.pem");
  Person people[PEOPLE];
  guint i, k;

  start_tls_server ();
  for (i = 0; i < PEOPLE; i++) {
    gchar *name = g_strdup_printf ("p%u", i);

    connect_person (&people[i], "wss", certificate, name);
    g_free (name);
  }
  for (i = 0; i < PEOPLE; i++)
    WAIT_FOR (people[i].present->len == PEOPLE - 1);
  for (k = 0; k < EACH; k++) {
    for (i = 0; i < PEOPLE; i++) {
      gchar *text = g_strdup_printf ("%u", k);

      say (&people[i], text);
      g_free (text);
    }
  }
  for (i = 0; i < PEOPLE; i++)
    WAIT_FOR (people[i].heard->len == PEOPLE * EACH);
  for (i = 1; i < PEOPLE; i++) {
    for (k = 0; k < PEOPLE * EACH; k++)
      fail_unless_equals_string (g_ptr_array_index (people[i].heard, k),
          g_ptr_array_index (people[0].heard, k));
  }
  for (i = 0; i < PEOPLE; i++)
    hang_up (&people[i]);
  g_free (certificate);
}

GST_END_TEST;

GST_START_TEST (test_one_mebibyte_goes_through_whole)
{
  gsize size = 1024 * 1024;
  gchar *data = g_strnfill (size, 'x');
  Person anna, ben;

  start_server ("--port", "0", NULL);
  connect_person (&anna, "ws", NULL, "anna");
  connect_person (&ben, "ws", NULL, "ben");
  WAIT_FOR (anna.present->len == 1 && ben.present->len == 1);
  signalling_broadcast (anna.line, (const guint8 *) data, size);
  WAIT_FOR (anna.heard->len == 1 && ben.heard->len == 1);
  fail_unless_equals_int (ben.largest, size);
  hang_up (&anna);
  hang_up (&ben);
  g_free (data);
}

GST_END_TEST;

GST_START_TEST (test_who_says_too_much_is_put_out_and_the_others_go_on)
{
  gchar *data = g_strnfill (512 * 1024, 'x');
  Person anna, ben, carl;
  guint i;

  start_server ("--port", "0", NULL);
  connect_person (&anna, "ws", NULL, "anna");
  connect_person (&ben, "ws", NULL, "ben");
  connect_person (&carl, "ws", NULL, "carl");
  WAIT_FOR (anna.present->len == 2 && ben.present->len == 2 && carl.present->len == 2);
  for (i = 0; i < 40; i++)
    signalling_broadcast (carl.line, (const guint8 *) data, 512 * 1024);
  WAIT_FOR (carl.failure != NULL);
  WAIT_FOR (anna.present->len == 1 && ben.present->len == 1);
  say (&anna, "still here");
  WAIT_FOR (ben.heard->len > 0
      && g_str_equal (g_ptr_array_index (ben.heard, ben.heard->len - 1), "anna still here"));
  fail_unless (anna.failure == NULL && ben.failure == NULL);
  hang_up (&anna);
  hang_up (&ben);
  hang_up (&carl);
  g_free (data);
}

GST_END_TEST;

static guint64
memory_of_server (void)
{
  gchar *path = g_strdup_printf ("/proc/%d/status", (int) server);
  gchar *text = NULL, *peak;
  guint64 kib;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  peak = strstr (text, "VmHWM:");
  kib = peak ? g_ascii_strtoull (peak + 6 + strspn (peak + 6, " \t"), NULL, 10) : 0;
  g_free (text);
  g_free (path);
  return kib * 1024;
}

/* Joins, and then never reads. */
static GSocketConnection *
connect_sleeper (void)
{
  static const gchar request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  /* A text frame, masked with zeros. */
  static const gchar join[] = "\x81\xab\0\0\0\0"
      "{\"type\":\"join\",\"room\":\"r\",\"name\":\"sleeper\"}";
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  GOutputStream *out;
  gchar answer[4096];

  fail_unless (connection != NULL);
  out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  fail_unless (g_output_stream_write_all (out, request, sizeof (request) - 1, NULL, NULL, NULL));
  fail_unless (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
          answer, sizeof (answer), NULL, NULL) > 0);
  fail_unless_equals_int (sizeof (join) - 1, 6 + 43);
  fail_unless (g_output_stream_write_all (out, join, sizeof (join) - 1, NULL, NULL, NULL));
  g_object_unref (client);
  return connection;
}

GST_START_TEST (test_who_does_not_read_is_put_out_and_holds_no_memory)
{
  gsize size = 256 * 1024;
  gchar *data = g_strnfill (size, 'x');
  GSocketConnection *sleeper;
  Person people[4];
  guint64 before;
  guint i, k;

  start_server ("--port", "0", NULL);
  sleeper = connect_sleeper ();
  for (i = 0; i < G_N_ELEMENTS (people); i++) {
    gchar *name = g_strdup_printf ("p%u", i);

    connect_person (&people[i], "ws", NULL, name);
    g_free (name);
  }
  for (i = 0; i < G_N_ELEMENTS (people); i++)
    WAIT_FOR (people[i].present->len == G_N_ELEMENTS (people));
  before = memory_of_server ();

  /* 20 MiB: what the kernel takes on loopback, what may wait, and more than that. */
  for (k = 0; k < 20; k++) {
    for (i = 0; i < G_N_ELEMENTS (people); i++)
      signalling_broadcast (people[i].line, (const guint8 *) data, size);
    WAIT_FOR (people[0].heard->len >= (k + 1) * G_N_ELEMENTS (people));
  }
  for (i = 0; i < G_N_ELEMENTS (people); i++) {
    WAIT_FOR (people[i].present->len == G_N_ELEMENTS (people) - 1);
    WAIT_FOR (people[i].heard->len == 20 * G_N_ELEMENTS (people));
    fail_unless (people[i].failure == NULL);
  }
  fail_unless (memory_of_server () - before < 24 * 1024 * 1024, "%" G_GUINT64_FORMAT " bytes",
      memory_of_server () - before);
  for (i = 0; i < G_N_ELEMENTS (people); i++)
    hang_up (&people[i]);
  g_object_unref (sleeper);
  g_free (data);
}

GST_END_TEST;

GST_START_TEST (test_a_wiretap_writes_down_who_said_what)
{
  gchar *path = file_in ("wiretap");
  gchar *text = NULL;
  Person anna, ben;

  start_server ("--wiretap", path, NULL);
  connect_person (&anna, "ws", NULL, "anna");
  connect_person (&ben, "ws", NULL, "ben");
  WAIT_FOR (anna.present->len == 1 && ben.present->len == 1);
  say (&anna, "hello");
  WAIT_FOR (ben.heard->len == 1);
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  fail_unless (strstr (text, "\"from\":\"anna\"") != NULL);
  fail_unless (strstr (text, "aGVsbG8=") != NULL, "%s", text);
  hang_up (&anna);
  hang_up (&ben);
  g_free (text);
  g_free (path);
}

GST_END_TEST;

static Suite *
rendezvous_server_suite (void)
{
  Suite *suite = suite_create ("rendezvous-server");
  TCase *tls = tcase_create ("tls");
  TCase *channel = tcase_create ("channel");

  suite_add_tcase (suite, tls);
  tcase_add_checked_fixture (tls, set_up, tear_down);
  tcase_add_test (tls, test_who_knows_the_certificate_gets_in_by_tls);
  tcase_add_test (tls, test_a_certificate_may_be_named_by_a_relative_path);
  tcase_add_test (tls, test_a_server_with_another_certificate_is_not_believed);
  tcase_add_test (tls, test_a_certificate_that_nobody_vouches_for_is_not_believed);
  tcase_add_test (tls, test_a_server_with_tls_does_not_speak_without);
  tcase_add_test (tls, test_nobody_goes_without_tls_to_another_machine);
  tcase_add_loop_test (tls, test_a_server_that_makes_no_sense_does_not_start, 0,
      G_N_ELEMENTS (refused));

  suite_add_tcase (suite, channel);
  tcase_add_checked_fixture (channel, set_up, tear_down);
  tcase_add_test (channel, test_all_hear_all_broadcasts_in_one_order_the_senders_too);
  tcase_add_test (channel, test_one_mebibyte_goes_through_whole);
  tcase_add_test (channel, test_who_says_too_much_is_put_out_and_the_others_go_on);
  tcase_add_test (channel, test_who_does_not_read_is_put_out_and_holds_no_memory);
  tcase_add_test (channel, test_a_wiretap_writes_down_who_said_what);
  return suite;
}

GST_CHECK_MAIN (rendezvous_server);
