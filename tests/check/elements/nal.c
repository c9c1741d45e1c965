/* H.264 and H.265 through the elements: what is lost, forged, too large, or in another form.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "media.h"

#include "elements/entry.h"

#include <gst/rtp/rtp.h>
#include <string.h>

#define CAPS(codec, more) \
  "application/x-rtp,media=video,clock-rate=90000,encoding-name=" codec ",payload=96" more
#define H264_CAPS CAPS ("H264", ",packetization-mode=(string)1")
#define H265_CAPS CAPS ("H265", "")

#define SOURCE \
  "videotestsrc num-buffers=12 pattern=ball ! video/x-raw,format=I420,width=320,height=240 ! "
#define SINK " ! appsink name=sink sync=false buffer-list=true"

static const struct
{
  const gchar *name;
  const gchar *description;
  const gchar *caps;
} streams[] = {
  {"H.264", SOURCE "openh264enc gop-size=4 multi-thread=1 ! rtph264pay mtu=300 "
      "config-interval=-1" SINK, H264_CAPS},
  {"H.264, delimiters and slices", SOURCE "x264enc tune=zerolatency speed-preset=ultrafast "
      "key-int-max=4 threads=4 sliced-threads=true ! rtph264pay mtu=300 "
      "aggregate-mode=zero-latency" SINK, H264_CAPS},
  {"H.265", SOURCE "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=4 ! "
      "rtph265pay mtu=300 config-interval=-1" SINK, H265_CAPS},
};

/* The packets of a recorded stream, one by one. */
static GPtrArray *
take_packets (Media * media)
{
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  for (guint i = 0; i < media->lists->len; i++) {
    GstBufferList *list = media->lists->pdata[i];

    for (guint k = 0; k < gst_buffer_list_length (list); k++)
      g_ptr_array_add (packets, gst_buffer_copy (gst_buffer_list_get (list, k)));
  }
  return packets;
}

static gboolean
is_marked (GstBuffer * packet)
{
  guint8 byte = 0;

  gst_buffer_extract (packet, 1, &byte, 1);
  return (byte & 0x80) != 0;
}

