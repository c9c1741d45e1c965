/* The recorder: a file for each public part, and an end only when the sources have ended.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <gst/e2ee/e2ee.h>
#include <glib/gstdio.h>
#include <recorder/recorderbin.h>
#include <string.h>

#define PATIENCE (30 * GST_SECOND)
#define FRAME (20 * GST_MSECOND)

/* A source of pictures or sound of 20 ms, and what its buffers say: a letter each, 'p' public, 's'
 * private. */
typedef struct
{
  const gchar *letters;
  guint n;
} Source;

static GstPadProbeReturn
stamp (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer = info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  Source *source = data;
  guint index = (guint) (GST_BUFFER_PTS (buffer) / FRAME);
  GstE2eeStatus *status = gst_e2ee_status_new (source->letters[index] == 'p' ?
      GST_E2EE_STATE_OFF : GST_E2EE_STATE_ON, NULL, 0);

  gst_buffer_add_e2ee_status_meta (buffer, status, 0, 0);
  gst_e2ee_status_unref (status);
  source->n++;
  return GST_PAD_PROBE_OK;
}

static gchar *folder;

static gchar *
path_of (const gchar * name)
{
  return g_build_filename (folder, name, NULL);
}

static void
setup (void)
{
  folder = g_dir_make_tmp ("recorder-XXXXXX", NULL);
}

static void
teardown (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    gchar *path = path_of (name);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}

static guint
count_files (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

static void
run (GstElement * pipeline, guint * n_parts)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean is_over = FALSE;
  GstElement *recorder;
  guint n = 0;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_over) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, PATIENCE,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

    fail_unless (message != NULL, "the recording does not end");
    fail_unless (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR);
    is_over = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    gst_message_unref (message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  while (TRUE) {
    GstMessage *message = gst_bus_pop (bus);

    if (message == NULL)
      break;
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  recorder = gst_bin_get_by_name (GST_BIN (pipeline), "r");
  g_object_get (recorder, "parts", &n, NULL);
  gst_object_unref (recorder);
  if (n_parts != NULL)
    *n_parts = n;
}

/* The pictures or sounds of a file. */
static guint
count_in (const gchar * name, const gchar * pad)
{
  gchar *path = path_of (name);
  gchar *text = g_strdup_printf ("filesrc location=%s ! matroskademux name=d"
      " d.%s ! fakesink name=sink signal-handoffs=true sync=false", path, pad);
  GstElement *pipeline = gst_parse_launch (text, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  GstStructure *stats;
  guint64 rendered = 0;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS, "%s", name);
  gst_message_unref (message);
  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", &rendered);
  gst_structure_free (stats);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (text);
  g_free (path);
  return (guint) rendered;
}

static GstElement *
make_pipeline (Source * video, Source * audio, const gchar * location)
{
  GString *text = g_string_new (NULL);
  GstElement *pipeline, *element;
  GError *error = NULL;

  g_string_append_printf (text, "e2eerecorder name=r location=%s/%s ", folder, location);
  if (video->letters != NULL)
    g_string_append_printf (text, "videotestsrc name=v num-buffers=%u"
        " ! video/x-raw,format=I420,width=16,height=16,framerate=50/1 ! r.video_0 ",
        (guint) strlen (video->letters));
  if (audio->letters != NULL)
    g_string_append_printf (text, "audiotestsrc name=a num-buffers=%u samplesperbuffer=960"
        " ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! r.audio_0",
        (guint) strlen (audio->letters));
  pipeline = gst_parse_launch (text->str, &error);
  g_assert_no_error (error);
  g_string_free (text, TRUE);
  for (guint i = 0; i < 2; i++) {
    GstPad *pad;

    element = gst_bin_get_by_name (GST_BIN (pipeline), i == 0 ? "v" : "a");
    if (element == NULL)
      continue;
    pad = gst_element_get_static_pad (element, "src");
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp, i == 0 ? video : audio, NULL);
    gst_object_unref (pad);
    gst_object_unref (element);
  }
  return pipeline;
}

/* @sizes: pictures in each file. */
static const struct
{
  const gchar *letters;
  guint n_files;
  guint sizes[4];
} rows[] = {
  {"pppppppppp", 1, {10}},
  {"ssssssssss", 0, {0}},
  {"pppppsssss", 1, {5}},
  {"sssssppppp", 1, {5}},
  {"pppsssppps", 2, {3, 3}},
  {"psppsppps", 3, {1, 2, 3}},
  {"spspspspsp", 5, {1, 1, 1, 1}},
};

