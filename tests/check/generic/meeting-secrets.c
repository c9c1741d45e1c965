/* A meeting with media, for secrets.sh: says everything that it has to say, and tells the script what
 * must not be in it.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * usage: meeting-secrets FOLDER
 *
 * Writes FOLDER/join-secret, FOLDER/device-key and FOLDER/base-key-N, the bytes themselves; everything else, on
 * the standard output, in logs and in dot files, must be free of them. */
#include "room.h"

#include <string.h>

static const gchar *folder;

static void
write_secret (const gchar * name, gconstpointer data, gsize size)
{
  gchar *path = g_build_filename (folder, name, NULL);

  fail_unless (g_file_set_contents (path, data, size, NULL));
  g_free (path);
}

static void
write_base_keys (GstE2eeMeeting * meeting)
{
  static guint n = 0;
  GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (meeting),
      GST_E2EE_KEY_USAGE_DECRYPT);

  fail_unless (keys != NULL);
  for (GList * link = keys; link; link = link->next) {
    gchar *name = g_strdup_printf ("base-key-%u", n++);
    gsize size;
    const guint8 *secret = gst_e2ee_key_peek_base_key (link->data, &size);

    write_secret (name, secret, size);
    g_free (name);
  }
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
}

static void
write_device_key (const gchar * key_file)
{
  gchar *text, *d, *padded;
  guchar *bytes;
  gsize size;

  fail_unless (g_file_get_contents (key_file, &text, NULL, NULL));
  d = strstr (text, "\"d\":\"") + strlen ("\"d\":\"");
  *strchr (d, '"') = '\0';
  padded = g_strconcat (g_strdelimit (g_strdelimit (d, "-", '+'), "_", '/'), "=", NULL);
  bytes = g_base64_decode (padded, &size);
  fail_unless_equals_int (size, 32);
  write_secret ("device-key", bytes, size);
  g_free (bytes);
  g_free (padded);
  g_free (text);
}

/* What gst-launch -v and a dot file would show, and what a program may ask for. */
static void
print_properties (GObject * object)
{
  guint n;
  GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;
    gchar *text;

    if (!(specs[i]->flags & G_PARAM_READABLE))
      continue;
    g_value_init (&value, specs[i]->value_type);
    g_object_get_property (object, specs[i]->name, &value);
    text = g_strdup_value_contents (&value);
    g_print ("%s: %s\n", specs[i]->name, text);
    g_free (text);
    text = gst_value_serialize (&value);
    g_print ("%s: %s\n", specs[i]->name, text ? text : "-");
    g_free (text);
    g_value_unset (&value);
  }
  g_free (specs);
}

static void
print_log_line (GstE2eeMeeting * meeting, const gchar * line, gpointer data)
{
  g_print ("%s\n", line);
}

static void
run_call (Room * room)
{
  GstElement *pipeline = gst_parse_launch ("videotestsrc num-buffers=4 ! "
      "video/x-raw,width=64,height=48 ! vp8enc deadline=1 ! rtpvp8pay ! e2eeenc name=enc ! "
      "e2eedec name=dec ! rtpvp8depay ! vp8dec ! shieldoverlay ! fakesink", NULL);
  GstElement *enc = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  GstElement *dec = gst_bin_get_by_name (GST_BIN (pipeline), "dec");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  g_object_set (enc, "key-provider", room->people[0].meeting, NULL);
  g_object_set (dec, "key-provider", room->people[1].meeting, NULL);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  room_settle (room);
  write_base_keys (room->people[1].meeting);
  GST_DEBUG_BIN_TO_DOT_FILE (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL, "meeting");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  do {
    message = gst_bus_timed_pop (bus, GST_CLOCK_TIME_NONE);
    if (gst_message_get_structure (message)) {
      gchar *text = gst_structure_to_string (gst_message_get_structure (message));

      g_print ("%s\n", text);
      g_free (text);
    }
    fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      bus = (gst_object_unref (bus), NULL);
    gst_message_unref (message);
  } while (bus);
  print_properties (G_OBJECT (enc));
  print_properties (G_OBJECT (dec));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (enc);
  gst_object_unref (dec);
  gst_object_unref (pipeline);
}

GST_START_TEST (test_everything_is_said)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);

  write_secret ("join-secret", room->join_secret, sizeof room->join_secret);
  write_device_key (room->people[0].key_file);
  g_signal_connect (room->people[0].meeting, "log-line", G_CALLBACK (print_log_line), NULL);
  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  run_call (room);
  fail_unless (gst_e2ee_meeting_request_rekey (room->people[0].meeting, NULL, NULL));
  room_settle (room);
  print_properties (G_OBJECT (room->people[0].meeting));
  room_turn (room, FALSE);
  for (guint i = 0; i < room->n_people; i++)
    g_print ("%s\n", room->people[i].told->str);
  room_free (room);
}

GST_END_TEST;

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("meeting-secrets");
  TCase *tc = tcase_create ("meeting-secrets");
  SRunner *runner;
  int n_failed;

  folder = argv[1];
  argc = 1;
  gst_check_init (&argc, &argv);
  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_everything_is_said);
  runner = srunner_create (suite);
  srunner_set_fork_status (runner, CK_NOFORK);
  srunner_run_all (runner, CK_NORMAL);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return n_failed != 0;
}
