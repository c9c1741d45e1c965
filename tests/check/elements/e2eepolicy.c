/* e2eepolicy: what passes the gate, what does not, and what it says about it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video.h>
#include <glib/gstdio.h>
#include <string.h>

#define FRAME (20 * GST_MSECOND)
#define NO_STATE ((GstE2eeState) -1)
#define RAW "video/x-raw,format=GRAY8,width=4,height=4,framerate=50/1"
#define AUDIO "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
#define VP8 "video/x-vp8,width=4,height=4,framerate=50/1"
#define RTP_VP8 "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96"
#define RTP_H264 "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96"
#define RTP_OPUS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=97"

/* One gate between two pads, and the messages it posted. */
typedef struct
{
  GstHarness *h;
  GstBus *bus;
} Gate;

static Gate
gate_new (const gchar * caps)
{
  Gate gate = { gst_harness_new ("e2eepolicy"), gst_bus_new () };

  gst_element_set_bus (gate.h->element, gate.bus);
  if (caps != NULL)
    gst_harness_set_src_caps_str (gate.h, caps);
  return gate;
}

static void
gate_free (Gate * gate)
{
  gst_element_set_bus (gate->h->element, NULL);
  gst_harness_teardown (gate->h);
  gst_bus_set_flushing (gate->bus, TRUE);
  gst_object_unref (gate->bus);
}

static GstBuffer *
stamp (GstBuffer * buffer, GstE2eeState state, guint index)
{
  GST_BUFFER_PTS (buffer) = index * FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  if (state != NO_STATE) {
    GstE2eeStatus *status = gst_e2ee_status_new (state, "alice", 7);

    gst_buffer_add_e2ee_status_meta (buffer, status, 1, index);
    gst_e2ee_status_unref (status);
  }
  return buffer;
}

/* The byte tells the state, the offset the place. */
static GstBuffer *
make (GstE2eeState state, guint index)
{
  guint8 *data = g_malloc (16);
  GstBuffer *buffer;

  memset (data, state == GST_E2EE_STATE_OFF ? 'P' : 'S', 16);
  buffer = gst_buffer_new_wrapped (data, 16);
  GST_BUFFER_OFFSET (buffer) = index;
  return stamp (buffer, state, index);
}

static GstBuffer *
make_delta (GstE2eeState state, guint index)
{
  GstBuffer *buffer = make (state, index);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

/* A VP8 packet: @start with the S bit, @key by the P bit of the frame's first byte. */
static GstBuffer *
make_rtp (GstE2eeState state, guint index, gboolean start, gboolean key)
{
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (32, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 *payload;

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, 1000 + index);
  payload = gst_rtp_buffer_get_payload (&rtp);
  memset (payload, 0x55, 32);
  payload[0] = start ? 0x10 : 0x00;
  payload[1] = key ? 0x00 : 0x01;
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_OFFSET (buffer) = index;
  return stamp (buffer, state, index);
}

static void
push (Gate * gate, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (gate->h, buffer), GST_FLOW_OK);
}

static guint64
counter (Gate * gate, const gchar * name)
{
  GstStructure *stats;
  guint64 value = G_MAXUINT64;

  g_object_get (gate->h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_has_name (stats, "application/x-e2ee-policy-stats"));
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no counter %s", name);
  gst_structure_free (stats);
  return value;
}

static gboolean
is_open (Gate * gate)
{
  gboolean open;

  g_object_get (gate->h->element, "open", &open, NULL);
  return open;
}