GST_START_TEST (test_one_track_makes_a_file_for_each_public_part)
{
  Source video = { rows[__i__].letters, 0 }, audio = { NULL, 0 };
  GstElement *pipeline = make_pipeline (&video, &audio, "part-%03u.mkv");
  guint n_parts;

  run (pipeline, &n_parts);
  gst_object_unref (pipeline);
  fail_unless_equals_int (n_parts, rows[__i__].n_files);
  fail_unless_equals_int (count_files (), rows[__i__].n_files);
  for (guint i = 0; i < MIN (n_parts, 4); i++) {
    gchar *name = g_strdup_printf ("part-%03u.mkv", i);

    fail_unless_equals_int (count_in (name, "video_0"), rows[__i__].sizes[i]);
    g_free (name);
  }
}

GST_END_TEST;

static const struct
{
  const gchar *video;
  const gchar *audio;
} pairs[] = {
  {"ppppppppppsssssssssspppppppppp", "ppppppppppsssssssssspppppppppp"},
  {"ppppppppppsssssssssspppppppppp", "pppppppppppsssssssssspppppppppp"},
  {"ppppppppppssssssssssssssssssss", "ppppppppppsssssssssspppppppppp"},
  {"pppppppppp", "ppppppppppsssssssssspppppppppp"},
  {"pspspspspspspspspspspspspspsps", "pspspspspspspspspspspspspspsps"},
};

GST_START_TEST (test_two_tracks_end_and_every_file_can_be_played)
{
  Source video = { pairs[__i__].video, 0 }, audio = { pairs[__i__].audio, 0 };
  GstElement *pipeline = make_pipeline (&video, &audio, "part-%03u.mkv");
  guint n_parts;

  run (pipeline, &n_parts);
  gst_object_unref (pipeline);
  fail_unless (n_parts > 0);
  fail_unless_equals_int (count_files (), n_parts);
  for (guint i = 0; i < n_parts; i++) {
    gchar *name = g_strdup_printf ("part-%03u.mkv", i);
    gchar *path = path_of (name);
    GStatBuf info;

    fail_unless_equals_int (g_stat (path, &info), 0);
    fail_unless (info.st_size > 0);
    g_free (path);
    g_free (name);
  }
}

GST_END_TEST;

static const struct
{
  const gchar *pattern;
  const gchar *first;
  const gchar *second;
} names[] = {
  {"a-%03u.mkv", "a-000.mkv", "a-001.mkv"},
  {"a-%u.mkv", "a-0.mkv", "a-1.mkv"},
  {"a%2d.mkv", "a 0.mkv", "a 1.mkv"},
  {"a.mkv", "a.mkv", "a.mkv.1"},
  {"a-%s.mkv", "a-%s.mkv.0", "a-%s.mkv.1"},
  {"a-%n%u.mkv", "a-%n%u.mkv.0", "a-%n%u.mkv.1"},
};

GST_START_TEST (test_a_name_is_no_format_string)
{
  Source video = { "psp", 0 }, audio = { NULL, 0 };
  GstElement *pipeline = make_pipeline (&video, &audio, "x");
  GstElement *recorder = gst_bin_get_by_name (GST_BIN (pipeline), "r");
  gchar *pattern = path_of (names[__i__].pattern), *first = path_of (names[__i__].first);
  gchar *second = path_of (names[__i__].second);

  g_object_set (recorder, "location", pattern, NULL);
  run (pipeline, NULL);
  fail_unless (g_file_test (first, G_FILE_TEST_EXISTS), "%s", first);
  fail_unless (g_file_test (second, G_FILE_TEST_EXISTS), "%s", second);
  g_free (pattern);
  g_free (first);
  g_free (second);
  gst_object_unref (recorder);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_a_place_that_cannot_be_written_is_an_error)
{
  Source video = { "ppp", 0 }, audio = { NULL, 0 };
  GstElement *pipeline = make_pipeline (&video, &audio, "nowhere/part.mkv");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_it_can_be_stopped_at_any_time_and_used_again)
{
  Source video = { "pppppppppppppppppppppppppppppp", 0 }, audio = { NULL, 0 };
  GstElement *pipeline = make_pipeline (&video, &audio, "part-%03u.mkv");

  for (guint i = 0; i < 5; i++) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    while (*(volatile guint *) &video.n < i)
      g_thread_yield ();
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
  run (pipeline, NULL);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
recorder_suite (void)
{
  Suite *s = suite_create ("recorder");
  TCase *tc = tcase_create ("recorder");

  e2ee_recorder_register ();
  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, test_one_track_makes_a_file_for_each_public_part, 0,
      G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_two_tracks_end_and_every_file_can_be_played, 0,
      G_N_ELEMENTS (pairs));
  tcase_add_loop_test (tc, test_a_name_is_no_format_string, 0, G_N_ELEMENTS (names));
  tcase_add_test (tc, test_a_place_that_cannot_be_written_is_an_error);
  tcase_add_test (tc, test_it_can_be_stopped_at_any_time_and_used_again);
  return s;
}

GST_CHECK_MAIN (recorder);
