/* shieldoverlay: which state it shows, where the badge stands, and that every picture has it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "elements/blend.h"
#include "elements/watch.h"

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>
#include <gst/video/video.h>
#include <gst/video/gstvideometa.h>
#include <math.h>
#include <string.h>

#define FRAME (40 * GST_MSECOND)
#define NO_STATE ((GstE2eeState) -1)
#define SMALL "video/x-raw,format=I420,width=321,height=241,framerate=25/1"

/* The badge of a picture that is 321 pixels wide and 241 high. */
#define BADGE_HEIGHT 28
#define BADGE_MARGIN 9

typedef struct
{
  GstHarness *h;
  GstBus *bus;
  GstVideoInfo info;
} Shield;

static void
set_caps (Shield * shield, const gchar * caps)
{
  GstCaps *c = gst_caps_from_string (caps);

  fail_unless (gst_video_info_from_caps (&shield->info, c), "%s", caps);
  gst_harness_set_src_caps (shield->h, c);
}

static Shield
shield_new (const gchar * caps)
{
  Shield shield = { gst_harness_new ("shieldoverlay"), gst_bus_new () };

  gst_element_set_bus (shield.h->element, shield.bus);
  if (caps != NULL)
    set_caps (&shield, caps);
  return shield;
}

static void
shield_free (Shield * shield)
{
  gst_element_set_bus (shield->h->element, NULL);
  gst_harness_teardown (shield->h);
  gst_bus_set_flushing (shield->bus, TRUE);
  gst_object_unref (shield->bus);
}

static void
add_status (GstBuffer * buffer, GstE2eeState state)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, "alice", 1);

  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  gst_e2ee_status_unref (status);
}

/* Every byte different from its neighbours, the same in every run. */
static GstBuffer *
make (Shield * shield, GstE2eeState state, guint index)
{
  gsize size = GST_VIDEO_INFO_SIZE (&shield->info);
  guint8 *data = g_malloc (size);
  guint32 dice = 1;
  GstBuffer *buffer;

  for (gsize i = 0; i < size; i++) {
    dice = dice * 1664525u + 1013904223u;
    data[i] = dice >> 24;
  }
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (shield->info.finfo)) {
    gsize palette_size;
    gconstpointer palette =
        gst_video_format_get_palette (GST_VIDEO_INFO_FORMAT (&shield->info), &palette_size);

    memcpy (data + GST_VIDEO_INFO_PLANE_OFFSET (&shield->info, 1), palette, palette_size);
  }
  buffer = gst_buffer_new_wrapped (data, size);
  GST_BUFFER_PTS (buffer) = index * FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  if (state != NO_STATE)
    add_status (buffer, state);
  return buffer;
}

static GstBuffer *
push_and_pull (Shield * shield, GstBuffer * buffer)
{
  GstBuffer *out = gst_harness_push_and_pull (shield->h, buffer);

  fail_unless (out != NULL);
  return out;
}

static void
push (Shield * shield, GstE2eeState state, guint index)
{
  gst_buffer_unref (push_and_pull (shield, make (shield, state, index)));
}

static void
push_event_status (Shield * shield, GstE2eeState state, const gchar * sender)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, sender, 1);

  fail_unless (gst_harness_push_event (shield->h, gst_event_new_e2ee_status (status)));
  gst_e2ee_status_unref (status);
}

static GstE2eeState
state_of (Shield * shield)
{
  GstE2eeState state;

  g_object_get (shield->h->element, "state", &state, NULL);
  return state;
}

static void
expect_message (Shield * shield, const gchar * nick, const gchar * text, guint64 running_time)
{
  GstMessage *message = gst_bus_pop_filtered (shield->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *s;
  guint64 when = 0;

  fail_unless (message != NULL, "no message %s", nick);
  s = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (s, "e2ee-shield"));
  fail_unless_equals_string (gst_structure_get_string (s, "state"), nick);
  fail_unless_equals_string (gst_structure_get_string (s, "text"), text);
  fail_unless (gst_structure_get_uint64 (s, "running-time", &when));
  fail_unless_equals_uint64 (when, running_time);
  gst_message_unref (message);
}

static void
expect_no_message (Shield * shield)
{
  GstMessage *message = gst_bus_pop_filtered (shield->bus, GST_MESSAGE_ELEMENT);

  fail_unless (message == NULL, "an unexpected message %" GST_PTR_FORMAT, message);
}

/* -- Which state -- */

static const struct
{
  GstE2eeState of_buffer;
  GstE2eeState shown;
  const gchar *nick;
  const gchar *text;
} states[] = {
  {GST_E2EE_STATE_UNKNOWN, GST_E2EE_STATE_UNKNOWN, "unknown", "Status unknown"},
  {GST_E2EE_STATE_OFF, GST_E2EE_STATE_OFF, "off", "Not end-to-end encrypted"},
  {GST_E2EE_STATE_SWITCHING, GST_E2EE_STATE_SWITCHING, "switching", "Switching…"},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, "on", "End-to-end encrypted"},
  {GST_E2EE_STATE_VERIFIED, GST_E2EE_STATE_VERIFIED, "verified", "Encrypted and verified"},
  {GST_E2EE_STATE_DEGRADED, GST_E2EE_STATE_DEGRADED, "degraded", "Not everyone is protected"},
  {NO_STATE, GST_E2EE_STATE_UNKNOWN, "unknown", "Status unknown"},
};