/* Pops the next message and compares what it says. */
static void
expect_message (Gate * gate, gboolean open, const gchar * reason, guint64 dropped)
{
  GstMessage *message = gst_bus_pop_filtered (gate->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *s;
  gboolean is_open = !open;
  guint64 epoch, running_time, kept_back = G_MAXUINT64;

  fail_unless (message != NULL, "no message %s", reason);
  s = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (s, "e2ee-policy"));
  fail_unless (gst_structure_get (s, "open", G_TYPE_BOOLEAN, &is_open, "epoch", G_TYPE_UINT64,
          &epoch, "running-time", G_TYPE_UINT64, &running_time, "dropped", G_TYPE_UINT64,
          &kept_back, NULL));
  fail_unless_equals_int (is_open, open);
  fail_unless_equals_string (gst_structure_get_string (s, "reason"), reason);
  fail_unless_equals_string (gst_structure_get_string (s, "feature"), "recording");
  fail_unless_equals_uint64 (kept_back, dropped);
  gst_message_unref (message);
}

static void
expect_no_message (Gate * gate)
{
  GstMessage *message = gst_bus_pop_filtered (gate->bus, GST_MESSAGE_ELEMENT);

  fail_unless (message == NULL, "an unexpected message %" GST_PTR_FORMAT, message);
}

/* Pulls everything; returns how many, and fails on a buffer that is not public. */
static guint
pull_public (Gate * gate)
{
  GstBuffer *buffer;
  guint n = 0;

  while ((buffer = gst_harness_try_pull (gate->h)) != NULL) {
    fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer), GST_E2EE_STATE_OFF);
    gst_buffer_unref (buffer);
    n++;
  }
  return n;
}

static GstEvent *
pull_event (Gate * gate, GstEventType type)
{
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (gate->h)) != NULL) {
    if (GST_EVENT_TYPE (event) == type)
      return event;
    gst_event_unref (event);
  }
  return NULL;
}

static guint
count_events (Gate * gate, GstEventType type)
{
  GstEvent *event;
  guint n = 0;

  while ((event = pull_event (gate, type)) != NULL) {
    gst_event_unref (event);
    n++;
  }
  return n;
}

static guint
count_key_frame_requests (Gate * gate)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (gate->h)) != NULL) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  return n;
}

/* -- Which state opens -- */

static const struct
{
  GstE2eeState state;
  const gchar *reason;
  const gchar *counter;
} closed_states[] = {
  {GST_E2EE_STATE_UNKNOWN, "unknown", "dropped-unknown"},
  {GST_E2EE_STATE_SWITCHING, "switching", "dropped-switching"},
  {GST_E2EE_STATE_ON, "on", "dropped-on"},
  {GST_E2EE_STATE_VERIFIED, "verified", "dropped-verified"},
  {GST_E2EE_STATE_DEGRADED, "degraded", "dropped-degraded"},
  {NO_STATE, "unknown", "dropped-unknown"},
};

GST_START_TEST (test_every_state_but_off_is_closed)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (closed_states[__i__].state, 0));
  push (&gate, make (closed_states[__i__].state, 1));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  fail_if (is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, closed_states[__i__].counter), 2);
  fail_unless_equals_uint64 (counter (&gate, "passed"), 0);
  expect_message (&gate, FALSE, closed_states[__i__].reason, 0);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_every_state_but_off_closes_an_open_gate)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  fail_unless (is_open (&gate));
  push (&gate, make (closed_states[__i__].state, 1));
  expect_message (&gate, FALSE, closed_states[__i__].reason, 0);
  fail_if (is_open (&gate));
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_off_passes_untouched)
{
  Gate gate = gate_new (RAW);
  GstBuffer *in = make (GST_E2EE_STATE_OFF, 0), *out;

  push (&gate, in);
  out = gst_harness_pull (gate.h);
  fail_unless (out == in);
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_an_event_does_not_open_the_gate)
{
  Gate gate = gate_new (RAW);
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_OFF, NULL, 0);

  gst_harness_push_event (gate.h, gst_event_new_e2ee_status (status));
  push (&gate, make (NO_STATE, 0));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  gst_e2ee_status_unref (status);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Reopening -- */

