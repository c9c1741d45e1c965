/* Simulcast and layers behind a server that forwards some of them: the receiver sees every picture
 * that it would see without encryption.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"
#include "sfu.h"
#include "svc.h"

#define VP8_CAPS "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96"
#define N_PICTURES 60
#define MAX_STREAMS 3
#define ALL 7

/* One publisher's streams, by picture. */
typedef struct
{
  guint n_streams;
  gboolean vp9;
  GPtrArray *pictures[MAX_STREAMS];     /* GstBufferList */
} Publisher;

/* From picture @at on @stream is wanted, up to those layers. */
typedef struct
{
  guint at;
  guint stream;
  guint temporal;
  guint spatial;
} Want;

typedef struct
{
  const gchar *name;
  Want wants[8];                /* the first is of picture 0 */
  guint late;                   /* sfu_send_last_packet_late() */
  guint n_switches;
  guint n_pictures;             /* at least */
} Row;

static Publisher *
publish_simulcast (void)
{
  static const guint widths[] = { 160, 320, 480 };
  Publisher *publisher = g_new0 (Publisher, 1);

  publisher->n_streams = 3;
  for (guint s = 0; s < 3; s++) {
    gchar *description = g_strdup_printf ("videotestsrc num-buffers=%u pattern=ball ! "
        "video/x-raw,width=%u,height=%u,framerate=30/1 ! vp8enc name=enc deadline=1 "
        "target-bitrate=500000 keyframe-max-dist=%u ! rtpvp8pay picture-id-mode=2 mtu=600 ! "
        "appsink name=sink sync=false buffer-list=true", N_PICTURES, widths[s], widths[s] * 3 / 4,
        8 + 2 * s);
    Media *media = media_record (description, TRUE, TRUE);

    publisher->pictures[s] = g_ptr_array_ref (media->lists);
    media_free (media);
    g_free (description);
  }
  return publisher;
}

static Publisher *
publish_svc (guint n_spatial, gboolean flexible)
{
  Publisher *publisher = g_new0 (Publisher, 1);

  publisher->n_streams = 1;
  publisher->vp9 = TRUE;
  publisher->pictures[0] = svc_vp9 (N_PICTURES, 12, n_spatial, flexible);
  return publisher;
}

static void
publisher_free (Publisher * publisher)
{
  for (guint s = 0; s < publisher->n_streams; s++)
    g_ptr_array_unref (publisher->pictures[s]);
  g_free (publisher);
}

/* Every stream through an encryptor of its own, with the same key file. */
static Publisher *
encrypt (const Publisher * plain, guint mtu)
{
  Publisher *publisher = g_memdup2 (plain, sizeof (*plain));

  for (guint s = 0; s < plain->n_streams; s++) {
    GstHarness *enc = media_harness ("e2eeenc", KEYS_1, plain->vp9 ? SVC_CAPS : VP8_CAPS);

    g_object_set (enc->element, "mtu", mtu, NULL);
    publisher->pictures[s] =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
    for (guint i = 0; i < plain->pictures[s]->len; i++) {
      GstBufferList *list = gst_buffer_list_copy_deep (plain->pictures[s]->pdata[i]);
      GstBufferList *out = gst_buffer_list_new ();
      GstBuffer *packet;

      fail_unless_equals_int (gst_pad_push_list (enc->srcpad, list), GST_FLOW_OK);
      while ((packet = gst_harness_try_pull (enc)) != NULL)
        gst_buffer_list_add (out, packet);
      g_ptr_array_add (publisher->pictures[s], out);
    }
    fail_unless_equals_uint64 (media_stat (enc, "dropped"), 0);
    gst_harness_teardown (enc);
  }
  return publisher;
}

/* What is decoded of @packet, if anything: a checksum for each picture. */
static void
decode (GstHarness * decoder, GstBuffer * packet, GPtrArray * pictures)
{
  GstBuffer *picture;

  fail_unless_equals_int (gst_harness_push (decoder, packet), GST_FLOW_OK);
  while ((picture = gst_harness_try_pull (decoder)) != NULL) {
    GstMapInfo map;

    gst_buffer_map (picture, &map, GST_MAP_READ);
    g_ptr_array_add (pictures, g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data,
            map.size));
    gst_buffer_unmap (picture, &map);
    gst_buffer_unref (picture);
  }
}