GST_START_TEST (test_a_buffer_is_shown_as_what_its_own_status_says)
{
  Shield shield = shield_new (SMALL);

  push (&shield, states[__i__].of_buffer, 3);
  fail_unless_equals_int (state_of (&shield), states[__i__].shown);
  expect_message (&shield, states[__i__].nick, states[__i__].text, 3 * FRAME);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_change_is_told_once)
{
  Shield shield = shield_new (SMALL);

  push (&shield, GST_E2EE_STATE_ON, 0);
  push (&shield, GST_E2EE_STATE_ON, 1);
  push (&shield, GST_E2EE_STATE_OFF, 2);
  push (&shield, GST_E2EE_STATE_OFF, 3);
  push (&shield, NO_STATE, 4);
  expect_message (&shield, "on", "End-to-end encrypted", 0);
  expect_message (&shield, "off", "Not end-to-end encrypted", 2 * FRAME);
  expect_message (&shield, "unknown", "Status unknown", 4 * FRAME);
  expect_no_message (&shield);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_speaks_for_buffers_without_a_status)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_never_lifts_what_a_buffer_says)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, GST_E2EE_STATE_OFF, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_OFF);
  push (&shield, GST_E2EE_STATE_UNKNOWN, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_older_than_the_last_status_does_not_count)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, GST_E2EE_STATE_ON, 0);
  push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, NO_STATE, 2);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_is_believed_for_the_timeout_in_running_time)
{
  Shield shield = shield_new (SMALL);

  g_object_set (shield.h->element, "timeout", 10 * FRAME, NULL);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, NO_STATE, 5);
  push (&shield, NO_STATE, 14);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  push (&shield, NO_STATE, 15);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, NO_STATE, 16);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_events_of_several_senders_show_the_weakest)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_VERIFIED, "alice");
  push_event_status (&shield, GST_E2EE_STATE_ON, "bob");
  push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  push_event_status (&shield, GST_E2EE_STATE_OFF, "carol");
  push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_DEGRADED);
  push_event_status (&shield, GST_E2EE_STATE_ON, "carol");
  push (&shield, NO_STATE, 2);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);

  /* One of them falls silent, and the others do not cover it up. */
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push_event_status (&shield, GST_E2EE_STATE_ON, "carol");
  push (&shield, NO_STATE, 50);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_more_senders_than_can_be_kept_apart_are_unknown)
{
  Shield shield = shield_new (SMALL);

  for (guint i = 0; i < 200; i++) {
    gchar *sender = g_strdup_printf ("sender %u", i);

    push_event_status (&shield, GST_E2EE_STATE_ON, sender);
    g_free (sender);
  }
  push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_does_not_count_without_timestamps)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer;

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  buffer = make (&shield, NO_STATE, 0);
  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  gst_buffer_unref (push_and_pull (&shield, buffer));
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_new_stream_does_not_inherit_what_was_said)
{
  Shield shield = shield_new (SMALL);
  GstSegment segment;

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push (&shield, NO_STATE, 0);
  if (__i__ == 0) {
    gst_harness_push_event (shield.h, gst_event_new_stream_start ("another"));
  } else {
    gst_harness_push_event (shield.h, gst_event_new_flush_start ());
    gst_harness_push_event (shield.h, gst_event_new_flush_stop (TRUE));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_harness_push_event (shield.h, gst_event_new_segment (&segment));
  }
  push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_that_overtakes_the_first_stream_start_counts)
{
  E2eeWatch *watch = e2ee_watch_new ();
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 1);
  GstBuffer *buffer = gst_buffer_new ();

  e2ee_watch_event (watch, status);
  e2ee_watch_stream_start (watch);
  fail_unless_equals_int (e2ee_watch_buffer (watch, buffer, 0, GST_SECOND, NULL),
      GST_E2EE_STATE_ON);
  gst_buffer_unref (buffer);
  gst_e2ee_status_unref (status);
  e2ee_watch_free (watch);
}

GST_END_TEST;

GST_START_TEST (test_lost_buffers_leave_the_next_one_its_own_state)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer;

  push (&shield, GST_E2EE_STATE_ON, 0);
  gst_harness_push_event (shield.h, gst_event_new_gap (FRAME, 100 * FRAME));
  buffer = make (&shield, GST_E2EE_STATE_OFF, 101);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  buffer = push_and_pull (&shield, buffer);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_OFF);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_falls_silent_becomes_unknown)
{
  Shield shield = shield_new (NULL);
  GstTestClock *clock;
  GstClockTime due;

  gst_harness_use_testclock (shield.h);
  gst_harness_play (shield.h);
  set_caps (&shield, SMALL);
  clock = gst_harness_get_testclock (shield.h);

  push (&shield, GST_E2EE_STATE_ON, 0);
  expect_message (&shield, "on", "End-to-end encrypted", 0);

  /* One second later it is heard again, which moves the end of patience. */
  gst_harness_set_time (shield.h, GST_SECOND);
  push (&shield, GST_E2EE_STATE_ON, 25);
  fail_unless_equals_int (gst_test_clock_peek_id_count (clock), 1);
  gst_harness_crank_single_clock_wait (shield.h);
  expect_no_message (&shield);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);

  due = gst_test_clock_get_next_entry_time (clock);
  fail_unless_equals_clocktime (due, 3 * GST_SECOND);
  gst_harness_crank_single_clock_wait (shield.h);
  expect_message (&shield, "unknown", "Status unknown", 3 * GST_SECOND);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  fail_unless_equals_int (gst_test_clock_peek_id_count (clock), 0);

  push (&shield, GST_E2EE_STATE_ON, 80);
  expect_message (&shield, "on", "End-to-end encrypted", 80 * FRAME);
  gst_object_unref (clock);
  shield_free (&shield);
}

GST_END_TEST;