GST_START_TEST (test_raw_media_reopens_at_once_with_discont)
{
  static const gchar *const caps[] = { RAW, AUDIO, "text/x-raw,format=utf8", RTP_OPUS };
  Gate gate = gate_new (caps[__i__]);
  GstBuffer *out;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  expect_message (&gate, FALSE, "on", 0);
  expect_message (&gate, TRUE, "off", 2);
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 2);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);

  push (&gate, make (GST_E2EE_STATE_OFF, 3));
  out = gst_harness_pull (gate.h);
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (count_key_frame_requests (&gate), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_encoded_video_reopens_at_a_key_frame)
{
  Gate gate = gate_new (VP8);
  GstBuffer *out;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 1));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 2));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  fail_unless_equals_uint64 (counter (&gate, "dropped-waiting-keyframe"), 2);
  push (&gate, make (GST_E2EE_STATE_OFF, 3));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 4));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 3);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (pull_public (&gate), 1);
  expect_message (&gate, FALSE, "on", 0);
  expect_message (&gate, TRUE, "off", 3);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_key_frames_are_asked_for_once_a_second)
{
  Gate gate = gate_new (VP8);

  for (guint i = 0; i < 50; i++)
    push (&gate, make_delta (GST_E2EE_STATE_OFF, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  for (guint i = 50; i < 101; i++)
    push (&gate, make_delta (GST_E2EE_STATE_OFF, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 2);

  /* The next closed spell does not wait for the rest of the second. */
  push (&gate, make (GST_E2EE_STATE_OFF, 101));
  push (&gate, make (GST_E2EE_STATE_ON, 102));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 103));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_private_video_asks_for_no_key_frame)
{
  Gate gate = gate_new (VP8);

  for (guint i = 0; i < 10; i++)
    push (&gate, make_delta (GST_E2EE_STATE_ON, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_rtp_video_reopens_at_the_first_packet_of_a_key_frame)
{
  Gate gate = gate_new (RTP_VP8);
  GstBuffer *out;

  push (&gate, make_rtp (GST_E2EE_STATE_ON, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, FALSE, TRUE));  /* in mid-frame */
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, TRUE, FALSE));  /* a delta frame without the flag */
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 3, FALSE, FALSE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 4, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 5, FALSE, TRUE));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 4);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_key_frame_whose_first_packet_was_lost_does_not_reopen)
{
  Gate gate = gate_new (RTP_VP8);

  push (&gate, make_rtp (GST_E2EE_STATE_ON, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, FALSE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 3, FALSE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 4, TRUE, FALSE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 5, TRUE, TRUE));
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_what_is_not_rtp_does_not_reopen_rtp)
{
  Gate gate = gate_new (RTP_VP8);
  GstBuffer *one_byte;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, stamp (gst_buffer_new (), GST_E2EE_STATE_OFF, 1));
  push (&gate, stamp (gst_rtp_buffer_new_allocate (0, 0, 0), GST_E2EE_STATE_OFF, 2));
  one_byte = gst_rtp_buffer_new_allocate (1, 0, 0);
  gst_buffer_memset (one_byte, 12, 0x10, 1);    /* a descriptor, and no frame */
  push (&gate, stamp (one_byte, GST_E2EE_STATE_OFF, 3));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_rtp_video_without_recognisable_key_frames_stays_closed_and_says_so)
{
  Gate gate = gate_new (RTP_H264);
  GstMessage *warning;

  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, TRUE, TRUE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  warning = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING);
  fail_unless (warning != NULL);
  gst_message_unref (warning);
  fail_unless (gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING) == NULL);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Lists -- */

static GstBufferList *
make_list (const gchar * states)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; states[i] != '\0'; i++)
    gst_buffer_list_add (list, make (states[i] == 'p' ? GST_E2EE_STATE_OFF : GST_E2EE_STATE_ON, i));
  return list;
}

/* What leaves, one letter a buffer and a bar after every list. */
static GString *seen_lists;