/* The pictures that a receiver decodes of what a server forwards; @dec opens it, or is NULL. */
static GPtrArray *
forward (const Publisher * publisher, const Row * row, GstHarness * dec, Sfu * sfu)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *packets = g_ptr_array_new ();
  GstHarness *decoder = gst_harness_new_parse (publisher->vp9 ? "rtpvp9depay ! vp9dec"
      : "rtpvp8depay ! vp8dec");
  const Want *want = row->wants;

  gst_harness_set_src_caps_str (decoder, publisher->vp9 ? SVC_CAPS : VP8_CAPS);
  sfu_send_last_packet_late (sfu, row->late);
  for (guint i = 0; i < N_PICTURES; i++) {
    for (; want->at == i && (i > 0) == (want != row->wants) && want < row->wants + 8; want++)
      sfu_want (sfu, want->stream, want->temporal, want->spatial);
    for (guint s = 0; s < publisher->n_streams; s++) {
      GstBufferList *list = publisher->pictures[s]->pdata[i];

      for (guint k = 0; k < gst_buffer_list_length (list); k++)
        sfu_push (sfu, s, gst_buffer_list_get (list, k), packets);
    }
    for (guint k = 0; k < packets->len; k++) {
      GstBuffer *packet = packets->pdata[k];

      if (dec == NULL) {
        decode (decoder, packet, pictures);
        continue;
      }
      fail_unless_equals_int (gst_harness_push (dec, packet), GST_FLOW_OK);
      while ((packet = gst_harness_try_pull (dec)) != NULL)
        decode (decoder, packet, pictures);
    }
    g_ptr_array_set_size (packets, 0);
  }
  g_ptr_array_unref (packets);
  gst_harness_teardown (decoder);
  return pictures;
}

/* Causes that layers must never have; what is late or missing is none of them. */
static void
check_causes (GstHarness * dec, const gchar * name)
{
  static const gchar *const causes[] = { "dropped", "tag", "replayed", "too-many-senders",
    "unknown-key", "malformed", "not-rtp", "held"
  };

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    fail_unless (media_stat (dec, causes[i]) == 0, "%s: %s", name, causes[i]);
}

static void
compare (const Publisher * plain, const Row * row, guint mtu)
{
  Publisher *sealed = encrypt (plain, mtu);
  GstHarness *dec = media_harness ("e2eedec", KEYS_1, plain->vp9 ? SVC_CAPS : VP8_CAPS);
  Sfu *plain_sfu = sfu_new (plain->vp9), *sfu = sfu_new (plain->vp9);
  GPtrArray *expected = forward (plain, row, NULL, plain_sfu);
  GPtrArray *pictures = forward (sealed, row, dec, sfu);

  fail_unless_equals_int (sfu_n_switches (sfu), row->n_switches);
  fail_unless (sfu_n_pictures (sfu) >= row->n_pictures, "%s: %u pictures", row->name,
      sfu_n_pictures (sfu));
  fail_unless_equals_int (sfu_n_pictures (plain_sfu), sfu_n_pictures (sfu));
  check_causes (dec, row->name);
  if (row->late == 0) {
    fail_unless_equals_uint64 (media_stat (dec, "incomplete"), 0);
    fail_unless_equals_uint64 (media_stat (dec, "late"), 0);
    fail_unless (pictures->len == sfu_n_pictures (sfu), "%s: %u of %u pictures", row->name,
        pictures->len, sfu_n_pictures (sfu));
  }
  fail_unless (pictures->len == expected->len, "%s: %u pictures, not %u", row->name,
      pictures->len, expected->len);
  for (guint i = 0; i < pictures->len; i++)
    fail_unless (g_str_equal (pictures->pdata[i], expected->pdata[i]), "%s: picture %u",
        row->name, i);

  g_ptr_array_unref (expected);
  g_ptr_array_unref (pictures);
  sfu_free (plain_sfu);
  sfu_free (sfu);
  gst_harness_teardown (dec);
  publisher_free (sealed);
}