static GstBusSyncReply
read_state_in_handler (GstBus * bus, GstMessage * message, gpointer data)
{
  GstE2eeState state;

  g_object_get (GST_MESSAGE_SRC (message), "state", &state, NULL);
  g_object_set (GST_MESSAGE_SRC (message), "xpad", 5, NULL);
  *(GstE2eeState *) data = state;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

GST_START_TEST (test_no_lock_is_held_while_a_message_is_posted)
{
  Shield shield = shield_new (SMALL);
  GstE2eeState seen = GST_E2EE_STATE_UNKNOWN;

  gst_bus_set_sync_handler (shield.bus, read_state_in_handler, &seen, NULL);
  push (&shield, GST_E2EE_STATE_VERIFIED, 0);
  fail_unless_equals_int (seen, GST_E2EE_STATE_VERIFIED);
  gst_bus_set_sync_handler (shield.bus, NULL, NULL, NULL);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_ready_forgets_the_stream)
{
  Shield shield = shield_new (SMALL);

  push (&shield, GST_E2EE_STATE_ON, 0);
  expect_message (&shield, "on", "End-to-end encrypted", 0);
  gst_element_set_state (shield.h->element, GST_STATE_READY);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  gst_element_set_state (shield.h->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (shield.h, SMALL);
  push (&shield, GST_E2EE_STATE_ON, 1);
  expect_message (&shield, "on", "End-to-end encrypted", FRAME);
  shield_free (&shield);
}

GST_END_TEST;

/* -- Pixels -- */

/* What a format unpacks to, as 8 bits a component: comparable whatever lies in memory. */
static guint8 *
unpack (const GstVideoInfo * info, GstBuffer * buffer)
{
  const GstVideoFormatInfo *finfo = info->finfo;
  gint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  const GstVideoFormatInfo *unpacked = gst_video_format_get_info (finfo->unpack_format);
  gboolean wide = GST_VIDEO_FORMAT_INFO_BITS (unpacked) == 16;
  guint8 *pixels = g_malloc ((gsize) width * height * 4);
  guint16 *line = g_malloc0 ((gsize) (width + 32) * 8);
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize size = gst_buffer_get_size (buffer);
  GstBuffer *roomy = gst_buffer_new_wrapped_full (0, g_malloc0 (size + 64), size + 64, 0, size,
      NULL, NULL);
  GstVideoFrame frame;
  GstMapInfo map;

  /* GStreamer unpacks some formats of odd width from a few bytes behind the last row. */
  gst_buffer_map (roomy, &map, GST_MAP_WRITE);
  gst_buffer_extract (buffer, 0, map.data, size);
  gst_buffer_unmap (roomy, &map);
  if (meta != NULL)
    gst_buffer_add_video_meta_full (roomy, 0, meta->format, meta->width, meta->height,
        meta->n_planes, meta->offset, meta->stride);

  fail_unless (gst_video_frame_map (&frame, info, roomy, GST_MAP_READ));
  for (gint y = 0; y < height; y++) {
    finfo->unpack_func (finfo, GST_VIDEO_PACK_FLAG_NONE, line, frame.data, frame.info.stride, 0, y,
        width);
    for (gint i = 0; i < 4 * width; i++)
      pixels[(gsize) y * width * 4 + i] = wide ? line[i] >> 8 : ((guint8 *) line)[i];
  }
  gst_video_frame_unmap (&frame);
  g_free (map.data);
  gst_buffer_unref (roomy);
  g_free (line);
  return pixels;
}

static GstVideoRectangle
badge_place (const GstVideoInfo * info)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, BADGE_HEIGHT, 1, 1, 321, 241);
  gint align_x = e2ee_blend_get_align_x (info), align_y = e2ee_blend_get_align_y (info);
  GstVideoRectangle place = { BADGE_MARGIN, 241 - BADGE_HEIGHT - BADGE_MARGIN, badge->width,
    badge->height
  };

  place.x -= place.x % align_x;
  place.y -= place.y % align_y;
  e2ee_badge_free (badge);
  return place;
}

/* GStreamer's own blending of the same badge at the same place. */
static GstBuffer *
blend_reference (const GstVideoInfo * info, GstBuffer * in, const GstVideoRectangle * place)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, BADGE_HEIGHT, 1, 1, 321, 241);
  GstVideoOverlayComposition *composition =
      e2ee_blend_create_composition (badge, place->x, place->y);
  GstBuffer *out = gst_buffer_copy_deep (in);
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, out, GST_MAP_READWRITE));
  fail_unless (gst_video_overlay_composition_blend (composition, &frame));
  gst_video_frame_unmap (&frame);
  gst_video_overlay_composition_unref (composition);
  e2ee_badge_free (badge);
  return out;
}

/* Chroma that is shared by sharp edges is averaged by us and taken from one pixel by GStreamer.  It
 * also takes grey for video range, which by its caps it is not. */
#define MEAN_TOLERANCE 2
#define GREY_TOLERANCE 4

