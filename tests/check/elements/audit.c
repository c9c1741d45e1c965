/* The audit: where decrypted media of a pipeline can go.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"
#include "room.h"

#include <gst/e2ee/audit.h>
#include <string.h>

/* @findings: "element:kind" with blanks between, in the order in which they are found. */
static const struct
{
  const gchar *pipeline;
  const gchar *findings;
} pipelines[] = {
  {"fakesrc ! filesink name=file location=/dev/null", ""},
  {"fakesrc ! e2eedec", ""},
  {"fakesrc ! e2eedec ! filesink name=file location=/dev/null", "file:ungated"},
  {"fakesrc ! e2eedec ! e2eepolicy ! filesink name=file location=/dev/null", ""},
  {"fakesrc ! e2eedec ! queue ! identity ! e2eepolicy ! filesink location=/dev/null", ""},
  {"fakesrc ! e2eedec ! e2eeenc ! filesink location=/dev/null", ""},
  {"fakesrc ! e2eedec ! fakesink name=f", "f:discard"},
  {"fakesrc ! e2eedec ! fakesink name=f signal-handoffs=true", "f:ungated"},
  {"fakesrc ! e2eedec ! fakesink name=f dump=true", "f:ungated"},
  {"fakesrc ! e2eedec ! appsink name=app", "app:ungated"},
  {"fakesrc ! e2eedec ! fdsink name=fd", "fd:ungated"},
  {"fakesrc ! e2eedec ! udpsink name=udp", "udp:ungated"},
  {"fakesrc ! e2eedec ! multiudpsink name=udp", "udp:ungated"},
  {"fakesrc ! e2eedec ! shmsink name=shm", "shm:ungated"},
  {"fakesrc ! e2eedec ! intervideosink name=inter", "inter:ungated"},
  {"fakesrc ! e2eedec ! v4l2sink name=camera", "camera:ungated"},
  {"fakesrc ! e2eedec ! kmssink name=screen", "screen:display"},
  {"fakesrc ! e2eedec ! osssink name=speaker", "speaker:display"},
  /* Tees, before and behind the gate. */
  {"fakesrc ! e2eedec ! tee name=t ! queue ! fakesink name=show  t. ! queue ! filesink name=file"
        " location=/dev/null", "show:discard file:ungated"},
  {"fakesrc ! e2eedec ! tee name=t ! queue ! fakesink name=show  t. ! queue ! e2eepolicy"
        " ! filesink name=file location=/dev/null", "show:discard"},
  {"fakesrc ! e2eedec ! e2eepolicy ! tee name=t ! queue ! filesink name=one location=/dev/null"
        "  t. ! queue ! filesink name=two location=/dev/null", ""},
  /* Bins within bins, into them and out of them. */
  {"fakesrc ! e2eedec ! bin.( queue ! filesink name=file location=/dev/null )", "file:ungated"},
  {"fakesrc ! e2eedec ! bin.( queue ! bin.( identity ! e2eepolicy ) ! queue )"
        " ! filesink name=file location=/dev/null", ""},
  {"bin.( fakesrc ! e2eedec ) ! bin.( queue ) ! bin.( bin.( filesink name=file"
        " location=/dev/null ) )", "file:ungated"},
  /* Request pads: one branch of a muxer is not gated. */
  {"matroskamux name=mux ! filesink name=file location=/dev/null"
        "  fakesrc ! e2eedec ! e2eepolicy ! mux.video_0  fakesrc ! e2eedec ! mux.audio_0",
      "file:ungated"},
  {"matroskamux name=mux ! filesink name=file location=/dev/null"
        "  fakesrc ! e2eedec ! e2eepolicy ! mux.video_0  fakesrc ! e2eedec ! e2eepolicy"
        " ! mux.audio_0", ""},
  {"fakesrc ! e2eedec ! splitmuxsink name=split location=/dev/null", "split:ungated"},
  /* A relay sends what it has decrypted. */
  {"webrtcbin name=w  fakesrc ! e2eedec ! application/x-rtp,media=audio,encoding-name=OPUS,"
        "payload=97,clock-rate=48000 ! w.", "w:ungated"},
  /* Two ways to one sink are one finding. */
  {"fakesrc ! e2eedec ! tee name=t ! queue ! f.  t. ! queue ! f.  funnel name=f"
        " ! filesink name=file location=/dev/null", "file:ungated"},
};