static GstFlowReturn
note_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
      g_string_append_c (seen_lists, '!');
    g_string_append_printf (seen_lists, "%d", (gint) GST_BUFFER_OFFSET (buffer));
  }
  g_string_append_c (seen_lists, '|');
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static const struct
{
  const gchar *in;
  const gchar *out;
} lists[] = {
  {"pppp", "0123|"},
  {"ssss", ""},
  {"ppss", "01|"},
  {"sspp", "!23|"},
  {"spps", "!12|"},
  {"pssp", "0|!3|"},
  {"pspsp", "0|!2|!4|"},
  {"p", "0|"},
};

GST_START_TEST (test_lists_are_split_only_where_the_decision_changes)
{
  Gate gate = gate_new (RAW);
  GstBufferList *list = make_list (lists[__i__].in);

  seen_lists = g_string_new (NULL);
  gst_pad_set_chain_list_function (gate.h->sinkpad, note_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  fail_unless_equals_string (seen_lists->str, lists[__i__].out);
  g_string_free (seen_lists, TRUE);
  gate_free (&gate);
}

GST_END_TEST;

static GstBufferList *whole_list;

static GstFlowReturn
keep_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  whole_list = list;
  return GST_FLOW_OK;
}

GST_START_TEST (test_a_public_list_passes_as_the_same_list)
{
  Gate gate = gate_new (RAW);
  GstBufferList *list = make_list ("ppp");

  gst_pad_set_chain_list_function (gate.h->sinkpad, keep_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  fail_unless (whole_list == list);
  gst_buffer_list_unref (whole_list);
  gate_free (&gate);
}

GST_END_TEST;

static GstFlowReturn
refuse_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  gst_buffer_list_unref (list);
  return GST_FLOW_EOS;
}

GST_START_TEST (test_what_downstream_answers_to_a_list_goes_upstream)
{
  Gate gate = gate_new (RAW);

  gst_pad_set_chain_list_function (gate.h->sinkpad, refuse_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, make_list ("psp")), GST_FLOW_EOS);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Gaps -- */

GST_START_TEST (test_gap_mode_replaces_every_buffer_by_a_gap)
{
  Gate gate = gate_new (AUDIO);
  GstClockTime pts, duration;
  GstGapFlags flags;
  GstEvent *gap;

  g_object_set (gate.h->element, "when-blocked", 1, NULL);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  push (&gate, make (GST_E2EE_STATE_ON, 2));
  gap = pull_event (&gate, GST_EVENT_GAP);
  fail_unless (gap != NULL);
  gst_event_parse_gap (gap, &pts, &duration);
  gst_event_parse_gap_flags (gap, &flags);
  fail_unless_equals_clocktime (pts, FRAME);
  fail_unless_equals_clocktime (duration, FRAME);
  fail_unless_equals_int (flags, GST_GAP_FLAG_MISSING_DATA);
  gst_event_unref (gap);
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  fail_unless_equals_uint64 (counter (&gate, "gaps"), 2);
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_packets_of_one_frame_leave_one_gap)
{
  Gate gate = gate_new (RTP_VP8);

  g_object_set (gate.h->element, "when-blocked", 1, NULL);
  for (guint i = 0; i < 3; i++)
    push (&gate, stamp (make_rtp (NO_STATE, i, i == 0, TRUE), GST_E2EE_STATE_ON, 5));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_drop_mode_lets_no_gap_through)
{
  Gate gate = gate_new (AUDIO);

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, gst_event_new_gap (FRAME, FRAME));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 0);
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  gst_harness_push_event (gate.h, gst_event_new_gap (3 * FRAME, FRAME));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Events -- */

GST_START_TEST (test_structure_passes_a_closed_gate_in_order)
{
  static const GstEventType order[] = {
    GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_SEGMENT, GST_EVENT_EOS
  };
  Gate gate = gate_new (RAW);
  GstSegment segment;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = GST_SECOND;
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  gst_harness_push_event (gate.h, gst_event_new_eos ());
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    GstEvent *event = gst_harness_pull_event (gate.h);

    fail_unless_equals_string (GST_EVENT_TYPE_NAME (event), gst_event_type_get_name (order[i]));
    gst_event_unref (event);
  }
  gate_free (&gate);
}