GST_START_TEST (test_every_raw_format_shows_the_badge_and_nothing_else_changes)
{
  guint n_formats;
  GstVideoFormat format = gst_video_formats_raw (&n_formats)[__i__];
  Shield shield;
  GstVideoRectangle place;
  GstBuffer *in, *out, *reference;
  guint8 *before, *after, *wanted;
  guint64 difference = 0, drawn = 0, samples = 0;
  gint right, bottom, align_x, align_y;
  gchar *caps;

  caps = g_strdup_printf ("video/x-raw,format=%s,width=321,height=241,framerate=25/1",
      gst_video_format_to_string (format));
  shield = shield_new (caps);
  in = make (&shield, GST_E2EE_STATE_ON, 0);
  before = unpack (&shield.info, in);
  place = badge_place (&shield.info);
  reference = blend_reference (&shield.info, in, &place);
  wanted = unpack (&shield.info, reference);
  out = push_and_pull (&shield, in);
  after = unpack (&shield.info, out);

  align_x = e2ee_blend_get_align_x (&shield.info);
  align_y = e2ee_blend_get_align_y (&shield.info);
  right = GST_ROUND_UP_N (place.x + place.w, align_x);
  bottom = GST_ROUND_UP_N (place.y + place.h, align_y);
  for (gint y = 0; y < 241; y++)
    for (gint x = 0; x < 321; x++) {
      gsize at = ((gsize) y * 321 + x) * 4;

      if (x < place.x || x >= right || y < place.y || y >= bottom) {
        fail_unless (memcmp (before + at, after + at, 4) == 0, "%s changed at %d, %d",
            gst_video_format_to_string (format), x, y);
        continue;
      }
      for (gint c = 0; c < 4; c++) {
        difference += ABS (after[at + c] - wanted[at + c]);
        drawn += ABS (after[at + c] - before[at + c]);
        samples++;
      }
    }
  fail_unless ((gdouble) difference / samples <= (GST_VIDEO_INFO_IS_GRAY (&shield.info)
          ? GREY_TOLERANCE : MEAN_TOLERANCE), "%s is off by %.2f",
      gst_video_format_to_string (format), (gdouble) difference / samples);
  fail_unless ((gdouble) drawn / samples > 10, "%s shows no badge",
      gst_video_format_to_string (format));

  g_free (before);
  g_free (after);
  g_free (wanted);
  g_free (caps);
  gst_buffer_unref (reference);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

/* The smallest rectangle that holds every pixel that is not as it was. */
static GstVideoRectangle
changed_area (const GstVideoInfo * info, GstBuffer * before_buffer, GstBuffer * after_buffer)
{
  guint8 *before = unpack (info, before_buffer), *after = unpack (info, after_buffer);
  gint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  gint left = width, top = height, right = 0, bottom = 0;

  for (gint y = 0; y < height; y++)
    for (gint x = 0; x < width; x++)
      if (memcmp (before + 4 * (y * width + x), after + 4 * (y * width + x), 4) != 0) {
        left = MIN (left, x);
        right = MAX (right, x + 1);
        top = MIN (top, y);
        bottom = MAX (bottom, y + 1);
      }
  g_free (before);
  g_free (after);
  return (GstVideoRectangle) { left, top, right - left, bottom - top };
}

static GstVideoRectangle
draw_and_find (Shield * shield, GstE2eeState state)
{
  GstBuffer *in = make (shield, state, 0), *before = gst_buffer_copy_deep (in);
  GstBuffer *out = push_and_pull (shield, in);
  GstVideoRectangle area = changed_area (&shield->info, before, out);

  gst_buffer_unref (before);
  gst_buffer_unref (out);
  return area;
}

static const struct
{
  const gchar *halignment, *valignment;
  gint x, y;                    /* 0: at the left or top, 1: centre, 2: at the right or bottom */
} corners[] = {
  {"left", "top", 0, 0}, {"center", "top", 1, 0}, {"right", "top", 2, 0},
  {"left", "center", 0, 1}, {"center", "center", 1, 1}, {"right", "center", 2, 1},
  {"left", "bottom", 0, 2}, {"center", "bottom", 1, 2}, {"right", "bottom", 2, 2},
};

GST_START_TEST (test_the_badge_stands_where_it_is_told_to)
{
  Shield shield = shield_new ("video/x-raw,format=RGB,width=401,height=301,framerate=25/1");
  GstVideoRectangle area;
  gint room_x, room_y;

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "halignment", corners[__i__].halignment);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "valignment", corners[__i__].valignment);
  g_object_set (shield.h->element, "xpad", 10, "ypad", 20, NULL);
  area = draw_and_find (&shield, GST_E2EE_STATE_ON);
  room_x = 401 - area.w;
  room_y = 301 - area.h;
  fail_unless_equals_int (area.x, corners[__i__].x == 0 ? 10 : corners[__i__].x == 1 ? room_x / 2
      : room_x - 10);
  fail_unless_equals_int (area.y, corners[__i__].y == 0 ? 20 : corners[__i__].y == 1 ? room_y / 2
      : room_y - 20);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_no_padding_pushes_the_badge_out_of_the_picture)
{
  Shield shield = shield_new (SMALL);
  GstVideoRectangle area, usual = draw_and_find (&shield, GST_E2EE_STATE_ON);

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "halignment", __i__ ? "right" : "left");
  g_object_set (shield.h->element, "xpad", G_MAXINT16, "ypad", G_MAXINT16, NULL);
  area = draw_and_find (&shield, GST_E2EE_STATE_ON);
  fail_unless (ABS (area.w - usual.w) <= 2);
  fail_unless (ABS (area.h - usual.h) <= 2);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_badge_grows_with_the_picture)
{
  static const struct
  {
    gint width, height, badge;
  } sizes[] = { {320, 240, 28}, {640, 360, 28}, {1280, 720, 36}, {1920, 1080, 54} };
  gchar *caps = g_strdup_printf ("video/x-raw,format=GRAY8,width=%d,height=%d,framerate=25/1",
      sizes[__i__].width, sizes[__i__].height);
  Shield shield = shield_new (caps);

  fail_unless_equals_int (draw_and_find (&shield, GST_E2EE_STATE_OFF).h, sizes[__i__].badge);
  g_object_set (shield.h->element, "relative-height", 0.25, NULL);
  fail_unless (draw_and_find (&shield, GST_E2EE_STATE_OFF).h > sizes[__i__].badge);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_smallest_pictures_have_a_badge_too)
{
  static const gint sizes[][2] = { {1, 1}, {2, 1}, {1, 2}, {3, 5}, {16, 16}, {33, 17}, {64, 48},
  {176, 144}, {1000, 4}, {4, 1000}
  };
  gchar *caps = g_strdup_printf ("video/x-raw,format=I420,width=%d,height=%d,framerate=25/1",
      sizes[__i__][0], sizes[__i__][1]);
  Shield shield = shield_new (caps);
  GstVideoRectangle area = draw_and_find (&shield, GST_E2EE_STATE_ON);

  fail_unless (area.w > 0 && area.h > 0);
  fail_unless (area.x + area.w <= sizes[__i__][0] && area.y + area.h <= sizes[__i__][1]);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_states_look_different_without_colour)
{
  guint8 *pictures[6];

  for (guint s = 0; s < 6; s++) {
    E2eeBadge *badge = e2ee_badge_new (s, 28, 1, 1, 32, 32);    /* the shield alone, no words */

    fail_unless (badge->width < 40);
    pictures[s] = g_malloc0 (40 * 40);
    for (gint i = 0; i < badge->width * badge->height; i++)
      pictures[s][i] = (badge->pixels[i] >> 8 & 0xff) > 0x50;   /* shape: what is not plate */
    e2ee_badge_free (badge);
  }
  for (guint a = 0; a < 6; a++)
    for (guint b = a + 1; b < 6; b++) {
      gint different = 0;

      for (gint i = 0; i < 40 * 40; i++)
        different += pictures[a][i] != pictures[b][i];
      fail_unless (different >= 20, "states %u and %u differ in %d pixels", a, b, different);
    }
  for (guint s = 0; s < 6; s++)
    g_free (pictures[s]);
}

GST_END_TEST;

GST_START_TEST (test_the_plate_is_drawn_and_opaque_in_every_state)
{
  E2eeBadge *badge = e2ee_badge_new (__i__, 36, 1, 1, 1280, 720);

  for (gint y = 0; y < badge->height; y++)
    for (gint x = 12; x < badge->width - 12; x++)
      fail_unless_equals_int (badge->pixels[y * badge->width + x] >> 24, 255);
  fail_unless_equals_int (badge->pixels[badge->width / 2], -1);        /* the rim is white */
  fail_unless_equals_int (badge->pixels[4 * badge->width + badge->width / 2], 0xff101418);
  e2ee_badge_free (badge);
}

GST_END_TEST;

static const gchar *const colorimetries[] = { "bt601", "bt709", "bt2020", "1:4:7:1", "1:3:5:1" };

/* GStreamer's conversion of a whole picture of one colour. */
static void
convert_colour (const GstVideoInfo * info, guint32 argb, guint8 * yuv)
{
  GstVideoInfo rgb;
  GstVideoConverter *converter;
  GstVideoFrame in_frame, out_frame;
  GstBuffer *in = gst_buffer_new_allocate (NULL, 640 * 480 * 4, NULL);
  GstBuffer *out = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_video_info_set_format (&rgb, GST_VIDEO_FORMAT_ARGB, 640, 480);
  rgb.fps_n = info->fps_n;
  rgb.fps_d = info->fps_d;
  converter = gst_video_converter_new (&rgb, info, NULL);
  fail_unless (gst_video_frame_map (&in_frame, &rgb, in, GST_MAP_WRITE));
  fail_unless (gst_video_frame_map (&out_frame, info, out, GST_MAP_WRITE));
  for (guint i = 0; i < 640 * 480; i++)
    GST_WRITE_UINT32_BE ((guint8 *) in_frame.data[0] + 4 * i, argb);
  gst_video_converter_frame (converter, &in_frame, &out_frame);
  for (guint c = 0; c < 3; c++)
    yuv[c] = ((guint8 *) out_frame.data[c])[0];
  gst_video_frame_unmap (&in_frame);
  gst_video_frame_unmap (&out_frame);
  gst_video_converter_free (converter);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
}