static gchar *
describe (GList * findings)
{
  GString *text = g_string_new (NULL);

  for (GList * l = findings; l != NULL; l = l->next) {
    gchar *name = g_path_get_basename (gst_structure_get_string (l->data, "element"));
    gchar **words = g_strsplit (name, ":", 2);

    fail_unless (gst_structure_has_name (l->data, "e2ee-audit"));
    fail_unless (gst_structure_get_string (l->data, "decryptor") != NULL);
    fail_unless (gst_structure_get_string (l->data, "klass") != NULL);
    g_string_append_printf (text, "%s%s:%s", text->len > 0 ? " " : "",
        words[1] != NULL ? words[1] : words[0], gst_structure_get_string (l->data, "kind"));
    g_strfreev (words);
    g_free (name);
  }
  return g_string_free (text, FALSE);
}

GST_START_TEST (test_an_audit_finds_every_sink_without_a_gate)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (pipelines[__i__].pipeline, &error);
  GList *findings;
  gchar *text;

  fail_unless (error == NULL, "%s: %s", pipelines[__i__].pipeline,
      error != NULL ? error->message : "");
  if (!GST_IS_BIN (pipeline)) {
    GstElement *element = pipeline;

    pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (pipeline), element);
  }
  findings = gst_e2ee_policy_audit (GST_BIN (pipeline));
  text = describe (findings);
  fail_unless (g_str_equal (text, pipelines[__i__].findings), "%s: \"%s\" and not \"%s\"",
      pipelines[__i__].pipeline, text, pipelines[__i__].findings);
  fail_unless_equals_int (gst_e2ee_policy_count_faults (findings),
      strstr (text, "ungated") != NULL);
  g_list_free_full (findings, (GDestroyNotify) gst_structure_free);
  g_free (text);
  gst_object_unref (pipeline);
}

GST_END_TEST;

/* -- While media flows -- */

/* A gate and, beside it, a decryptor from which nothing comes. */
typedef struct
{
  GstElement *pipeline;
  Gate gate;
} Scene;

static Scene
scene_new (const gchar * branch, const gchar * properties)
{
  GError *error = NULL;
  Scene scene;

  scene.pipeline = gst_object_ref_sink (gst_parse_launch (branch, &error));
  g_assert_no_error (error);
  scene.gate = gate_new_in (GST_BIN (scene.pipeline), RAW, properties);
  return scene;
}

static void
scene_free (Scene * scene)
{
  gate_free (&scene->gate);
  gst_object_unref (scene->pipeline);
}

static void
expect_audit (Gate * gate, const gchar * ungated)
{
  GstMessage *message = gst_bus_pop_filtered (gate->bus, GST_MESSAGE_ELEMENT);
  const GValue *value;
  gchar **paths, *text;

  fail_unless (message != NULL && gst_message_has_name (message, "e2ee-audit"));
  value = gst_structure_get_value (gst_message_get_structure (message), "ungated");
  paths = g_value_get_boxed (value);
  text = g_strjoinv (" ", paths);
  fail_unless (g_str_has_suffix (text, ungated), "%s", text);
  g_free (text);
  gst_message_unref (message);
}

#define UNGATED "fakesrc ! e2eedec ! tee name=tee allow-not-linked=true" \
    " tee. ! queue ! appsink name=app  fakesrc ! fakesink"
#define CLEAN "fakesrc ! e2eedec ! tee name=tee allow-not-linked=true  fakesrc ! fakesink"

GST_START_TEST (test_warn_says_once_which_sink_has_no_gate)
{
  Scene scene = scene_new (UNGATED, "audit=warn");
  GstMessage *warning;

  push (&scene.gate, make (GST_E2EE_STATE_OFF, 0));
  push (&scene.gate, make (GST_E2EE_STATE_OFF, 1));
  expect_audit (&scene.gate, "GstAppSink:app");
  warning = gst_bus_pop_filtered (scene.gate.bus, GST_MESSAGE_WARNING);
  fail_unless (warning != NULL);
  gst_message_unref (warning);
  expect_message (&scene.gate, TRUE, "off", 0);
  fail_unless (gst_bus_pop (scene.gate.bus) == NULL);
  scene_free (&scene);
}

GST_END_TEST;

