/* The status on its way through stock elements, from packets to pictures and sound.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define N_FRAMES 20

/* Small packets, so that every frame is several. */
#define VIDEO_CHAIN \
  "videotestsrc num-buffers=" G_STRINGIFY (N_FRAMES) " pattern=snow" \
  " ! video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1" \
  " ! rtpvp8pay name=mark mtu=300 ! rtpvp8depay ! vp8dec ! videoconvert ! videoscale ! videorate" \
  " ! video/x-raw,format=BGRx,width=160,height=120 ! fakesink name=sink"

/* The rate stays: at the end of a stream a resampler hands out a rest that belongs to no buffer,
 * and carries nothing. */
#define AUDIO_CHAIN \
  "audiotestsrc num-buffers=" G_STRINGIFY (N_FRAMES) " samplesperbuffer=960" \
  " ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=mark ! rtpopusdepay ! opusdec" \
  " ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1,format=F32LE" \
  " ! fakesink name=sink"

typedef struct
{
  GstE2eeStatus *head;          /* on the first packet of every frame */
  GstE2eeStatus *others;        /* on the others */
  gboolean in_frame;
  guint n_packets;
  guint n_buffers;
  guint n_marked;               /* that came out with exactly one meta */
  GstE2eeStatus *seen;          /* of the first buffer; all others were equal */
  guint n_different;
} Run;

static void
mark_packet (Run * run, GstBuffer * packet)
{
  gst_buffer_add_e2ee_status_meta (packet, run->in_frame ? run->others : run->head, 1,
      run->n_packets++);
  run->in_frame = !GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_MARKER);
}

static GstPadProbeReturn
mark (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Run *run = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = gst_buffer_list_make_writable (info->data);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      mark_packet (run, gst_buffer_list_get_writable (list, i));
    info->data = list;
  } else {
    info->data = gst_buffer_make_writable (info->data);
    mark_packet (run, info->data);
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
look (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);
  Run *run = user_data;

  run->n_buffers++;
  if (meta == NULL)
    return GST_PAD_PROBE_OK;
  if (gst_buffer_get_n_meta (buffer, GST_E2EE_STATUS_META_API_TYPE) == 1)
    run->n_marked++;
  if (run->seen == NULL)
    run->seen = gst_e2ee_status_ref (meta->status);
  else if (!gst_e2ee_status_is_equal (run->seen, meta->status))
    run->n_different++;
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement * pipeline, const gchar * name, const gchar * pad_name, GstPadProbeType type,
    GstPadProbeCallback callback, Run * run)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, callback, run, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

static void
run_chain (Run * run, const gchar * chain, GstE2eeStatus * head, GstE2eeStatus * others)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (chain, &error);
  GstMessage *message;
  GstBus *bus;

  fail_unless (error == NULL, "%s", error ? error->message : "");
  memset (run, 0, sizeof *run);
  run->head = head;
  run->others = others;
  add_probe (pipeline, "mark", "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      mark, run);
  add_probe (pipeline, "sink", "sink", GST_PAD_PROBE_TYPE_BUFFER, look, run);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static void
assert_every_buffer_says (Run * run, GstE2eeState state, const gchar * sender, guint64 epoch)
{
  fail_unless (run->n_buffers >= N_FRAMES - 1, "%u buffers", run->n_buffers);
  fail_unless_equals_int (run->n_marked, run->n_buffers);
  fail_unless_equals_int (run->n_different, 0);
  fail_unless_equals_int (gst_e2ee_status_get_state (run->seen), state);
  fail_unless_equals_string (gst_e2ee_status_get_sender (run->seen), sender);
  fail_unless_equals_uint64 (gst_e2ee_status_get_epoch (run->seen), epoch);
  g_clear_pointer (&run->seen, gst_e2ee_status_unref);
}

GST_START_TEST (test_vp8_packets_of_one_status_become_pictures_of_that_status)
{
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 5);
  Run run;

  run_chain (&run, VIDEO_CHAIN, status, status);
  fail_unless (run.n_packets > 3 * N_FRAMES, "only %u packets", run.n_packets);
  fail_unless (run.seen == status);
  assert_every_buffer_says (&run, GST_E2EE_STATE_ON, "alice", 5);
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_vp8_packets_on_and_verified_become_pictures_that_are_on)
{
  GstE2eeStatus *head = gst_e2ee_status_new (GST_E2EE_STATE_VERIFIED, "alice", 6);
  GstE2eeStatus *others = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 5);
  Run run;

  run_chain (&run, VIDEO_CHAIN, head, others);
  assert_every_buffer_says (&run, GST_E2EE_STATE_ON, "alice", 5);
  gst_e2ee_status_unref (head);
  gst_e2ee_status_unref (others);
}

GST_END_TEST;

GST_START_TEST (test_vp8_with_one_clear_packet_becomes_pictures_that_are_degraded)
{
  GstE2eeStatus *head = gst_e2ee_status_new (GST_E2EE_STATE_OFF, NULL, 0);
  GstE2eeStatus *others = gst_e2ee_status_new (GST_E2EE_STATE_VERIFIED, "alice", 5);
  Run run;

  run_chain (&run, VIDEO_CHAIN, head, others);
  assert_every_buffer_says (&run, GST_E2EE_STATE_DEGRADED, NULL, 0);
  gst_e2ee_status_unref (head);
  gst_e2ee_status_unref (others);
}

GST_END_TEST;

GST_START_TEST (test_opus_packets_of_one_status_become_sound_of_that_status)
{
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_VERIFIED, "alice", 5);
  Run run;

  run_chain (&run, AUDIO_CHAIN, status, status);
  assert_every_buffer_says (&run, GST_E2EE_STATE_VERIFIED, "alice", 5);
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

static Suite *
streams_suite (void)
{
  Suite *s = suite_create ("streams");
  TCase *tc = tcase_create ("streams");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_vp8_packets_of_one_status_become_pictures_of_that_status);
  tcase_add_test (tc, test_vp8_packets_on_and_verified_become_pictures_that_are_on);
  tcase_add_test (tc, test_vp8_with_one_clear_packet_becomes_pictures_that_are_degraded);
  tcase_add_test (tc, test_opus_packets_of_one_status_become_sound_of_that_status);
  return s;
}

KIT_MAIN (streams)