GST_START_TEST (test_colours_follow_the_colorimetry_of_the_frame)
{
  static const struct
  {
    guint32 argb;
    gint x, y;
    /* the plate, the shield's left shoulder */
  } spots[] = { {0xff101418, 100, 10}, {0xff4ade80, 35, 24} };
  gchar *caps = g_strdup_printf ("video/x-raw,format=Y444,width=640,height=480,framerate=25/1,"
      "colorimetry=%s", colorimetries[__i__]);
  Shield shield = shield_new (caps);
  GstVideoFrame frame;
  GstBuffer *out;

  g_object_set (shield.h->element, "xpad", 0, "ypad", 0, "relative-height", 0.2, NULL);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "valignment", "top");
  out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 0));
  fail_unless (gst_video_frame_map (&frame, &shield.info, out, GST_MAP_READ));

  for (guint s = 0; s < G_N_ELEMENTS (spots); s++) {
    guint8 wanted[3];

    convert_colour (&shield.info, spots[s].argb, wanted);
    for (guint c = 0; c < 3; c++) {
      guint8 *data = GST_VIDEO_FRAME_COMP_DATA (&frame, c);
      gint value = data[spots[s].y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c) + spots[s].x];

      fail_unless (ABS (value - wanted[c]) <= 1, "%s: spot %u component %u is %d, not %d",
          colorimetries[__i__], s, c, value, wanted[c]);
    }
  }
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (out);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

/* Every other row of @badge. */
static E2eeBadge *
one_field (const E2eeBadge * badge, gint field)
{
  E2eeBadge *half = e2ee_badge_copy (badge);

  half->height = badge->height / 2;
  for (gint y = 0; y < half->height; y++)
    memcpy (half->pixels + y * badge->width, badge->pixels + (2 * y + field) * badge->width,
        4 * badge->width);
  return half;
}

static GstBuffer *
plain_buffer (const GstVideoInfo * info)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_buffer_memset (buffer, 0, 90, -1);
  return buffer;
}

static void
draw (const GstVideoInfo * info, gboolean interlaced, const E2eeBadge * badge, gint x, gint y,
    GstBuffer * buffer)
{
  E2eeBlend *blend = e2ee_blend_new (info, interlaced, badge, x, y);
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  fail_unless (e2ee_blend_draw (blend, &frame));
  gst_video_frame_unmap (&frame);
  e2ee_blend_free (blend);
}

static const GstVideoFormat interlaced_formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
  GST_VIDEO_FORMAT_Y42B, GST_VIDEO_FORMAT_YUV9, GST_VIDEO_FORMAT_RGB
};

/* Drawn as two fields of half the height, or as one interlaced frame: the same bytes. */
GST_START_TEST (test_interlaced_chroma_belongs_to_its_field)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, 32, 1, 1, 320, 240);
  GstVideoInfo whole_info, half_info;
  GstBuffer *whole, *half;
  GstVideoFrame whole_frame, half_frame;

  gst_video_info_set_interlaced_format (&whole_info, interlaced_formats[__i__],
      GST_VIDEO_INTERLACE_MODE_INTERLEAVED, 320, 240);
  gst_video_info_set_format (&half_info, interlaced_formats[__i__], 320, 120);
  whole = plain_buffer (&whole_info);
  draw (&whole_info, TRUE, badge, 8, 64, whole);
  fail_unless (gst_video_frame_map (&whole_frame, &whole_info, whole, GST_MAP_READ));

  for (gint field = 0; field < 2; field++) {
    E2eeBadge *half_badge = one_field (badge, field);

    half = plain_buffer (&half_info);
    draw (&half_info, FALSE, half_badge, 8, 32, half);
    fail_unless (gst_video_frame_map (&half_frame, &half_info, half, GST_MAP_READ));
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (&half_info); p++) {
      gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (&half_frame, p);
      gint rows = GST_VIDEO_FRAME_COMP_HEIGHT (&half_frame, p);

      for (gint row = 0; row < rows; row++)
        fail_unless (memcmp ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&half_frame, p) + row * stride,
                (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&whole_frame, p)
                + (2 * row + field) * stride, stride) == 0, "field %d plane %u row %d",
            field, p, row);
    }
    gst_video_frame_unmap (&half_frame);
    gst_buffer_unref (half);
    e2ee_badge_free (half_badge);
  }
  gst_video_frame_unmap (&whole_frame);
  gst_buffer_unref (whole);
  e2ee_badge_free (badge);
}

GST_END_TEST;

static const gchar *const interlaced_caps[] = {
  "video/x-raw,format=I420,width=321,height=242,framerate=25/1,interlace-mode=interleaved",
  "video/x-raw,format=I420,width=321,height=242,framerate=25/1,interlace-mode=mixed",
  "video/x-raw,format=NV12_10LE32,width=321,height=242,framerate=25/1,interlace-mode=interleaved",
  "video/x-raw(format:Interlaced),format=I420,width=321,height=242,framerate=25/1,"
      "interlace-mode=alternate",
};