GST_START_TEST (test_error_lets_nothing_through)
{
  Scene scene = scene_new (UNGATED, "audit=error");
  GstMessage *error;

  push (&scene.gate, make (GST_E2EE_STATE_OFF, 0));
  fail_if (is_open (&scene.gate));
  expect_audit (&scene.gate, "GstAppSink:app");
  error = gst_bus_pop_filtered (scene.gate.bus, GST_MESSAGE_ERROR);
  fail_unless (error != NULL);
  gst_message_unref (error);
  expect_message (&scene.gate, FALSE, "audit", 0);
  fail_unless_equals_uint64 (counter (&scene.gate, "dropped-audit"), 1);
  scene_free (&scene);
}

GST_END_TEST;

GST_START_TEST (test_a_clean_pipeline_says_nothing)
{
  Scene scene = scene_new (CLEAN, "audit=error");

  push (&scene.gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&scene.gate, TRUE, "off", 0);
  expect_no_message (&scene.gate);
  scene_free (&scene);
}

GST_END_TEST;

GST_START_TEST (test_off_looks_at_nothing)
{
  Scene scene = scene_new (UNGATED, "audit=off");

  push (&scene.gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&scene.gate, TRUE, "off", 0);
  expect_no_message (&scene.gate);
  scene_free (&scene);
}

GST_END_TEST;

GST_START_TEST (test_a_branch_that_is_added_later_is_found_before_the_next_buffer)
{
  Scene scene = scene_new (CLEAN, "audit=error");
  GstElement *tee = gst_bin_get_by_name (GST_BIN (scene.pipeline), "tee");
  GstElement *app = gst_element_factory_make ("appsink", "late");

  push (&scene.gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&scene.gate, TRUE, "off", 0);
  gst_bin_add (GST_BIN (scene.pipeline), app);
  push (&scene.gate, make (GST_E2EE_STATE_OFF, 1));
  expect_no_message (&scene.gate);
  fail_unless (gst_element_link (tee, app));
  push (&scene.gate, make (GST_E2EE_STATE_OFF, 2));
  expect_audit (&scene.gate, "GstAppSink:late");
  expect_message (&scene.gate, FALSE, "audit", 0);

  /* And once it is gone media goes on. */
  gst_element_unlink (tee, app);
  gst_bin_remove (GST_BIN (scene.pipeline), app);
  gst_bin_add (GST_BIN (scene.pipeline), gst_element_factory_make ("identity", NULL));
  g_object_set (scene.gate.h->element, "audit", 1, NULL);
  push (&scene.gate, make (GST_E2EE_STATE_OFF, 3));
  fail_unless (is_open (&scene.gate));
  gst_object_unref (tee);
  scene_free (&scene);
}

GST_END_TEST;

GST_START_TEST (test_the_decryptor_finds_that_the_gate_was_forgotten)
{
  static const gchar *const ends[] = { "fakesink dump=true", "e2eepolicy ! fakesink dump=true" };
  Room *room = room_new ("Alice", GST_E2EE_FLOOR_ALLOW);
  gchar *text = g_strdup_printf ("audiotestsrc num-buffers=5 ! opusenc ! e2eedec name=dec"
      " audit=error ! %s async=false", ends[__i__]);
  GstElement *pipeline = gst_parse_launch (text, NULL);
  GstElement *decryptor = gst_bin_get_by_name (GST_BIN (pipeline), "dec");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstContext *context;
  GstMessage *message;
  GError *error;

  /* Encryption is off: everything passes the decryptor as it is. */
  room_join (room);
  context = gst_context_new_e2ee_meeting (room->people[0].meeting);
  gst_element_set_context (decryptor, context);
  gst_context_unref (context);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND,
      GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message != NULL);
  if (__i__ == 0) {
    gst_message_parse_error (message, &error, NULL);
    fail_unless (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT));
    fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT (decryptor));
    g_error_free (error);
  } else {
    fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  }
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (decryptor);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (text);
  room_free (room);
}

GST_END_TEST;

static Suite *
audit_suite (void)
{
  Suite *s = suite_create ("audit");
  TCase *tc = tcase_create ("audit");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_an_audit_finds_every_sink_without_a_gate, 0,
      G_N_ELEMENTS (pipelines));
  tcase_add_test (tc, test_warn_says_once_which_sink_has_no_gate);
  tcase_add_test (tc, test_error_lets_nothing_through);
  tcase_add_test (tc, test_a_clean_pipeline_says_nothing);
  tcase_add_test (tc, test_off_looks_at_nothing);
  tcase_add_test (tc, test_a_branch_that_is_added_later_is_found_before_the_next_buffer);
  tcase_add_loop_test (tc, test_the_decryptor_finds_that_the_gate_was_forgotten, 0, 2);
  return s;
}

GST_CHECK_MAIN (audit);
