/* Branches behind gates: they close when the meeting is encrypted, and open again.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include <gst/rtp/rtp.h>

#define GATE(name) " t. ! e2eepolicy name=" name " feature=" name " meeting=stage-Bob ! " STAGE_SINK

#define VIDEO_TAIL "shieldoverlay name=shield ! tee name=t ! " STAGE_SINK GATE ("recording") \
    GATE ("streaming") GATE ("breakout") GATE ("whiteboard") GATE ("sip-h323")
#define AUDIO_TAIL "tee name=t ! " STAGE_SINK GATE ("transcription") GATE ("captions") \
    GATE ("notes") GATE ("pstn")

static const struct
{
  const gchar *feature;
  Kind kind;
} gates[] = {
  {"transcription", AUDIO},
  {"captions", AUDIO},
  {"breakout", VIDEO},
  {"notes", AUDIO},
  {"whiteboard", VIDEO},
  {"recording", VIDEO},
  {"streaming", VIDEO},
  {"pstn", AUDIO},
  {"sip-h323", VIDEO},
};

static const StagePlan plan = {.names = "Alice Bob",.video_tail = VIDEO_TAIL,
  .audio_tail = AUDIO_TAIL
};

static GstElement *
find_gate (Stage * stage, guint row)
{
  Inlet *inlet = &stage->actors[1].in[0][gates[row].kind];
  GstElement *gate = gst_bin_get_by_name (GST_BIN (inlet->bin), gates[row].feature);

  fail_unless (gate != NULL);
  gst_object_unref (gate);
  return gate;
}

static gboolean
is_open (GstElement * gate)
{
  gboolean open;

  g_object_get (gate, "open", &open, NULL);
  return open;
}

static gboolean
has_posted (Stage * stage, guint row, const gchar * what)
{
  gchar *line = g_strdup_printf ("gate %s %s", gates[row].feature, what);
  gboolean found = stage_posted (stage, 1, line);

  g_free (line);
  return found;
}

GST_START_TEST (test_every_branch_closes_at_on_and_opens_again_at_off)
{
  Stage *stage = stage_new (&plan);
  guint64 passed[G_N_ELEMENTS (gates)];

  stage_join_all (stage);
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (gates); i++) {
      fail_unless (is_open (find_gate (stage, i)), "%s is closed while off", gates[i].feature);
      passed[i] = stage_stat (find_gate (stage, i), "passed");
      fail_unless (passed[i] > 0, "%s has passed nothing", gates[i].feature);
    }
    stage_forget (stage);
    stage_turn (stage, TRUE, STAGE_SECOND);
    for (guint i = 0; i < G_N_ELEMENTS (gates); i++) {
      fail_if (is_open (find_gate (stage, i)), "%s is open while on", gates[i].feature);
      fail_unless (has_posted (stage, i, "closed switching") || has_posted (stage, i, "closed on")
          || has_posted (stage, i, "closed together"), "%s does not tell", gates[i].feature);
      /* What was clear and came before the host pressed. */
      fail_unless_equals_uint64 (stage_stat (find_gate (stage, i), "passed"), passed[i]);
      fail_unless_equals_uint64 (stage_stat (find_gate (stage, i), "passed-on"), 0);
    }
    stage_check_all_shown (stage);
    stage_turn (stage, FALSE, STAGE_SECOND);
    for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
      fail_unless (has_posted (stage, i, "open off"), "%s does not tell", gates[i].feature);
  }
  stage_free (stage);
}

GST_END_TEST;

static void
allow_recording (Stage * stage, gboolean allowed)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_feature (stage_meeting (stage, 0),
          GST_E2EE_FEATURE_RECORDING, allowed, NULL, &error), "%s", error ? error->message : "");
  stage_step (stage, STAGE_SECOND);
}

static void
check_only_recording_is_open (Stage * stage, gboolean open)
{
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    fail_unless_equals_int (is_open (find_gate (stage, i)),
        open && g_str_equal (gates[i].feature, "recording"));
}