static void
push_copy (GstHarness * h, GstBuffer * packet, gboolean discont)
{
  GstBuffer *copy = gst_buffer_copy (packet);

  if (discont)
    GST_BUFFER_FLAG_SET (copy, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (copy, GST_BUFFER_FLAG_DISCONT);
  fail_unless_equals_int (gst_harness_push (h, copy), GST_FLOW_OK);
}

/* What @factory makes of all @packets. (transfer full) */
static GPtrArray *
run_through (const gchar * factory, GPtrArray * packets, const gchar * caps)
{
  GstHarness *h = media_harness (factory, KEYS_1, caps);
  GPtrArray *lists, *out = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  /* So that every frame is of several packets. */
  g_object_set (h->element, "mtu", 120, NULL);
  for (guint i = 0; i < packets->len; i++)
    push_copy (h, packets->pdata[i], FALSE);
  gst_harness_push_event (h, gst_event_new_eos ());
  lists = media_collect (h);
  for (guint i = 0; i < lists->len; i++) {
    GstBufferList *list = lists->pdata[i];

    for (guint k = 0; k < gst_buffer_list_length (list); k++)
      g_ptr_array_add (out, gst_buffer_copy (gst_buffer_list_get (list, k)));
  }
  g_ptr_array_unref (lists);
  gst_harness_teardown (h);
  return out;
}

static GPtrArray *
record_protected (guint stream, GPtrArray ** plain)
{
  Media *media = media_record (streams[stream].description, FALSE, FALSE);
  GPtrArray *packets = take_packets (media);
  GPtrArray *protected = run_through ("e2eeenc", packets, streams[stream].caps);

  media_free (media);
  if (plain != NULL)
    *plain = packets;
  else
    g_ptr_array_unref (packets);
  return protected;
}

static guint
count_frames (GPtrArray * packets)
{
  guint n = 0;

  for (guint i = 0; i < packets->len; i++)
    n += is_marked (packets->pdata[i]);
  return n;
}

static void
assert_nothing_is_called_forged (GstHarness * h, const gchar * what)
{
  static const gchar *const causes[] = { "tag", "frame", "header", "truncated", "unknown-key",
    "malformed"
  };

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    fail_unless (media_stat (h, causes[i]) == 0, "%s: %s is %" G_GUINT64_FORMAT, what, causes[i],
        media_stat (h, causes[i]));
  /* What overtook the first frame of its sender. */
  fail_unless (media_stat (h, "dropped") == media_stat (h, "replayed"), "%s", what);
}

/* ---- loss ---- */

/* Each in turn; a jitter buffer says so with DISCONT, and without one nobody does. */
GST_START_TEST (test_loss_of_any_packet_loses_its_frame_and_is_not_called_forgery)
{
  GPtrArray *packets = record_protected ((guint) __i__ / 2, NULL);
  gboolean says_so = __i__ % 2;
  guint n_frames = count_frames (packets);

  fail_unless (packets->len > 2 * n_frames, "%u packets", packets->len);
  for (guint lost = 0; lost < packets->len; lost++) {
    GstHarness *h = media_harness ("e2eedec", KEYS_1, streams[__i__ / 2].caps);
    gchar *what = g_strdup_printf ("%s, packet %u of %u", streams[__i__ / 2].name, lost,
        packets->len);

    for (guint i = 0; i < packets->len; i++) {
      if (i != lost)
        push_copy (h, packets->pdata[i], says_so && i == lost + 1);
    }
    gst_harness_push_event (h, gst_event_new_eos ());
    assert_nothing_is_called_forged (h, what);
    fail_unless (media_stat (h, "frames") == n_frames - 1, "%s: %" G_GUINT64_FORMAT " of %u", what,
        media_stat (h, "frames"), n_frames);
    fail_unless (media_stat (h, "incomplete") <= 1, "%s", what);
    g_free (what);
    gst_harness_teardown (h);
  }
  g_ptr_array_unref (packets);
}

GST_END_TEST;

/* Without a jitter buffer. */
GST_START_TEST (test_loss_disorder_and_duplicates_are_not_called_forgery)
{
  GPtrArray *packets = record_protected (__i__, NULL);

  for (guint seed = 0; seed < 40; seed++) {
    GstHarness *h = media_harness ("e2eedec", KEYS_1, streams[__i__].caps);
    GRand *random = g_rand_new_with_seed (seed);
    GPtrArray *way = g_ptr_array_new ();
    gchar *what = g_strdup_printf ("%s, seed %u", streams[__i__].name, seed);

    for (guint i = 0; i < packets->len; i++) {
      if (g_rand_int_range (random, 0, 100) >= 10)
        g_ptr_array_add (way, packets->pdata[i]);
      if (g_rand_int_range (random, 0, 100) < 5)
        g_ptr_array_add (way, packets->pdata[i]);
    }
    for (guint i = 0; i + 4 < way->len; i++) {
      guint k = i + g_rand_int_range (random, 0, 4);
      gpointer swap = way->pdata[i];

      way->pdata[i] = way->pdata[k];
      way->pdata[k] = swap;
    }
    for (guint i = 0; i < way->len; i++)
      push_copy (h, way->pdata[i], FALSE);
    gst_harness_push_event (h, gst_event_new_eos ());
    assert_nothing_is_called_forged (h, what);
    g_free (what);
    g_ptr_array_unref (way);
    g_rand_free (random);
    gst_harness_teardown (h);
  }
  g_ptr_array_unref (packets);
}

GST_END_TEST;

/* ---- forgery ---- */

GST_START_TEST (test_frame_that_was_changed_is_called_forged_and_nothing_of_it_comes_out)
{
  GPtrArray *packets = record_protected (__i__, NULL);
  guint n_frames = count_frames (packets), n_packets = 0;

  /* A packet behind the first frame; every one is of a frame that follows directly on another. */
  for (guint i = 0; i < packets->len; i++) {
    GstHarness *h;
    gboolean is_first_frame = n_packets == 0;

    if (is_marked (packets->pdata[i]) && is_first_frame)
      n_packets = i + 1;
    if (is_first_frame)
      continue;
    h = media_harness ("e2eedec", KEYS_1, streams[__i__].caps);
    for (guint k = 0; k < packets->len; k++) {
      GstBuffer *packet = gst_buffer_copy_deep (packets->pdata[k]);

      if (k == i)
        media_flip (packet, -1);
      fail_unless_equals_int (gst_harness_push (h, packet), GST_FLOW_OK);
    }
    gst_harness_push_event (h, gst_event_new_eos ());
    fail_unless_equals_uint64 (media_stat (h, "frames"), n_frames - 1);
    fail_unless (media_stat (h, "tag") + media_stat (h, "frame") + media_stat (h, "header")
        + media_stat (h, "unknown-key") + media_stat (h, "truncated") == 1, "packet %u", i);
    fail_unless_equals_uint64 (media_stat (h, "incomplete"), 0);
    gst_harness_teardown (h);
  }
  g_ptr_array_unref (packets);
}

GST_END_TEST;

GST_START_TEST (test_stream_in_clear_does_not_come_out)
{
  GPtrArray *plain, *out;

  g_ptr_array_unref (record_protected (__i__, &plain));
  out = run_through ("e2eedec", plain, streams[__i__].caps);
  fail_unless_equals_int (out->len, 0);
  g_ptr_array_unref (out);
  g_ptr_array_unref (plain);
}

GST_END_TEST;

/* ---- where a gate may open ---- */

static guint
get_unit_type (GstBuffer * packet, gboolean is_h265)
{
  guint8 payload[4] = { 0 };

  gst_buffer_extract (packet, 12, payload, sizeof payload);
  return is_h265 ? (payload[0] >> 1) & 0x3f : payload[0] & 0x1f;
}

/* The same in clear packets and in protected ones: at the first parameter sets. */
GST_START_TEST (test_gate_opens_with_the_first_sets_of_a_key_frame_and_nowhere_else)
{
  GPtrArray *plain, *protected = record_protected (__i__, &plain);
  GPtrArray *both[] = { plain, protected };
  gboolean is_h265 = strstr (streams[__i__].caps, "H265") != NULL;

  for (guint n = 0; n < G_N_ELEMENTS (both); n++) {
    GstCaps *caps = gst_caps_from_string (streams[__i__].caps);
    E2eeEntry entry = e2ee_entry_from_caps (caps);
    guint n_entries = 0, in_frame = 0, delimiters = 0, n_frames = 0;

    for (guint i = 0; i < both[n]->len; i++) {
      guint type = get_unit_type (both[n]->pdata[i], is_h265);
      gboolean is_entry = e2ee_entry_is_possible (&entry, both[n]->pdata[i]);

      delimiters += in_frame == delimiters && type == (is_h265 ? 35 : 9);
      if (is_entry && in_frame == delimiters)
        n_entries++;
      /* A picture that depends on others is no entry in any of its packets. */
      if (n_frames % 4 != 0)
        fail_if (is_entry, "packet %u", i);
      in_frame++;
      if (is_marked (both[n]->pdata[i])) {
        n_frames++;
        in_frame = delimiters = 0;
      }
    }
    fail_unless_equals_int (n_frames, 12);
    fail_unless_equals_int (n_entries, 3);
    gst_caps_unref (caps);
  }
  g_ptr_array_unref (plain);
  g_ptr_array_unref (protected);
}

GST_END_TEST;

/* ---- packetization-mode 0 ---- */

GST_START_TEST (test_no_fragment_leaves_in_single_nal_unit_mode_and_one_warning_says_why)
{
  static const gchar *const modes[] = { ",packetization-mode=(string)0", "" };
  Media *media = media_record (streams[0].description, FALSE, FALSE);
  gchar *caps = g_strconcat (CAPS ("H264", ""), modes[__i__], NULL);
  GstHarness *h = media_harness ("e2eeenc", KEYS_1, caps);
  GstBus *bus = gst_bus_new ();
  guint n_warnings = 0, n_frames = 0;
  GstMessage *message;
  GPtrArray *lists;

  gst_element_set_bus (h->element, bus);
  g_object_set (h->element, "mtu", 250, NULL);
  for (guint i = 0; i < media->lists->len; i++)
    gst_pad_push_list (h->srcpad, media_list (media, i));
  lists = media_collect (h);
  for (guint i = 0; i < lists->len; i++) {
    GstBufferList *list = lists->pdata[i];

    for (guint k = 0; k < gst_buffer_list_length (list); k++) {
      GstBuffer *packet = gst_buffer_list_get (list, k);

      fail_if (get_unit_type (packet, FALSE) >= 24, "frame %u, packet %u", i, k);
      fail_unless (gst_buffer_get_size (packet) <= 250);
      n_frames += is_marked (packet);
    }
  }
  fail_unless (media_stat (h, "oversize") > 1);
  fail_unless_equals_uint64 (n_frames + media_stat (h, "oversize"), 12);
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING)) != NULL) {
    gchar *debug = NULL;

    gst_message_parse_warning (message, NULL, &debug);
    fail_unless (strstr (debug, "packetization-mode") != NULL, "%s", debug);
    g_free (debug);
    gst_message_unref (message);
    n_warnings++;
  }
  fail_unless_equals_int (n_warnings, 1);
  g_ptr_array_unref (lists);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  g_free (caps);
  media_free (media);
}