GST_START_TEST (test_interlaced_streams_have_a_badge)
{
  Shield shield = shield_new (interlaced_caps[__i__]);
  GstBuffer *in, *out;
  GstMapInfo before, after;

  for (guint flag = 0; flag < 2; flag++) {
    GstBuffer *copy;

    in = make (&shield, GST_E2EE_STATE_ON, flag);
    if (flag)
      GST_BUFFER_FLAG_SET (in, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    copy = gst_buffer_copy_deep (in);
    out = push_and_pull (&shield, in);
    gst_buffer_map (copy, &before, GST_MAP_READ);
    gst_buffer_map (out, &after, GST_MAP_READ);
    fail_unless (memcmp (before.data, after.data, after.size) != 0);
    gst_buffer_unmap (copy, &before);
    gst_buffer_unmap (out, &after);
    gst_buffer_unref (copy);
    gst_buffer_unref (out);
  }
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_wide_pixels_make_a_narrow_badge)
{
  Shield square = shield_new ("video/x-raw,format=GRAY8,width=640,height=480,framerate=25/1");
  Shield wide = shield_new ("video/x-raw,format=GRAY8,width=640,height=480,framerate=25/1,"
      "pixel-aspect-ratio=2/1");
  GstVideoRectangle a = draw_and_find (&square, GST_E2EE_STATE_ON);
  GstVideoRectangle b = draw_and_find (&wide, GST_E2EE_STATE_ON);

  fail_unless_equals_int (a.h, b.h);
  fail_unless (ABS (a.w - 2 * b.w) <= 2);
  shield_free (&square);
  shield_free (&wide);
}

GST_END_TEST;

GST_START_TEST (test_the_badge_stands_inside_of_what_a_crop_leaves)
{
  Shield shield = shield_new ("video/x-raw,format=I420,width=640,height=480,framerate=25/1");
  GstBuffer *in = make (&shield, GST_E2EE_STATE_ON, 0), *before = gst_buffer_copy_deep (in), *out;
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (in);
  GstVideoRectangle area;

  crop->x = 101;
  crop->y = 51;
  crop->width = 320;
  crop->height = 200;
  out = push_and_pull (&shield, in);
  area = changed_area (&shield.info, before, out);
  fail_unless (area.x >= 100 && area.x + area.w <= 421);
  fail_unless (area.y >= 150 && area.y + area.h <= 251);
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_other_branch_of_a_tee_keeps_its_picture)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *in = make (&shield, GST_E2EE_STATE_ON, 0), *copy = gst_buffer_copy_deep (in), *out;
  GstVideoRectangle area;

  out = push_and_pull (&shield, gst_buffer_ref (in));
  area = changed_area (&shield.info, copy, in);
  fail_unless (area.w <= 0);
  area = changed_area (&shield.info, copy, out);
  fail_unless (area.w > 100);
  gst_buffer_unref (in);
  gst_buffer_unref (copy);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_other_strides_and_offsets_are_followed)
{
  Shield shield = shield_new (SMALL);
  gsize offset[4] = { 64, 64 + 400 * 260, 64 + 400 * 260 + 200 * 140, 0 };
  gint stride[4] = { 400, 200, 200, 0 };
  GstBuffer *in = gst_buffer_new_allocate (NULL, 64 + 400 * 260 + 2 * 200 * 140, NULL);
  GstBuffer *before, *out;
  GstVideoRectangle area, usual = draw_and_find (&shield, GST_E2EE_STATE_ON);

  gst_buffer_memset (in, 0, 90, -1);
  gst_buffer_add_video_meta_full (in, 0, GST_VIDEO_FORMAT_I420, 321, 241, 3, offset, stride);
  add_status (in, GST_E2EE_STATE_ON);
  before = gst_buffer_copy_deep (in);
  out = push_and_pull (&shield, in);
  area = changed_area (&shield.info, before, out);
  fail_unless_equals_int (area.x, usual.x);
  fail_unless_equals_int (area.y, usual.y);
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_that_contradicts_its_caps_is_an_error_and_does_not_pass)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *in = make (&shield, GST_E2EE_STATE_ON, 0);
  GstMessage *message;

  gst_buffer_add_video_meta (in, 0, GST_VIDEO_FORMAT_I420, 64, 48);
  fail_unless_equals_int (gst_harness_push (shield.h, in), GST_FLOW_ERROR);
  fail_unless_equals_int (gst_harness_buffers_received (shield.h), 0);
  message = gst_bus_pop_filtered (shield.bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_new_caps_make_a_new_badge)
{
  Shield shield = shield_new ("video/x-raw,format=I420,width=1280,height=720,framerate=25/1");

  fail_unless_equals_int (draw_and_find (&shield, GST_E2EE_STATE_ON).h, 36);
  set_caps (&shield, "video/x-raw,format=NV12,width=320,height=240,framerate=25/1");
  fail_unless_equals_int (draw_and_find (&shield, GST_E2EE_STATE_ON).h, 28);
  set_caps (&shield, "video/x-raw,format=BGRA,width=1920,height=1080,framerate=25/1");
  fail_unless_equals_int (draw_and_find (&shield, GST_E2EE_STATE_ON).h, 54);
  shield_free (&shield);
}

GST_END_TEST;

/* -- Attached -- */

static Shield
shield_new_attached (const gchar * caps, gint window_width, gint window_height)
{
  Shield shield = shield_new (NULL);
  GstStructure *params = NULL;

  if (window_width > 0)
    params = gst_structure_new ("video/overlay", "width", G_TYPE_UINT, window_width, "height",
        G_TYPE_UINT, window_height, NULL);
  gst_harness_add_propose_allocation_meta (shield.h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE,
      params);
  if (params != NULL)
    gst_structure_free (params);
  set_caps (&shield, caps);
  return shield;
}

static gboolean
leaves_with_feature (Shield * shield)
{
  GstCaps *caps = gst_pad_get_current_caps (shield->h->sinkpad);
  gboolean with = gst_caps_features_contains (gst_caps_get_features (caps, 0),
      GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION);

  gst_caps_unref (caps);
  return with;
}

static GstVideoOverlayRectangle *
attached_rectangle (GstBuffer * buffer, guint n_wanted, guint index)
{
  GstVideoOverlayCompositionMeta *meta = gst_buffer_get_video_overlay_composition_meta (buffer);

  fail_unless (meta != NULL);
  fail_unless_equals_int (gst_video_overlay_composition_n_rectangles (meta->overlay), n_wanted);
  return gst_video_overlay_composition_get_rectangle (meta->overlay, index);
}