GST_START_TEST (test_what_the_host_allows_stays_open_while_on_and_only_that)
{
  Stage *stage = stage_new (&plan);

  stage_join_all (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  check_only_recording_is_open (stage, FALSE);
  allow_recording (stage, TRUE);
  check_only_recording_is_open (stage, TRUE);
  fail_unless (stage_posted (stage, 1, "gate recording open on"));
  allow_recording (stage, FALSE);
  check_only_recording_is_open (stage, FALSE);
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_free (stage);
}

GST_END_TEST;

/* ---- a telephone that a member connects ---- */

typedef struct
{
  GstElement *pipeline;
  GstPad *entry;
  guint n_made, n_sent;
} Phone;

static GstPadProbeReturn
on_sent (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  ((Phone *) user_data)->n_sent++;
  return GST_PAD_PROBE_OK;
}

/* What is said on the telephone, into the meeting: in a pipeline of its own, so that no other gate closes
 * this one. */
static void
phone_init (Phone * phone, Actor * actor, const gchar * feature)
{
  gchar *description = g_strdup_printf ("e2eepolicy feature=%s source=capture meeting=%s ! "
      "opusenc ! rtpopuspay ! e2eeenc meeting=%s stream-kind=%s stream-label=telephone ! identity "
      "name=line ! " STAGE_SINK, feature, actor->name, actor->name, feature);
  GstElement *bin, *line;
  GstCaps *caps = gst_caps_from_string (FILM_AUDIO_CAPS);
  GstSegment segment;
  GstPad *pad;

  memset (phone, 0, sizeof *phone);
  phone->pipeline = gst_pipeline_new ("telephone");
  gst_pipeline_use_clock (GST_PIPELINE (phone->pipeline), actor->clock);
  gst_element_set_start_time (phone->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (phone->pipeline, gst_element_get_base_time (actor->pipeline));
  bin = gst_parse_bin_from_description (description, TRUE, NULL);
  fail_unless (bin != NULL);
  line = gst_bin_get_by_name (GST_BIN (bin), "line");
  pad = gst_element_get_static_pad (line, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_sent,
      phone, NULL);
  gst_object_unref (pad);
  gst_object_unref (line);
  gst_bin_add (GST_BIN (phone->pipeline), bin);
  phone->entry = gst_pad_new ("entry", GST_PAD_SRC);
  pad = gst_element_get_static_pad (bin, "sink");
  fail_unless_equals_int (gst_pad_link (phone->entry, pad), GST_PAD_LINK_OK);
  gst_object_unref (pad);
  fail_unless_equals_int (gst_element_set_state (phone->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_set_active (phone->entry, TRUE);
  gst_pad_push_event (phone->entry, gst_event_new_stream_start ("telephone"));
  gst_pad_push_event (phone->entry, gst_event_new_caps (caps));
  gst_pad_push_event (phone->entry, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  g_free (description);
}

static void
phone_clear (Phone * phone)
{
  gst_element_set_state (phone->pipeline, GST_STATE_NULL);
  gst_object_unref (phone->pipeline);
  gst_object_unref (phone->entry);
}

/* Speaks for a second; how much of that was sent. */
static guint
phone_speak (Phone * phone, Stage * stage)
{
  guint before = 0;

  /* The first sound tells the encoder's, which may keep one back. */
  for (guint i = 0; i < 2 * STAGE_SECOND; i++) {
    GstBuffer *sound = film_sound (5, phone->n_made++);

    if (i == 4)
      before = phone->n_sent;
    GST_BUFFER_PTS (sound) = stage->at * STAGE_STEP_MS * GST_MSECOND + i % 2 * FILM_SOUND_MS
        * GST_MSECOND;
    fail_unless_equals_int (gst_pad_push (phone->entry, sound), GST_FLOW_OK);
    if (i % 2 == 1)
      stage_step (stage, 1);
  }
  return phone->n_sent - before;
}

static guint
count_streams_of_kind (Stage * stage, guint by, GstE2eeStreamKind kind)
{
  GList *members = gst_e2ee_meeting_list_members (stage_meeting (stage, by));
  guint n = 0;

  for (GList * walk = members; walk; walk = walk->next) {
    GList *streams = gst_e2ee_member_list_streams (walk->data);

    for (GList * s = streams; s; s = s->next)
      n += gst_e2ee_stream_info_get_kind (s->data) == kind;
    g_list_free_full (streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
  }
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return n;
}

static void
check_phone (const gchar * feature, GstE2eeStreamKind kind, guint row)
{
  Stage *stage = stage_new (&plan);
  Phone phone;

  stage_join_all (stage);
  phone_init (&phone, &stage->actors[1], feature);
  stage_step (stage, 2);
  for (guint round = 0; round < 2; round++) {
    guint64 passed;

    fail_unless_equals_int (count_streams_of_kind (stage, 0, kind), 1);
    fail_unless_equals_int (count_streams_of_kind (stage, 1, kind), 1);
    fail_unless (phone_speak (&phone, stage) > STAGE_SECOND, "%s says nothing while off", feature);
    stage_turn (stage, TRUE, STAGE_SECOND);
    fail_unless_equals_int (count_streams_of_kind (stage, 0, kind), 0);
    fail_unless_equals_int (count_streams_of_kind (stage, 1, kind), 0);
    passed = stage_stat (find_gate (stage, row), "passed");
    fail_unless_equals_int (phone_speak (&phone, stage), 0);
    fail_unless_equals_uint64 (stage_stat (find_gate (stage, row), "passed"), passed);
    stage_turn (stage, FALSE, STAGE_SECOND);
  }
  fail_unless (phone_speak (&phone, stage) > STAGE_SECOND);
  fail_unless (is_open (find_gate (stage, row)));
  phone_clear (&phone);
  stage_free (stage);
}

GST_START_TEST (test_a_telephone_neither_hears_nor_speaks_while_on)
{
  check_phone ("pstn", GST_E2EE_STREAM_KIND_PSTN, 7);
}

GST_END_TEST;

GST_START_TEST (test_a_room_system_neither_sees_nor_speaks_while_on)
{
  check_phone ("sip-h323", GST_E2EE_STREAM_KIND_SIP_H323, 8);
}

GST_END_TEST;

static Suite *
meeting_gates_suite (void)
{
  Suite *s = suite_create ("meeting-gates");
  TCase *tc = tcase_create ("meeting-gates");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_every_branch_closes_at_on_and_opens_again_at_off);
  tcase_add_test (tc, test_what_the_host_allows_stays_open_while_on_and_only_that);
  tcase_add_test (tc, test_a_telephone_neither_hears_nor_speaks_while_on);
  tcase_add_test (tc, test_a_room_system_neither_sees_nor_speaks_while_on);
  return s;
}

GST_CHECK_MAIN (meeting_gates);
