/* The audit: where decrypted media of a pipeline can go.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <gst/e2ee/audit.h>

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

static Suite *
audit_suite (void)
{
  Suite *s = suite_create ("audit");
  TCase *tc = tcase_create ("audit");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_an_audit_finds_every_sink_without_a_gate, 0,
      G_N_ELEMENTS (pipelines));
  return s;
}

GST_CHECK_MAIN (audit);
