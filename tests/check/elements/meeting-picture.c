/* A running call with real encoders and decoders while its host turns encryption on and off: what is
 * seen and heard.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * The source sends one grey; whatever else is seen is noise. The toggles happen in the streaming
 * thread, between two frames, so that every frame is before or after one. */
#include "media.h"
#include "room.h"

#define GREY 0x80
/* What the encoder makes of an even grey is even again, within this. */
#define TOLERANCE 12
#define FRAMES 300
#define TOGGLE_EVERY 23

typedef struct
{
  Room *room;
  guint sent;                   /* frames that came to e2eeenc */
  gboolean on;
  guint toggles;
  guint clear_after_on;         /* that left e2eeenc while it was on */
  guint came;                   /* pictures or sounds at the end */
  guint noise;
  guint longest_gap;            /* in frames, between two pictures */
  GstClockTime last;
} Watch;

static GstPadProbeReturn
before_enc (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Watch *watch = data;

  if (++watch->sent % TOGGLE_EVERY == 0) {
    watch->on = !watch->on;
    watch->toggles++;
    room_turn (watch->room, watch->on);
  }
  return GST_PAD_PROBE_OK;
}

static void
look_at_wire (Watch * watch, GstBuffer * buffer)
{
  if (watch->on && gst_buffer_get_e2ee_state (buffer) == GST_E2EE_STATE_OFF)
    watch->clear_after_on++;
}

static GstPadProbeReturn
after_enc (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    for (guint i = 0; i < gst_buffer_list_length (info->data); i++)
      look_at_wire (data, gst_buffer_list_get (info->data, i));
  else
    look_at_wire (data, info->data);
  return GST_PAD_PROBE_OK;
}

static gboolean
is_grey (GstBuffer * buffer)
{
  GstMapInfo map;
  gboolean grey = TRUE;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size && grey; i++)
    grey = ABS ((gint) map.data[i] - GREY) <= TOLERANCE;
  gst_buffer_unmap (buffer, &map);
  return grey;
}

static gboolean
is_quiet (GstBuffer * buffer)
{
  GstMapInfo map;
  gboolean quiet = TRUE;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i + 1 < map.size && quiet; i += 2)
    quiet = ABS ((gint) GST_READ_UINT16_LE (map.data + i) << 16 >> 16) < 64;
  gst_buffer_unmap (buffer, &map);
  return quiet;
}

static GstPadProbeReturn
at_the_end (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Watch *watch = data;
  GstBuffer *buffer = info->data;
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean video = gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");

  gst_caps_unref (caps);
  watch->came++;
  if (!(video ? is_grey (buffer) : is_quiet (buffer)))
    watch->noise++;
  if (GST_CLOCK_TIME_IS_VALID (watch->last))
    watch->longest_gap = MAX (watch->longest_gap,
        (guint) ((pts - watch->last + 10 * GST_MSECOND) / (video ? 40 : 20) / GST_MSECOND));
  watch->last = pts;
  return GST_PAD_PROBE_OK;
}

static void
probe (GstElement * pipeline, const gchar * name, const gchar * pad_name,
    GstPadProbeCallback callback, Watch * watch)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);
  GstPadProbeType type = GST_PAD_PROBE_TYPE_BUFFER;

  if (callback == after_enc || callback == before_enc)
    type |= GST_PAD_PROBE_TYPE_BUFFER_LIST;
  gst_pad_add_probe (pad, type, callback, watch, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

static void
run (Watch * watch, const gchar * description)
{
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *enc = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  GstElement *dec = gst_bin_get_by_name (GST_BIN (pipeline), "dec");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  watch->room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  watch->last = GST_CLOCK_TIME_NONE;
  room_join (watch->room);
  g_object_set (enc, "key-provider", watch->room->people[0].meeting, NULL);
  g_object_set (dec, "key-provider", watch->room->people[1].meeting, NULL);
  probe (pipeline, "enc", "sink", before_enc, watch);
  probe (pipeline, "enc", "src", after_enc, watch);
  probe (pipeline, "sink", "sink", at_the_end, watch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (enc);
  gst_object_unref (dec);
  gst_object_unref (pipeline);
  room_free (watch->room);
}

GST_START_TEST (test_the_picture_stays_while_encryption_goes_on_and_off)
{
  Watch watch = { 0, };

  run (&watch, "videotestsrc num-buffers=300 pattern=solid-color foreground-color=0xff808080 ! "
      "video/x-raw,format=GRAY8,width=320,height=240,framerate=25/1 ! videoconvert ! "
      "vp8enc deadline=1 ! rtpvp8pay mtu=400 ! e2eeenc name=enc ! e2eedec name=dec ! "
      "rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=GRAY8 ! "
      "fakesink name=sink sync=false");
  fail_unless_equals_int (watch.toggles, FRAMES / TOGGLE_EVERY);
  fail_unless_equals_int (watch.clear_after_on, 0);
  fail_unless_equals_int (watch.noise, 0);
  fail_unless_equals_int (watch.came, FRAMES);
  fail_unless_equals_int (watch.longest_gap, 1);
}

GST_END_TEST;

GST_START_TEST (test_the_sound_stays_while_encryption_goes_on_and_off)
{
  Watch watch = { 0, };

  run (&watch, "audiotestsrc num-buffers=300 wave=silence samplesperbuffer=960 ! "
      "audio/x-raw,format=S16LE,rate=48000,channels=1 ! opusenc ! rtpopuspay ! e2eeenc name=enc ! "
      "e2eedec name=dec ! rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE ! "
      "fakesink name=sink sync=false");
  fail_unless (watch.toggles >= FRAMES / TOGGLE_EVERY);
  fail_unless_equals_int (watch.clear_after_on, 0);
  fail_unless_equals_int (watch.noise, 0);
  fail_unless (watch.came >= FRAMES);
}

GST_END_TEST;

static Suite *
meeting_picture_suite (void)
{
  Suite *s = suite_create ("meeting-picture");
  TCase *tc = tcase_create ("meeting-picture");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_the_picture_stays_while_encryption_goes_on_and_off);
  tcase_add_test (tc, test_the_sound_stays_while_encryption_goes_on_and_off);
  return s;
}

GST_CHECK_MAIN (meeting_picture);