GST_END_TEST;

static GstEvent *
make_tags (void)
{
  return gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "what was said", GST_TAG_COMMENT,
          "by whom", GST_TAG_VIDEO_CODEC, "VP8", GST_TAG_BITRATE, 64000, NULL));
}

GST_START_TEST (test_a_closed_gate_reduces_tags_to_what_is_technical)
{
  Gate gate = gate_new (RAW);
  GstTagList *tags;
  GstEvent *event;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, make_tags ());
  event = pull_event (&gate, GST_EVENT_TAG);
  fail_unless (event != NULL);
  gst_event_parse_tag (event, &tags);
  fail_unless_equals_int (gst_tag_list_n_tags (tags), 2);
  fail_unless_equals_int (gst_tag_list_get_tag_size (tags, GST_TAG_VIDEO_CODEC), 1);
  fail_unless_equals_int (gst_tag_list_get_tag_size (tags, GST_TAG_BITRATE), 1);
  gst_event_unref (event);

  gst_harness_push_event (gate.h, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "x", NULL)));
  fail_unless (pull_event (&gate, GST_EVENT_TAG) == NULL);
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_an_open_gate_passes_tags_as_they_are)
{
  Gate gate = gate_new (RAW);
  GstEvent *in = make_tags (), *out;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  gst_harness_push_event (gate.h, in);
  out = pull_event (&gate, GST_EVENT_TAG);
  fail_unless (out == in);
  gst_event_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_events_that_may_carry_content_stay_out_of_a_closed_gate)
{
  Gate gate = gate_new (RAW);
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, NULL, 0);
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, gst_event_new_toc (toc, FALSE));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 4);

  gst_harness_push_event (gate.h, gst_event_new_e2ee_status (status));
  gst_harness_push_event (gate.h, gst_video_event_new_downstream_force_key_unit (0, 0, 0, TRUE, 1));
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 4);
  fail_unless_equals_int (count_events (&gate, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY), 1);
  gst_toc_unref (toc);
  gst_e2ee_status_unref (status);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_upstream_events_pass_a_closed_gate)
{
  Gate gate = gate_new (RAW);

  gst_harness_push_upstream_event (gate.h,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 1));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Flush, caps, states -- */

GST_START_TEST (test_after_a_flush_the_gate_is_closed_until_it_has_seen_a_status)
{
  Gate gate = gate_new (VP8);
  GstSegment segment;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_push_event (gate.h, gst_event_new_flush_start ());
  gst_harness_push_event (gate.h, gst_event_new_flush_stop (TRUE));
  fail_if (is_open (&gate));
  expect_message (&gate, FALSE, "flush", 0);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 1));
  expect_message (&gate, FALSE, "waiting-keyframe", 0);
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  expect_message (&gate, TRUE, "off", 1);
  fail_unless_equals_int (pull_public (&gate), 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_caps_of_another_kind_close_the_gate)
{
  Gate gate = gate_new (RTP_OPUS);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_set_src_caps_str (gate.h, RTP_VP8);
  expect_message (&gate, FALSE, "caps", 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, TRUE, FALSE));
  expect_message (&gate, FALSE, "waiting-keyframe", 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, TRUE, TRUE));
  expect_message (&gate, TRUE, "off", 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_caps_of_the_same_kind_leave_the_gate_open)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_set_src_caps_str (gate.h,
      "video/x-raw,format=GRAY8,width=2,height=8,framerate=50/1");
  expect_no_message (&gate);
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  fail_unless_equals_int (pull_public (&gate), 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_new_stream_starts_closed)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_push_event (gate.h, gst_event_new_stream_start ("another"));
  expect_message (&gate, FALSE, "stream-start", 0);
  fail_if (is_open (&gate));
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_ready_forgets_the_stream)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_element_set_state (gate.h->element, GST_STATE_READY);
  expect_message (&gate, FALSE, "stopped", 0);
  fail_if (is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, "passed"), 1);

  gst_element_set_state (gate.h->element, GST_STATE_PLAYING);
  fail_unless_equals_uint64 (counter (&gate, "passed"), 0);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_the_segment_makes_the_running_time_of_a_message)
{
  Gate gate = gate_new (NULL);
  GstCaps *caps = gst_caps_from_string (RAW);
  GstMessage *message;
  GstSegment segment;
  guint64 running_time, epoch;

  gst_harness_push_event (gate.h, gst_event_new_stream_start ("a"));
  gst_harness_push_event (gate.h, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 2 * FRAME;
  segment.base = GST_SECOND;
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  push (&gate, make (GST_E2EE_STATE_ON, 3));
  message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT);
  fail_unless (gst_structure_get (gst_message_get_structure (message), "running-time",
          G_TYPE_UINT64, &running_time, "epoch", G_TYPE_UINT64, &epoch, NULL));
  fail_unless_equals_uint64 (running_time, GST_SECOND + FRAME);
  fail_unless_equals_uint64 (epoch, 7);
  gst_message_unref (message);
  gate_free (&gate);
}