GST_END_TEST;

/* ---- frames that are no RTP ---- */

static const struct
{
  const gchar *caps;
  gboolean taken;
} form_rows[] = {
  {"video/x-h264,stream-format=byte-stream,alignment=au", TRUE},
  {"video/x-h265,stream-format=byte-stream,alignment=au", TRUE},
  {"video/x-h264,stream-format=byte-stream,alignment=nal", FALSE},
  {"video/x-h264,stream-format=byte-stream", FALSE},
  {"video/x-h264,stream-format=avc,alignment=au,codec_data=(buffer)01", FALSE},
  {"video/x-h264,stream-format=avc3,alignment=au", FALSE},
  {"video/x-h264", FALSE},
  {"video/x-h265,stream-format=hvc1,alignment=au", FALSE},
  {"video/x-h265,stream-format=hev1,alignment=au", FALSE},
};

GST_START_TEST (test_frames_in_another_form_are_refused_with_what_makes_them_right)
{
  static const gchar *const factories[] = { "e2eeenc", "e2eedec" };

  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    GstHarness *h = media_harness (factories[i], KEYS_1, NULL);
    GstBus *bus = gst_bus_new ();
    GstCaps *caps = gst_caps_from_string (form_rows[__i__].caps);
    GError *error = NULL;
    GstMessage *message;

    gst_element_set_bus (h->element, bus);
    gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("stream"));
    gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    fail_unless_equals_int (message == NULL, form_rows[__i__].taken);
    if (message != NULL) {
      gst_message_parse_error (message, &error, NULL);
      fail_unless (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE));
      fail_unless (strstr (error->message, "stream-format=byte-stream, alignment=au") != NULL
          && strstr (error->message, "h264parse") != NULL, "%s", error->message);
      g_error_free (error);
      gst_message_unref (message);
    }
    gst_caps_unref (caps);
    gst_element_set_bus (h->element, NULL);
    gst_object_unref (bus);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* So that an encoder in front chooses that form by itself. */
