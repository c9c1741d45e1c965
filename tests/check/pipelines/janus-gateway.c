/* The line to a Janus gateway, with a gateway of the test's own at its other end: answers find who
 * asked, and what makes no sense does no harm.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>
#include <libsoup/soup.h>
#include <string.h>

#include "janus/gateway.h"

/* What one handle was told. */
typedef struct
{
  GatewayHandle *handle;
  gboolean attached;
  GPtrArray *events;            /* gchar *: the data, as JSON */
  gint code;                    /* of the last refusal */
  gchar *refusal;
  gboolean media_up;
  gchar *end;
  gboolean frees_itself;
} Member;

static SoupServer *server;
static SoupWebsocketConnection *line;   /* the gateway's end */
static gchar *url;
static GQueue asked = G_QUEUE_INIT;     /* json_t *: what came to the gateway */
static Gateway *gateway;
static gboolean opened;
static gchar *failure;

/* Until @condition holds; the test's own time limit ends it otherwise. */
#define WAIT_FOR(condition) \
  G_STMT_START { while (!(condition)) g_main_context_iteration (NULL, TRUE); } G_STMT_END

/* --- the gateway ------------------------------------------------------------------------------ */

static void
on_asked (SoupWebsocketConnection * connection, gint type, GBytes * message, gpointer user_data)
{
  gsize size;
  const gchar *text = g_bytes_get_data (message, &size);

  g_queue_push_tail (&asked, json_loadb (text, size, 0, NULL));
}

static void
on_line (SoupServer * soup, SoupServerMessage * message, const gchar * path,
    SoupWebsocketConnection * connection, gpointer user_data)
{
  fail_unless_equals_string (soup_websocket_connection_get_protocol (connection), "janus-protocol");
  line = g_object_ref (connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_asked), NULL);
}

static json_t *
next_asked (void)
{
  WAIT_FOR (!g_queue_is_empty (&asked));
  return g_queue_pop_head (&asked);
}

static const gchar *
text_of (const json_t * object, const gchar * name)
{
  return json_string_value (json_object_get (object, name));
}

static void
say (const gchar * text)
{
  soup_websocket_connection_send_text (line, text);
}

static void G_GNUC_PRINTF (1, 2)
say_formatted (const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  say (text);
  g_free (text);
}

/* @text names its transaction as TRANSACTION. */
static void
say_about (const gchar * text, const gchar * transaction)
{
  GString *about = g_string_new (text);

  g_string_replace (about, "TRANSACTION", transaction, 0);
  say (about->str);
  g_string_free (about, TRUE);
}

static void
answer_with_id (json_t * question, gint64 id)
{
  say_formatted ("{\"janus\": \"success\", \"transaction\": \"%s\", \"data\": {\"id\": %"
      G_GINT64_FORMAT "}}", text_of (question, "transaction"), id);
  json_decref (question);
}

/* --- those who use it ------------------------------------------------------------------------- */

static void
on_opened (gpointer user_data)
{
  opened = TRUE;
}

static void
on_failed (gpointer user_data, const gchar * reason)
{
  if (!failure)
    failure = g_strdup (reason);
}

static const GatewayHandlers gateway_handlers = { on_opened, on_failed };

static void
free_handle (Member * member)
{
  g_clear_pointer (&member->handle, gateway_handle_free);
}

static void
on_attached (gpointer user_data)
{
  Member *member = user_data;

  member->attached = TRUE;
}

static void
on_event (gpointer user_data, json_t * data, json_t * jsep)
{
  Member *member = user_data;
  gchar *text = json_dumps (jsep ? jsep : data, JSON_COMPACT);

  g_ptr_array_add (member->events, g_strdup (text));
  free (text);
  if (member->frees_itself)
    free_handle (member);
}

static void
on_refused (gpointer user_data, gint code, const gchar * reason)
{
  Member *member = user_data;

  member->code = code;
  g_free (member->refusal);
  member->refusal = g_strdup (reason);
  if (member->frees_itself)
    free_handle (member);
}

static void
on_media_up (gpointer user_data)
{
  Member *member = user_data;

  member->media_up = TRUE;
}

static void
on_hung_up (gpointer user_data, const gchar * reason)
{
  Member *member = user_data;

  member->end = g_strdup (reason);
  if (member->frees_itself)
    free_handle (member);
}

static const GatewayHandleHandlers handle_handlers = {
  on_attached, on_event, on_refused, on_media_up, on_hung_up
};