GST_END_TEST;

static GstBusSyncReply
read_stats_in_handler (GstBus * bus, GstMessage * message, gpointer data)
{
  GstStructure *stats;
  gboolean open;

  g_object_get (GST_MESSAGE_SRC (message), "stats", &stats, "open", &open, NULL);
  gst_structure_free (stats);
  g_object_set (GST_MESSAGE_SRC (message), "feature", 1, NULL);
  (*(guint *) data)++;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

GST_START_TEST (test_no_lock_is_held_while_a_message_is_posted)
{
  Gate gate = gate_new (RAW);
  guint n = 0;

  gst_bus_set_sync_handler (gate.bus, read_stats_in_handler, &n, NULL);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  fail_unless_equals_int (n, 2);
  gst_bus_set_sync_handler (gate.bus, NULL, NULL, NULL);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_pull_does_not_go_around_the_gate)
{
  GstElement *gate = gst_element_factory_make ("e2eepolicy", NULL);
  GstPad *src = gst_element_get_static_pad (gate, "src");
  GstQuery *query = gst_query_new_scheduling ();

  fail_if (gst_pad_query (src, query)
      && gst_query_has_scheduling_mode (query, GST_PAD_MODE_PULL));
  fail_if (gst_pad_activate_mode (src, GST_PAD_MODE_PULL, TRUE));
  gst_query_unref (query);
  gst_object_unref (src);
  gst_object_unref (gate);
}

GST_END_TEST;

/* -- Many toggles -- */

/* The same throws in every run. */
static gint
throw_dice (guint32 * dice, gint sides)
{
  *dice = *dice * 1664525u + 1013904223u;
  return (*dice >> 16) % sides;
}

GST_START_TEST (test_a_thousand_toggles_let_nothing_private_out)
{
  static const gchar *const caps[] = { RAW, VP8 };
  Gate gate = gate_new (caps[__i__ & 1]);
  guint32 dice = 20 + __i__;
  guint public_buffers = 0, n = 0, opened = 0, closed = 0;
  gboolean last_open = FALSE, is_first = TRUE;
  GstMessage *message;
  guint64 sum = 0;

  g_object_set (gate.h->element, "when-blocked", __i__ >> 1, NULL);
  for (guint toggle = 0; toggle < 1000; toggle++) {
    GstE2eeState state = toggle & 1 ? GST_E2EE_STATE_OFF
        : (GstE2eeState) (throw_dice (&dice, 7) - 1);
    guint length = 1 + throw_dice (&dice, 5);
    GstBufferList *list = gst_buffer_list_new ();

    for (guint i = 0; i < length; i++, n++) {
      gst_buffer_list_add (list, throw_dice (&dice, 2) ? make (state, n) : make_delta (state, n));
      public_buffers += state == GST_E2EE_STATE_OFF;
    }
    fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  }

  /* Every message is a change, and the first one and the last one tell the truth. */
  while ((message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT)) != NULL) {
    gboolean open;

    gst_structure_get_boolean (gst_message_get_structure (message), "open", &open);
    fail_unless (is_first || open != last_open);
    is_first = FALSE;
    last_open = open;
    opened += open;
    closed += !open;
    gst_message_unref (message);
  }
  fail_unless_equals_int (last_open, is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, "opened"), opened);
  fail_unless_equals_uint64 (counter (&gate, "closed"), closed);

  /* Nothing is lost without a trace. */
  fail_unless_equals_uint64 (counter (&gate, "passed")
      + counter (&gate, "dropped-waiting-keyframe"), public_buffers);
  sum = counter (&gate, "passed") + counter (&gate, "dropped-on")
      + counter (&gate, "dropped-verified") + counter (&gate, "dropped-switching")
      + counter (&gate, "dropped-degraded") + counter (&gate, "dropped-unknown")
      + counter (&gate, "dropped-waiting-keyframe");
  fail_unless_equals_uint64 (sum, n);
  fail_unless_equals_uint64 (counter (&gate, "gaps"),
      __i__ >> 1 ? n - counter (&gate, "passed") : 0);
  fail_unless_equals_uint64 (pull_public (&gate), counter (&gate, "passed"));
  gate_free (&gate);
}