static const Row simulcast_rows[] = {
  {"one layer", {{0, 1, ALL}}, 0, 0, 60},
  {"up once", {{0, 0, ALL}, {20, 2, ALL}}, 0, 1, 55},
  {"up and down", {{0, 0, ALL}, {9, 1, ALL}, {19, 2, ALL}, {29, 1, ALL}, {39, 0, ALL}}, 0, 4, 50},
  {"the upper temporal layer never", {{0, 2, 0}}, 0, 0, 30},
  {"the upper temporal layer comes and goes",
      {{0, 1, ALL}, {11, 1, 0}, {24, 1, ALL}, {37, 1, 0}, {50, 1, ALL}}, 0, 0, 45},
  {"both", {{0, 2, ALL}, {8, 2, 0}, {21, 0, 0}, {33, 0, ALL}, {41, 2, ALL}}, 0, 2, 40},
  {"the old layer's last packet is late", {{0, 0, ALL}, {15, 1, ALL}, {35, 2, ALL}}, 3, 2, 50},
  {"the old layer's last packet is very late", {{0, 2, ALL}, {15, 1, ALL}}, 60, 1, 50},
};

GST_START_TEST (test_receiver_of_a_simulcast_sees_every_picture_of_the_layer_that_is_forwarded)
{
  Publisher *publisher = publish_simulcast ();

  compare (publisher, &simulcast_rows[__i__], 600);
  publisher_free (publisher);
}

GST_END_TEST;

static const Row svc_rows[] = {
  {"all layers", {{0, 0, ALL, ALL}}, 0, 0, 60},
  {"the base layer alone", {{0, 0, ALL, 0}}, 0, 0, 60},
  {"the middle", {{0, 0, ALL, 1}}, 0, 0, 60},
  {"base layers of both kinds", {{0, 0, 0, 0}}, 0, 0, 30},
  {"spatial layers come and go",
      {{0, 0, ALL, ALL}, {7, 0, ALL, 0}, {20, 0, ALL, 1}, {30, 0, ALL, 0}, {40, 0, ALL, ALL}},
      0, 0, 60},
  {"temporal layers come and go",
      {{0, 0, ALL, ALL}, {10, 0, 0, ALL}, {30, 0, ALL, ALL}}, 0, 0, 45},
  {"both", {{0, 0, 0, 0}, {11, 0, ALL, 1}, {22, 0, 0, ALL}, {30, 0, 0, 0}, {45, 0, ALL, ALL}},
      0, 0, 30},
};

GST_START_TEST (test_receiver_of_spatial_layers_sees_every_picture_in_the_layers_that_are_forwarded)
{
  Publisher *publisher = publish_svc (__i__ % 2 ? 3 : 2, FALSE);

  compare (publisher, &svc_rows[__i__], 500);
  publisher_free (publisher);
}

GST_END_TEST;

GST_START_TEST (test_layers_in_flexible_mode_survive_as_well)
{
  Publisher *publisher = publish_svc (__i__ % 2 ? 2 : 3, TRUE);

  compare (publisher, &svc_rows[__i__], 500);
  publisher_free (publisher);
}

GST_END_TEST;

/* ---- counters ---- */

/* One for each frame of the list. */
static GArray *
counters_of (GstBufferList * list)
{
  GArray *counters = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (gst_buffer_list_get (list, i));

    if (counters->len == 0 || g_array_index (counters, guint64, counters->len - 1) != meta->counter)
      g_array_append_val (counters, meta->counter);
  }
  return counters;
}