GST_START_TEST (test_the_badge_is_attached_where_downstream_draws_it)
{
  Shield shield = shield_new_attached (SMALL, 0, 0);
  GstBuffer *in = make (&shield, GST_E2EE_STATE_ON, 0), *copy = gst_buffer_copy_deep (in), *out;
  guint seqnum;
  gint x, y;
  guint w, h;

  out = push_and_pull (&shield, in);
  fail_unless (leaves_with_feature (&shield));
  fail_unless (changed_area (&shield.info, copy, out).w <= 0);
  gst_video_overlay_rectangle_get_render_rectangle (attached_rectangle (out, 1, 0), &x, &y, &w, &h);
  fail_unless_equals_int (x, BADGE_MARGIN);
  fail_unless_equals_int (y, 241 - BADGE_HEIGHT - BADGE_MARGIN);
  fail_unless_equals_int (h, BADGE_HEIGHT);
  seqnum = gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0));
  gst_buffer_unref (out);

  /* The same texture for the same state, another one for another. */
  out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 1));
  fail_unless_equals_int (gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0)),
      seqnum);
  gst_buffer_unref (out);
  out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_OFF, 2));
  fail_if (gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0)) == seqnum);
  gst_buffer_unref (out);
  gst_buffer_unref (copy);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_attached_badge_fits_the_window)
{
  Shield shield = shield_new_attached (SMALL, 1920, 1080);
  GstBuffer *out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 0));
  gint x, y;
  guint w, h;

  gst_video_overlay_rectangle_get_render_rectangle (attached_rectangle (out, 1, 0), &x, &y, &w, &h);
  fail_unless_equals_int (h, 54);
  fail_unless (y > 900);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_what_others_attached_stays_below_the_badge)
{
  Shield shield = shield_new_attached (SMALL, 0, 0);
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_OFF, 30, 1, 1, 100, 100);
  GstVideoOverlayComposition *theirs = e2ee_blend_create_composition (badge, 50, 60);
  GstBuffer *in = make (&shield, GST_E2EE_STATE_ON, 0), *out;
  gint x, y;

  gst_buffer_add_video_overlay_composition_meta (in, theirs);
  out = push_and_pull (&shield, in);
  gst_video_overlay_rectangle_get_render_rectangle (attached_rectangle (out, 2, 0), &x, &y, NULL,
      NULL);
  fail_unless_equals_int (x, 50);
  gst_video_overlay_rectangle_get_render_rectangle (attached_rectangle (out, 2, 1), &x, &y, NULL,
      NULL);
  fail_unless_equals_int (x, BADGE_MARGIN);
  /* theirs is shared and was not touched */
  fail_unless_equals_int (gst_video_overlay_composition_n_rectangles (theirs), 1);
  gst_buffer_unref (out);
  gst_video_overlay_composition_unref (theirs);
  e2ee_badge_free (badge);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_caps_that_take_anything_do_not_draw_and_are_blended_into)
{
  Shield shield = shield_new (SMALL);

  fail_unless (draw_and_find (&shield, GST_E2EE_STATE_ON).w > 100);
  fail_if (leaves_with_feature (&shield));
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_downstream_that_stops_drawing_is_blended_into_after_reconfiguring)
{
  Shield shield = shield_new_attached (SMALL, 0, 0);
  GstBuffer *out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 0));

  fail_unless (gst_buffer_get_video_overlay_composition_meta (out) != NULL);
  gst_buffer_unref (out);
  gst_pad_set_query_function (shield.h->sinkpad, gst_pad_query_default);
  gst_harness_push_upstream_event (shield.h, gst_event_new_reconfigure ());
  out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 1));
  fail_unless (gst_buffer_get_video_overlay_composition_meta (out) == NULL);
  fail_if (leaves_with_feature (&shield));
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

#define GL "video/x-raw(memory:GLMemory),format=RGBA,width=321,height=241,framerate=25/1," \
    "texture-target=2D"

GST_START_TEST (test_memory_that_cannot_be_drawn_on_is_refused)
{
  Shield shield = shield_new (GL);

  fail_unless_equals_int (gst_harness_push (shield.h, make (&shield, GST_E2EE_STATE_ON, 0)),
      GST_FLOW_NOT_NEGOTIATED);
  fail_unless_equals_int (gst_harness_buffers_received (shield.h), 0);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_memory_that_cannot_be_mapped_gets_the_badge_attached)
{
  Shield shield = shield_new_attached (GL, 0, 0);
  GstBuffer *out = push_and_pull (&shield, make (&shield, GST_E2EE_STATE_ON, 0));

  attached_rectangle (out, 1, 0);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

static const struct
{
  const gchar *downstream;
  const gchar *upstream;
  gboolean accepted;
} offers[] = {
  {"video/x-raw,format=I420", "video/x-raw,format=I420", TRUE},
  {"video/x-raw,format=I420", "video/x-raw,format=NV12", FALSE},
  {"video/x-raw(memory:GLMemory),format=RGBA", "video/x-raw(memory:GLMemory),format=RGBA", FALSE},
  {"video/x-raw(memory:GLMemory,meta:GstVideoOverlayComposition),format=RGBA",
      "video/x-raw(memory:GLMemory),format=RGBA", TRUE},
  {"video/x-raw(meta:GstVideoOverlayComposition),format=I420", "video/x-raw,format=I420", TRUE},
  {"video/x-raw,format=I420", "video/x-raw(meta:GstVideoOverlayComposition),format=I420", FALSE},
  {"video/x-h264", "video/x-raw,format=I420", FALSE},
};

GST_START_TEST (test_caps_are_offered_only_where_a_badge_can_be_drawn)
{
  GstHarness *h = gst_harness_new ("shieldoverlay");
  GstCaps *filter = gst_caps_from_string (offers[__i__].upstream), *offered;

  gst_harness_set_sink_caps_str (h, offers[__i__].downstream);
  offered = gst_pad_peer_query_caps (h->srcpad, filter);
  fail_unless_equals_int (!gst_caps_is_empty (offered), offers[__i__].accepted);
  gst_caps_unref (offered);
  gst_caps_unref (filter);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_crops_are_not_passed_on_to_decoders)
{
  Shield shield = shield_new (NULL);
  GstCaps *caps = gst_caps_from_string (SMALL);
  GstQuery *query = gst_query_new_allocation (caps, FALSE);

  gst_harness_add_propose_allocation_meta (shield.h, GST_VIDEO_CROP_META_API_TYPE, NULL);
  gst_harness_add_propose_allocation_meta (shield.h, GST_VIDEO_META_API_TYPE, NULL);
  set_caps (&shield, SMALL);
  fail_unless (gst_pad_peer_query (shield.h->srcpad, query));
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  fail_if (gst_query_find_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL));
  gst_query_unref (query);
  gst_caps_unref (caps);
  shield_free (&shield);
}

GST_END_TEST;

/* -- Behind a compositor, which loses metas and keeps events -- */