GST_END_TEST;

/* -- A recorder behind the gate -- */

static GstPadProbeReturn
stamp_pictures (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  static const GstE2eeState way[] = { GST_E2EE_STATE_OFF, GST_E2EE_STATE_ON,
    GST_E2EE_STATE_SWITCHING, GST_E2EE_STATE_OFF, NO_STATE, GST_E2EE_STATE_OFF
  };
  guint *n = data;
  GstE2eeState state = way[*n / 10 % G_N_ELEMENTS (way)];

  info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gst_buffer_memset (info->data, 0, state == GST_E2EE_STATE_OFF ? 'P' : 'S', -1);
  stamp (info->data, state, *n);
  (*n)++;
  return GST_PAD_PROBE_OK;
}

static void
run (const gchar * description, guint * n)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstElement *source;
  GstMessage *message;
  GstBus *bus;

  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  if (source != NULL) {
    GstPad *pad = gst_element_get_static_pad (source, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_pictures, n, NULL);
    gst_object_unref (pad);
    gst_object_unref (source);
  }
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static guint n_public, n_private;

static void
look_at_picture (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size; i++)
    if (map.data[i] != 'P') {
      n_private++;
      break;
    }
  n_public++;
  gst_buffer_unmap (buffer, &map);
}

GST_START_TEST (test_a_recording_holds_public_pictures_only)
{
  static const gchar *const when_blocked[] = { "drop", "gap" };
  gchar *folder = g_dir_make_tmp ("e2eepolicy-XXXXXX", NULL);
  gchar *file = g_build_filename (folder, "meeting.mkv", NULL);
  gchar *record = g_strdup_printf ("videotestsrc name=source num-buffers=60"
      " ! video/x-raw,format=I420,width=64,height=64,framerate=50/1"
      " ! e2eepolicy feature=recording when-blocked=%s ! matroskamux ! filesink location=%s",
      when_blocked[__i__], file);
  GstElement *player;
  guint n = 0;
  gchar *play = g_strdup_printf ("filesrc location=%s ! matroskademux"
      " ! fakesink name=sink signal-handoffs=true", file);
  GstElement *sink;
  GstMessage *message;
  GstBus *bus;

  run (record, &n);
  fail_unless_equals_int (n, 60);

  n_public = n_private = 0;
  player = gst_parse_launch (play, NULL);
  sink = gst_bin_get_by_name (GST_BIN (player), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (look_at_picture), NULL);
  bus = gst_element_get_bus (player);
  gst_element_set_state (player, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_element_set_state (player, GST_STATE_NULL);
  fail_unless_equals_int (n_public, 30);
  fail_unless_equals_int (n_private, 0);

  gst_object_unref (sink);
  gst_object_unref (bus);
  gst_object_unref (player);
  g_unlink (file);
  g_rmdir (folder);
  g_free (play);
  g_free (record);
  g_free (file);
  g_free (folder);
}

GST_END_TEST;

static Suite *
e2eepolicy_suite (void)
{
  Suite *s = suite_create ("e2eepolicy");
  TCase *tc = tcase_create ("gate");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_state_but_off_is_closed, 0, G_N_ELEMENTS (closed_states));
  tcase_add_loop_test (tc, test_every_state_but_off_closes_an_open_gate, 0,
      G_N_ELEMENTS (closed_states));
  tcase_add_test (tc, test_off_passes_untouched);
  tcase_add_test (tc, test_an_event_does_not_open_the_gate);
  tcase_add_loop_test (tc, test_raw_media_reopens_at_once_with_discont, 0, 4);
  tcase_add_test (tc, test_encoded_video_reopens_at_a_key_frame);
  tcase_add_test (tc, test_key_frames_are_asked_for_once_a_second);
  tcase_add_test (tc, test_private_video_asks_for_no_key_frame);
  tcase_add_test (tc, test_rtp_video_reopens_at_the_first_packet_of_a_key_frame);
  tcase_add_test (tc, test_a_key_frame_whose_first_packet_was_lost_does_not_reopen);
  tcase_add_test (tc, test_what_is_not_rtp_does_not_reopen_rtp);
  tcase_add_test (tc, test_rtp_video_without_recognisable_key_frames_stays_closed_and_says_so);
  tcase_add_loop_test (tc, test_lists_are_split_only_where_the_decision_changes, 0,
      G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_a_public_list_passes_as_the_same_list);
  tcase_add_test (tc, test_what_downstream_answers_to_a_list_goes_upstream);
  tcase_add_test (tc, test_gap_mode_replaces_every_buffer_by_a_gap);
  tcase_add_test (tc, test_packets_of_one_frame_leave_one_gap);
  tcase_add_test (tc, test_drop_mode_lets_no_gap_through);
  tcase_add_test (tc, test_structure_passes_a_closed_gate_in_order);
  tcase_add_test (tc, test_a_closed_gate_reduces_tags_to_what_is_technical);
  tcase_add_test (tc, test_an_open_gate_passes_tags_as_they_are);
  tcase_add_test (tc, test_events_that_may_carry_content_stay_out_of_a_closed_gate);
  tcase_add_test (tc, test_upstream_events_pass_a_closed_gate);
  tcase_add_test (tc, test_after_a_flush_the_gate_is_closed_until_it_has_seen_a_status);
  tcase_add_test (tc, test_caps_of_another_kind_close_the_gate);
  tcase_add_test (tc, test_caps_of_the_same_kind_leave_the_gate_open);
  tcase_add_test (tc, test_a_new_stream_starts_closed);
  tcase_add_test (tc, test_ready_forgets_the_stream);
  tcase_add_test (tc, test_the_segment_makes_the_running_time_of_a_message);
  tcase_add_test (tc, test_no_lock_is_held_while_a_message_is_posted);
  tcase_add_test (tc, test_a_pull_does_not_go_around_the_gate);
  tcase_add_loop_test (tc, test_a_thousand_toggles_let_nothing_private_out, 0, 4);
  tcase_add_loop_test (tc, test_a_recording_holds_public_pictures_only, 0, 2);
  return s;
}

GST_CHECK_MAIN (e2eepolicy);