static Member *
attach (gint64 id)
{
  Member *member = g_new0 (Member, 1);

  member->events = g_ptr_array_new_with_free_func (g_free);
  member->handle = gateway_attach (gateway, &handle_handlers, member);
  if (id) {
    answer_with_id (next_asked (), id);
    WAIT_FOR (member->attached);
  }
  return member;
}

static void
member_free (Member * member)
{
  free_handle (member);
  g_ptr_array_unref (member->events);
  g_free (member->refusal);
  g_free (member->end);
  g_free (member);
}

static void
set_up (void)
{
  GatewayAddress address = { NULL, NULL, "a token", "a secret" };
  GError *error = NULL;
  GSList *uris;

  gchar *protocols[] = { (gchar *) "janus-protocol", NULL };

  opened = FALSE;
  server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (server, "/", NULL, protocols, on_line, NULL, NULL);
  fail_unless (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("ws://127.0.0.1:%d/", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  address.url = url;
  gateway = gateway_new (&address, &gateway_handlers, NULL);
}

static void
set_up_session (void)
{
  set_up ();
  answer_with_id (next_asked (), 7);
  WAIT_FOR (opened);
}

static void
tear_down (void)
{
  g_clear_pointer (&gateway, gateway_free);
  g_clear_object (&line);
  g_clear_object (&server);
  g_queue_clear_full (&asked, (GDestroyNotify) json_decref);
  g_clear_pointer (&url, g_free);
  g_clear_pointer (&failure, g_free);
}

/* --- tests ------------------------------------------------------------------------------------ */

GST_START_TEST (test_every_message_names_its_session_and_shows_token_and_secret)
{
  json_t *create = next_asked (), *message;
  gchar *transaction = g_strdup (text_of (create, "transaction"));
  Member *member;

  fail_unless_equals_string (text_of (create, "janus"), "create");
  fail_unless_equals_string (text_of (create, "token"), "a token");
  fail_unless_equals_string (text_of (create, "apisecret"), "a secret");
  fail_unless (json_object_get (create, "session_id") == NULL);
  answer_with_id (create, 9007199254740991);
  WAIT_FOR (opened);

  member = attach (5);
  gateway_handle_request (member->handle, json_pack ("{s:s}", "request", "x"),
      json_pack ("{s:b}", "e2ee", 1));
  message = next_asked ();
  fail_unless_equals_string (text_of (message, "janus"), "message");
  fail_unless_equals_string (text_of (message, "token"), "a token");
  fail_unless_equals_string (text_of (message, "apisecret"), "a secret");
  fail_unless_equals_int64 (json_integer_value (json_object_get (message, "session_id")),
      9007199254740991);
  fail_unless_equals_int64 (json_integer_value (json_object_get (message, "handle_id")), 5);
  fail_unless (json_is_true (json_object_get (json_object_get (message, "jsep"), "e2ee")));
  fail_unless (strcmp (text_of (message, "transaction"), transaction) != 0);
  json_decref (message);
  g_free (transaction);
  member_free (member);
}

GST_END_TEST;

GST_START_TEST (test_answers_find_who_asked_in_whatever_order_they_come)
{
  Member *a = attach (0), *b = attach (0);
  json_t *of_a = next_asked (), *of_b = next_asked ();

  answer_with_id (of_b, 22);
  answer_with_id (of_a, 11);
  WAIT_FOR (a->attached && b->attached);
  say ("{\"janus\": \"event\", \"sender\": 22, \"plugindata\": {\"data\": {\"to\": \"b\"}}}");
  say ("{\"janus\": \"event\", \"sender\": 11, \"plugindata\": {\"data\": {\"to\": \"a\"}},"
      " \"jsep\": {\"type\": \"offer\"}}");
  say ("{\"janus\": \"webrtcup\", \"sender\": 22}");
  WAIT_FOR (a->events->len == 1 && b->events->len == 1 && b->media_up);
  fail_unless_equals_string (g_ptr_array_index (a->events, 0), "{\"type\":\"offer\"}");
  fail_unless_equals_string (g_ptr_array_index (b->events, 0), "{\"to\":\"b\"}");
  fail_if (a->media_up);
  member_free (a);
  member_free (b);
}

GST_END_TEST;

/* What a request may be answered with: TRANSACTION is its own. */
static const struct
{
  const gchar *name;
  const gchar *answer;
  gint code;
  const gchar *reason;
} refusals[] = {
  {"by the gateway", "{\"janus\": \"error\", \"transaction\": \"TRANSACTION\", \"error\":"
        " {\"code\": 456, \"reason\": \"Missing\"}}", 456, "Missing"},
  {"by the room", "{\"janus\": \"event\", \"sender\": 5, \"transaction\": \"TRANSACTION\","
        " \"plugindata\": {\"data\": {\"error_code\": 433, \"error\": \"Unauthorized\"}}}", 433,
        "Unauthorized"},
  {"without a reason", "{\"janus\": \"error\", \"transaction\": \"TRANSACTION\"}", 0,
        "an error without a reason"},
  {"with a reason that writes to the terminal", "{\"janus\": \"error\", \"transaction\":"
        " \"TRANSACTION\", \"error\": {\"code\": 1, \"reason\": \"a\\u001b[2Jb\\nc\"}}", 1,
        "a [2Jb c"},
};

GST_START_TEST (test_a_refusal_reaches_who_asked)
{
  Member *member = attach (5), *other = attach (6);
  json_t *request;

  gateway_handle_request (member->handle, json_object (), NULL);
  request = next_asked ();
  say_about (refusals[__i__].answer, text_of (request, "transaction"));
  json_decref (request);
  WAIT_FOR (member->refusal);
  fail_unless_equals_string (member->refusal, refusals[__i__].reason);
  fail_unless_equals_int (member->code, refusals[__i__].code);
  fail_if (other->refusal);
  fail_if (failure);
  member_free (member);
  member_free (other);
}

GST_END_TEST;

/* What a gateway may say, and no gateway should. */
static const struct
{
  const gchar *name;
  const gchar *text;
} nonsense[] = {
  {"no JSON", "janus"},
  {"half of it", "{\"janus\": \"event\""},
  {"an array", "[\"janus\"]"},
  {"a member twice", "{\"janus\": \"timeout\", \"janus\": \"timeout\"}"},
  {"nothing", "{}"},
  {"a kind that is a number", "{\"janus\": 7}"},
  {"a kind that nobody knows", "{\"janus\": \"hello\", \"sender\": 5}"},
  {"a success that nobody asked for", "{\"janus\": \"success\", \"transaction\": \"99\","
        " \"data\": {\"id\": 5}}"},
  {"a success without a transaction", "{\"janus\": \"success\", \"data\": {\"id\": 8}}"},
  {"an error that nobody asked for", "{\"janus\": \"error\", \"transaction\": \"99\"}"},
  {"an error of nothing", "{\"janus\": \"error\", \"error\": {\"code\": 458}}"},
  {"a transaction that is a number", "{\"janus\": \"error\", \"transaction\": 1}"},
  {"an event of nobody", "{\"janus\": \"event\", \"plugindata\": {\"data\": {\"to\": \"x\"}}}"},
  {"an event of sender 0", "{\"janus\": \"event\", \"sender\": 0, \"plugindata\": {\"data\": {}}}"},
  {"an event of another", "{\"janus\": \"event\", \"sender\": 4, \"plugindata\": {\"data\": {}}}"},
  {"a sender that is a text", "{\"janus\": \"event\", \"sender\": \"5\", \"plugindata\":"
        " {\"data\": {}}}"},
  {"an event without anything", "{\"janus\": \"event\", \"sender\": 5}"},
  {"an event whose data are a list", "{\"janus\": \"event\", \"sender\": 5, \"plugindata\":"
        " {\"data\": []}}"},
  {"a hang-up of nobody", "{\"janus\": \"hangup\", \"sender\": 4}"},
  {"media of nobody", "{\"janus\": \"webrtcup\", \"sender\": 4}"},
};

GST_START_TEST (test_nonsense_is_left)
{
  Member *member = attach (5);

  say (nonsense[__i__].text);
  say ("{\"janus\": \"event\", \"sender\": 5, \"plugindata\": {\"data\": {\"still\": \"there\"}}}");
  WAIT_FOR (member->events->len > 0);
  fail_unless_equals_int (member->events->len, 1);
  fail_unless_equals_string (g_ptr_array_index (member->events, 0), "{\"still\":\"there\"}");
  fail_if (member->refusal);
  fail_if (member->end);
  fail_if (member->media_up);
  fail_if (failure);
  member_free (member);
}

GST_END_TEST;

/* After which the handle is freed by who is told. */
static const gchar *const ends[] = {
  "{\"janus\": \"event\", \"sender\": 5, \"plugindata\": {\"data\": {\"a\": 1}}}",
  "{\"janus\": \"event\", \"sender\": 5, \"plugindata\": {\"data\": {\"error\": \"no\"}}}",
  "{\"janus\": \"hangup\", \"sender\": 5, \"reason\": \"DTLS alert\"}",
  "{\"janus\": \"detached\", \"sender\": 5}",
};

GST_START_TEST (test_who_is_told_may_go_at_once)
{
  Member *member = attach (5);
  json_t *detach;

  member->frees_itself = TRUE;
  gateway_handle_request (member->handle, json_object (), NULL);
  json_decref (next_asked ());
  say (ends[__i__]);
  WAIT_FOR (!member->handle);
  detach = next_asked ();
  fail_unless_equals_string (text_of (detach, "janus"), "detach");
  fail_unless_equals_int64 (json_integer_value (json_object_get (detach, "handle_id")), 5);

  /* It is not told a second time, and that the gateway does not know it any more is no fault. */
  say (ends[__i__]);
  say_formatted ("{\"janus\": \"error\", \"transaction\": \"%s\", \"error\": {\"code\": 459,"
      " \"reason\": \"No such handle\"}}", text_of (detach, "transaction"));
  json_decref (detach);
  member_free (member);
  member = attach (6);
  fail_if (failure);
  member_free (member);
}

GST_END_TEST;

GST_START_TEST (test_who_goes_before_he_is_attached_is_not_told)
{
  Member *member = attach (0);
  json_t *question = next_asked ();

  free_handle (member);
  answer_with_id (question, 5);
  member_free (attach (6));
  fail_if (member->attached);
  member_free (member);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const gchar *text;            /* NULL: the line is closed */
  const gchar *reason;
} failures[] = {
  {"its time is out", "{\"janus\": \"timeout\", \"session_id\": 7}", "ended the session"},
  {"the line is closed", NULL, "closed the line"},
};

GST_START_TEST (test_a_session_that_ends_is_told)
{
  Member *member = attach (5);

  if (failures[__i__].text)
    say (failures[__i__].text);
  else
    soup_websocket_connection_close (line, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  WAIT_FOR (failure);
  fail_unless (strstr (failure, failures[__i__].reason) != NULL);
  member_free (member);
}

GST_END_TEST;

GST_START_TEST (test_a_session_that_is_not_given_is_told)
{
  json_t *create = next_asked ();

  say_formatted ("{\"janus\": \"error\", \"transaction\": \"%s\", \"error\": {\"code\": 403,"
      " \"reason\": \"Unauthorized request (wrong or missing secret/token)\"}}",
      text_of (create, "transaction"));
  json_decref (create);
  WAIT_FOR (failure);
  fail_unless (strstr (failure, "wrong or missing secret") != NULL);
  fail_if (opened);
}

GST_END_TEST;

GST_START_TEST (test_what_people_read_is_short_and_does_nothing_to_a_terminal)
{
  gchar *long_text = g_strnfill (4000, 'x');
  gchar *readable = gateway_readable (long_text);

  fail_unless_equals_int (strlen (readable), 128);
  g_free (readable);
  readable = gateway_readable ("J\xc3\xb6rg \x1b]0;x\x07\xff\n");
  fail_unless (g_utf8_validate (readable, -1, NULL));
  fail_unless (g_str_has_prefix (readable, "J\xc3\xb6rg  ]0;x "));
  g_free (readable);
  g_free (long_text);
}

GST_END_TEST;

static Suite *
janus_gateway_suite (void)
{
  Suite *suite = suite_create ("janus-gateway");
  TCase *beginning = tcase_create ("beginning");
  TCase *session = tcase_create ("session");

  suite_add_tcase (suite, beginning);
  tcase_add_checked_fixture (beginning, set_up, tear_down);
  tcase_add_test (beginning, test_every_message_names_its_session_and_shows_token_and_secret);
  tcase_add_test (beginning, test_a_session_that_is_not_given_is_told);
  tcase_add_test (beginning, test_what_people_read_is_short_and_does_nothing_to_a_terminal);

  suite_add_tcase (suite, session);
  tcase_add_checked_fixture (session, set_up_session, tear_down);
  tcase_add_test (session, test_answers_find_who_asked_in_whatever_order_they_come);
  tcase_add_loop_test (session, test_a_refusal_reaches_who_asked, 0, G_N_ELEMENTS (refusals));
  tcase_add_loop_test (session, test_nonsense_is_left, 0, G_N_ELEMENTS (nonsense));
  tcase_add_loop_test (session, test_who_is_told_may_go_at_once, 0, G_N_ELEMENTS (ends));
  tcase_add_test (session, test_who_goes_before_he_is_attached_is_not_told);
  tcase_add_loop_test (session, test_a_session_that_ends_is_told, 0, G_N_ELEMENTS (failures));
  return suite;
}

GST_CHECK_MAIN (janus_gateway);