GST_START_TEST (test_frames_are_asked_for_in_the_right_form)
{
  GstHarness *h = media_harness ("e2eeenc", KEYS_1, NULL);
  GstCaps *caps, *expected;

  gst_harness_set_sink_caps_str (h, "video/x-h264,stream-format=avc,alignment=au;"
      "video/x-h264,stream-format=byte-stream,alignment={nal,au};video/x-h265;video/x-vp8");
  caps = gst_pad_peer_query_caps (h->srcpad, NULL);
  expected = gst_caps_from_string ("video/x-h264,stream-format=byte-stream,alignment=au;"
      "video/x-h265,stream-format=byte-stream,alignment=au;video/x-vp8");
  fail_unless (gst_caps_is_equal (caps, expected), "%" GST_PTR_FORMAT, caps);
  gst_caps_unref (caps);
  gst_caps_unref (expected);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* h264parse puts DISCONT on units in the middle of a picture. */
GST_START_TEST (test_units_that_come_one_by_one_lose_no_frame)
{
  static const gchar *const descriptions[] = {
    SOURCE "openh264enc gop-size=4 ! h264parse ! video/x-h264,stream-format=byte-stream,"
        "alignment=nal ! rtph264pay config-interval=-1" SINK,
    SOURCE "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=4 ! h265parse ! "
        "video/x-h265,stream-format=byte-stream,alignment=nal ! rtph265pay" SINK,
  };
  Media *media = media_record (descriptions[__i__], FALSE, FALSE);
  GstHarness *h = media_harness ("e2eeenc", KEYS_1, __i__ == 0 ? H264_CAPS : H265_CAPS);
  guint n_disconts = 0;

  for (guint i = 0; i < media->lists->len; i++) {
    GstBufferList *list = media_list (media, i);

    for (guint k = 0; k < gst_buffer_list_length (list); k++) {
      GstBuffer *packet = gst_buffer_list_get (list, k);

      n_disconts += GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DISCONT)
          && get_unit_type (packet, FALSE) != 9;
    }
    gst_pad_push_list (h->srcpad, list);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless (__i__ == 1 || n_disconts > 0);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 12);
  fail_unless_equals_uint64 (media_stat (h, "incomplete"), 0);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

static Suite *
nal_suite (void)
{
  Suite *suite = suite_create ("nal");
  TCase *tc = tcase_create ("general");
  const gint n = G_N_ELEMENTS (streams);

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, test_loss_of_any_packet_loses_its_frame_and_is_not_called_forgery, 0,
      2 * n);
  tcase_add_loop_test (tc, test_loss_disorder_and_duplicates_are_not_called_forgery, 0, n);
  tcase_add_loop_test (tc,
      test_frame_that_was_changed_is_called_forged_and_nothing_of_it_comes_out, 0, n);
  tcase_add_loop_test (tc, test_stream_in_clear_does_not_come_out, 0, n);
  tcase_add_loop_test (tc, test_gate_opens_with_the_first_sets_of_a_key_frame_and_nowhere_else, 0,
      n);
  tcase_add_loop_test (tc,
      test_no_fragment_leaves_in_single_nal_unit_mode_and_one_warning_says_why, 0, 2);
  tcase_add_loop_test (tc, test_frames_in_another_form_are_refused_with_what_makes_them_right, 0,
      G_N_ELEMENTS (form_rows));
  tcase_add_test (tc, test_frames_are_asked_for_in_the_right_form);
  tcase_add_loop_test (tc, test_units_that_come_one_by_one_lose_no_frame, 0, 2);
  return suite;
}

GST_CHECK_MAIN (nal);