GST_START_TEST (test_every_layer_of_a_picture_has_a_counter_of_its_own)
{
  Publisher *plain = publish_svc (3, FALSE);
  Publisher *sealed = encrypt (plain, 500);
  guint64 next = 0;

  for (guint i = 0; i < N_PICTURES; i++) {
    GArray *counters = counters_of (sealed->pictures[0]->pdata[i]);

    fail_unless_equals_int (counters->len, 3);
    for (guint k = 0; k < 3; k++) {
      guint64 counter = g_array_index (counters, guint64, k);

      fail_unless (next == 0 || counter == next, "picture %u, layer %u", i, k);
      next = counter + 1;
    }
    g_array_unref (counters);
  }
  publisher_free (sealed);
  publisher_free (plain);
}

GST_END_TEST;

/* A sender that goes on and on, over the same frames. */
typedef struct
{
  GstHarness *enc;
  Media *media;
  guint next;
  guint16 seq;
  guint32 timestamp;
} Endless;

static void
endless_init (Endless * endless, GstHarness * enc, Media * media)
{
  *endless = (Endless) { .enc = enc, .media = media };
}

/* The packets of the next frame. (transfer full) */
static GPtrArray *
endless_frame (Endless * endless)
{
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GstBufferList *list = endless->media->lists->pdata[endless->next++ % endless->media->lists->len];
  GstBuffer *packet;

  list = media_renumber (list, &endless->seq, endless->timestamp += 3000);
  fail_unless_equals_int (gst_pad_push_list (endless->enc->srcpad, list), GST_FLOW_OK);
  while ((packet = gst_harness_try_pull (endless->enc)) != NULL)
    g_ptr_array_add (packets, packet);
  return packets;
}

/* Through @sfu as stream @stream, and into @dec. */
static void
deliver (Sfu * sfu, guint stream, GPtrArray * packets, GstHarness * dec)
{
  GPtrArray *out = g_ptr_array_new ();
  GstBuffer *packet;

  for (guint i = 0; i < packets->len; i++)
    sfu_push (sfu, stream, packets->pdata[i], out);
  for (guint i = 0; i < out->len; i++)
    fail_unless_equals_int (gst_harness_push (dec, out->pdata[i]), GST_FLOW_OK);
  while ((packet = gst_harness_try_pull (dec)) != NULL)
    gst_buffer_unref (packet);
  g_ptr_array_unref (out);
  g_ptr_array_unref (packets);
}

#define WINDOW 64
#define LONG (10 * WINDOW)

/* Two layers with frames of one packet, of which every second one is a key frame. */
static void
two_layers (Endless layers[2], Media ** media)
{
  *media = media_vp8 (8, "keyframe-max-dist=2", "mtu=20000");
  for (guint s = 0; s < 2; s++)
    endless_init (&layers[s], media_harness ("e2eeenc", KEYS_1, VP8_CAPS), *media);
}

GST_START_TEST (test_layer_that_comes_back_after_more_frames_than_the_window_is_opened)
{
  Sfu *sfu = sfu_new (FALSE);
  GstHarness *dec = media_harness ("e2eedec", KEYS_1, VP8_CAPS);
  Endless layers[2];
  Media *media;

  two_layers (layers, &media);
  g_object_set (dec->element, "replay-window-size", WINDOW, NULL);
  for (guint round = 0; round < 6; round++) {
    sfu_want (sfu, round % 2, ALL, ALL);
    for (guint i = 0; i < LONG; i++) {
      deliver (sfu, 0, endless_frame (&layers[0]), dec);
      deliver (sfu, 1, endless_frame (&layers[1]), dec);
    }
  }
  fail_unless_equals_int (sfu_n_switches (sfu), 5);
  fail_unless_equals_uint64 (media_stat (dec, "frames"), sfu_n_pictures (sfu));
  fail_unless (sfu_n_pictures (sfu) >= 6 * LONG - 6);
  check_causes (dec, "back after long");
  gst_harness_teardown (layers[0].enc);
  gst_harness_teardown (layers[1].enc);
  gst_harness_teardown (dec);
  media_free (media);
  sfu_free (sfu);
}

GST_END_TEST;