static GstPadProbeReturn
say_once (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  if (!GPOINTER_TO_INT (g_object_get_data (G_OBJECT (pad), "said"))) {
    GstE2eeStatus *status = gst_e2ee_status_new (GPOINTER_TO_INT (data),
        GST_OBJECT_NAME (GST_PAD_PARENT (pad)), 1);

    g_object_set_data (G_OBJECT (pad), "said", GINT_TO_POINTER (1));
    gst_pad_push_event (pad, gst_event_new_e2ee_status (status));
    gst_e2ee_status_unref (status);
  }
  return GST_PAD_PROBE_OK;
}

static GstE2eeState
state_behind_compositor (GstE2eeState a, GstE2eeState b)
{
  GstElement *pipeline = gst_parse_launch ("compositor name=mix ! shieldoverlay name=shield"
      " ! fakesink videotestsrc name=alice num-buffers=5 ! video/x-raw,width=64,height=48 ! mix."
      " videotestsrc name=bob num-buffers=5 ! video/x-raw,width=64,height=48 ! mix.", NULL);
  static const gchar *const names[] = { "alice", "bob" };
  GstE2eeState says[] = { a, b };
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;
  GstMessage *message;
  GstBus *bus = gst_element_get_bus (pipeline);

  for (guint i = 0; i < 2; i++) {
    GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), names[i]);
    GstPad *pad = gst_element_get_static_pad (source, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, say_once, GINT_TO_POINTER (says[i]), NULL);
    gst_object_unref (pad);
    gst_object_unref (source);
  }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_child_proxy_get (GST_CHILD_PROXY (pipeline), "shield::state", &state, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  return state;
}

GST_START_TEST (test_a_compositor_shows_the_weakest_of_its_streams)
{
  fail_unless_equals_int (state_behind_compositor (GST_E2EE_STATE_ON, GST_E2EE_STATE_ON),
      GST_E2EE_STATE_ON);
  fail_unless_equals_int (state_behind_compositor (GST_E2EE_STATE_ON, GST_E2EE_STATE_OFF),
      GST_E2EE_STATE_DEGRADED);
  fail_unless_equals_int (state_behind_compositor (GST_E2EE_STATE_OFF, GST_E2EE_STATE_ON),
      GST_E2EE_STATE_DEGRADED);
}

GST_END_TEST;

static Suite *
shieldoverlay_suite (void)
{
  Suite *s = suite_create ("shieldoverlay");
  TCase *tc = tcase_create ("state");
  guint n_formats;

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_buffer_is_shown_as_what_its_own_status_says, 0,
      G_N_ELEMENTS (states));
  tcase_add_test (tc, test_a_change_is_told_once);
  tcase_add_test (tc, test_an_event_speaks_for_buffers_without_a_status);
  tcase_add_test (tc, test_an_event_never_lifts_what_a_buffer_says);
  tcase_add_test (tc, test_an_event_older_than_the_last_status_does_not_count);
  tcase_add_test (tc, test_an_event_is_believed_for_the_timeout_in_running_time);
  tcase_add_test (tc, test_events_of_several_senders_show_the_weakest);
  tcase_add_test (tc, test_more_senders_than_can_be_kept_apart_are_unknown);
  tcase_add_test (tc, test_an_event_does_not_count_without_timestamps);
  tcase_add_loop_test (tc, test_a_new_stream_does_not_inherit_what_was_said, 0, 2);
  tcase_add_test (tc, test_an_event_that_overtakes_the_first_stream_start_counts);
  tcase_add_test (tc, test_lost_buffers_leave_the_next_one_its_own_state);
  tcase_add_test (tc, test_a_stream_that_falls_silent_becomes_unknown);
  tcase_add_test (tc, test_no_lock_is_held_while_a_message_is_posted);
  tcase_add_test (tc, test_ready_forgets_the_stream);

  tc = tcase_create ("pixels");
  gst_video_formats_raw (&n_formats);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_raw_format_shows_the_badge_and_nothing_else_changes, 0,
      n_formats);
  tcase_add_loop_test (tc, test_the_badge_stands_where_it_is_told_to, 0, G_N_ELEMENTS (corners));
  tcase_add_loop_test (tc, test_no_padding_pushes_the_badge_out_of_the_picture, 0, 2);
  tcase_add_loop_test (tc, test_the_badge_grows_with_the_picture, 0, 4);
  tcase_add_loop_test (tc, test_the_smallest_pictures_have_a_badge_too, 0, 10);
  tcase_add_test (tc, test_states_look_different_without_colour);
  tcase_add_loop_test (tc, test_the_plate_is_drawn_and_opaque_in_every_state, 0, 6);
  tcase_add_loop_test (tc, test_colours_follow_the_colorimetry_of_the_frame, 0,
      G_N_ELEMENTS (colorimetries));
  tcase_add_loop_test (tc, test_interlaced_chroma_belongs_to_its_field, 0,
      G_N_ELEMENTS (interlaced_formats));
  tcase_add_loop_test (tc, test_interlaced_streams_have_a_badge, 0,
      G_N_ELEMENTS (interlaced_caps));
  tcase_add_test (tc, test_wide_pixels_make_a_narrow_badge);
  tcase_add_test (tc, test_the_badge_stands_inside_of_what_a_crop_leaves);
  tcase_add_test (tc, test_the_other_branch_of_a_tee_keeps_its_picture);
  tcase_add_test (tc, test_other_strides_and_offsets_are_followed);
  tcase_add_test (tc, test_a_frame_that_contradicts_its_caps_is_an_error_and_does_not_pass);
  tcase_add_test (tc, test_new_caps_make_a_new_badge);

  tc = tcase_create ("attached");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_the_badge_is_attached_where_downstream_draws_it);
  tcase_add_test (tc, test_an_attached_badge_fits_the_window);
  tcase_add_test (tc, test_what_others_attached_stays_below_the_badge);
  tcase_add_test (tc, test_caps_that_take_anything_do_not_draw_and_are_blended_into);
  tcase_add_test (tc, test_downstream_that_stops_drawing_is_blended_into_after_reconfiguring);
  tcase_add_test (tc, test_memory_that_cannot_be_drawn_on_is_refused);
  tcase_add_test (tc, test_memory_that_cannot_be_mapped_gets_the_badge_attached);
  tcase_add_loop_test (tc, test_caps_are_offered_only_where_a_badge_can_be_drawn, 0,
      G_N_ELEMENTS (offers));
  tcase_add_test (tc, test_crops_are_not_passed_on_to_decoders);
  tcase_add_test (tc, test_a_compositor_shows_the_weakest_of_its_streams);
  return s;
}

GST_CHECK_MAIN (shieldoverlay);