/* The windows of two layers are not one. */
GST_START_TEST (test_slow_layer_is_opened_however_far_the_other_has_come)
{
  Sfu *sfu = sfu_new (FALSE);
  GstHarness *dec = media_harness ("e2eedec", KEYS_1, VP8_CAPS);
  GPtrArray *slow[WINDOW / 2];
  Endless layers[2];
  Media *media;

  two_layers (layers, &media);
  g_object_set (dec->element, "replay-window-size", WINDOW, NULL);
  sfu_want (sfu, 0, ALL, ALL);
  deliver (sfu, 0, endless_frame (&layers[0]), dec);
  deliver (sfu, 0, endless_frame (&layers[0]), dec);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    slow[i] = endless_frame (&layers[0]);

  sfu_want (sfu, 1, ALL, ALL);
  for (guint i = 0; i < LONG; i++)
    deliver (sfu, 1, endless_frame (&layers[1]), dec);
  sfu_want (sfu, 0, ALL, ALL);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    deliver (sfu, 0, slow[i], dec);

  fail_unless_equals_uint64 (media_stat (dec, "frames"), 2 + LONG + G_N_ELEMENTS (slow));
  check_causes (dec, "slow layer");
  gst_harness_teardown (layers[0].enc);
  gst_harness_teardown (layers[1].enc);
  gst_harness_teardown (dec);
  media_free (media);
  sfu_free (sfu);
}

GST_END_TEST;

/* In a meeting counters start at 0: two layers under one key would use every nonce twice. */
GST_START_TEST (test_layers_in_a_meeting_have_numbers_of_their_own)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  Sfu *sfu = sfu_new (FALSE);
  Media *media = media_vp8 (8, "keyframe-max-dist=2", "mtu=20000");
  guint64 key_ids[2] = { 0 };
  GstHarness *dec;
  Endless layers[2];

  room_join (room);
  for (guint s = 0; s < 2; s++)
    endless_init (&layers[s], call_harness ("e2eeenc", room->people[0].meeting, media), media);
  dec = call_harness ("e2eedec", room->people[1].meeting, media);
  room_settle (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);

  for (guint i = 0; i < 40; i++) {
    sfu_want (sfu, i / 10 % 2, ALL, ALL);
    for (guint s = 0; s < 2; s++) {
      GPtrArray *packets = endless_frame (&layers[s]);

      fail_unless (packets->len > 0);
      key_ids[s] = gst_buffer_get_e2ee_status_meta (packets->pdata[0])->key_id;
      deliver (sfu, s, packets, dec);
    }
  }
  fail_if (key_ids[0] == key_ids[1]);
  fail_unless_equals_int (sfu_n_switches (sfu), 3);
  fail_unless_equals_uint64 (media_stat (dec, "frames"), sfu_n_pictures (sfu));
  check_causes (dec, "meeting");
  gst_harness_teardown (layers[0].enc);
  gst_harness_teardown (layers[1].enc);
  gst_harness_teardown (dec);
  media_free (media);
  sfu_free (sfu);
  room_free (room);
}

GST_END_TEST;

static Suite *
layers_suite (void)
{
  Suite *suite = suite_create ("layers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc,
      test_receiver_of_a_simulcast_sees_every_picture_of_the_layer_that_is_forwarded, 0,
      G_N_ELEMENTS (simulcast_rows));
  tcase_add_loop_test (tc,
      test_receiver_of_spatial_layers_sees_every_picture_in_the_layers_that_are_forwarded, 0,
      G_N_ELEMENTS (svc_rows));
  tcase_add_loop_test (tc, test_layers_in_flexible_mode_survive_as_well, 0,
      G_N_ELEMENTS (svc_rows));
  tcase_add_test (tc, test_every_layer_of_a_picture_has_a_counter_of_its_own);
  tcase_add_test (tc, test_layer_that_comes_back_after_more_frames_than_the_window_is_opened);
  tcase_add_test (tc, test_slow_layer_is_opened_however_far_the_other_has_come);
  tcase_add_test (tc, test_layers_in_a_meeting_have_numbers_of_their_own);
  return suite;
}

GST_CHECK_MAIN (layers);
