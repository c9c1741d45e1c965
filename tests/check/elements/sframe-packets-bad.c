/* SFrame packets that are truncated, changed, mixed up or of something else: nothing comes out, each
 * is counted under a cause, and what follows opens as if nothing had been.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sframekit.h"

#include <gst/rtp/rtp.h>
#include <string.h>

static const struct
{
  const gchar *name;
  gboolean vp8;
  const gchar *properties;
} kinds[] = {
  {"VP8 frames", TRUE, "packetization=frame"},
  {"VP8 payloads", TRUE, "packetization=packet"},
  {"Opus frames", FALSE, "packetization=frame"},
  {"Opus payloads", FALSE, "packetization=packet"},
};

/* Every packet is an object of its own. */
static gboolean
of_payloads (guint kind)
{
  return g_str_equal (kinds[kind].properties, "packetization=packet");
}

/* A stream of spoiled objects, all made of one that was sealed, each under numbers of its own. */
typedef struct
{
  SealedCall *call;
  GstHarness *h;
  guint16 seq;
  guint32 timestamp;
  guint n;                      /* pushed */
} Spoiler;

static Spoiler
spoiler_new (guint kind)
{
  Spoiler s = { sealed_call_new (sframe_media (kinds[kind].vp8, 3), kinds[kind].vp8,
        kinds[kind].properties) };

  s.h = sealed_call_dec (s.call, KEYS_1, kinds[kind].properties);
  s.seq = 100;
  s.timestamp = 1000;
  return s;
}

static void
spoiler_free (Spoiler * s)
{
  gst_harness_teardown (s->h);
  sealed_call_free (s->call);
}

/* The packets of frame @i, to be spoiled. (transfer full) */
static GstBufferList *
copy_frame (Spoiler * s, guint i)
{
  s->timestamp += 3000;
  return media_renumber (g_ptr_array_index (s->call->sealed, i), &s->seq, s->timestamp);
}

static void
push_spoiled (Spoiler * s, GstBufferList * list)
{
  s->n++;
  push_list (s->h, list);
}

/* What was taken in and did not come out. */
static guint64
count_causes (Spoiler * s)
{
  static const gchar *const causes[] = { "dropped", "malformed", "incomplete", "empty", "not-rtp" };
  guint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    sum += media_stat (s->h, causes[i]);
  return sum;
}

/* Nothing has come out, everything has its cause, and frame @i opens. */
static void
expect_nothing (Spoiler * s, const gchar * name, guint i)
{
  GPtrArray *out;

  fail_unless (gst_harness_try_pull (s->h) == NULL, "%s: something came out", name);
  fail_unless_equals_uint64 (media_stat (s->h, "frames"), 0);
  push_list (s->h, copy_frame (s, i));
  out = media_collect (s->h);
  fail_unless_equals_int (out->len, 1);
  g_ptr_array_unref (out);
  fail_unless (count_causes (s) >= s->n, "%s: %u causes of %u", name, (guint) count_causes (s),
      s->n);
}

/* ---- truncated ---- */

static GstBuffer *
resize (GstBuffer * packet, gsize size)
{
  return gst_buffer_copy_region (packet, GST_BUFFER_COPY_ALL | GST_BUFFER_COPY_DEEP, 0, size);
}

GST_START_TEST (test_an_object_that_is_cut_short_at_any_length_is_dropped)
{
  Spoiler s = spoiler_new (__i__);
  GstBufferList *sealed = g_ptr_array_index (s.call->sealed, 0);
  guint last = gst_buffer_list_length (sealed) - 1;
  gsize size = gst_buffer_get_size (gst_buffer_list_get (sealed, last));

  /* Of payloads the others would open. */
  for (gsize cut = 0; cut < size; cut++) {
    GstBufferList *list = copy_frame (&s, 0), *spoiled = gst_buffer_list_new ();

    for (guint i = 0; i < last && !of_payloads (__i__); i++)
      gst_buffer_list_add (spoiled, gst_buffer_ref (gst_buffer_list_get (list, i)));
    gst_buffer_list_add (spoiled, resize (gst_buffer_list_get (list, last), cut));
    gst_buffer_list_unref (list);
    push_spoiled (&s, spoiled);
  }
  expect_nothing (&s, kinds[__i__].name, 0);
  spoiler_free (&s);
}

GST_END_TEST;

/* ---- changed ---- */

GST_START_TEST (test_an_object_with_any_byte_changed_is_dropped)
{
  Spoiler s = spoiler_new (__i__);
  GstBufferList *sealed = g_ptr_array_index (s.call->sealed, 1);
  guint n = gst_buffer_list_length (sealed);

  for (guint i = 0; i < n; i++) {
    gsize size = gst_buffer_get_size (gst_buffer_list_get (sealed, i));

    for (gsize at = RTP_HEADER + 1; at < size; at++) {
      GstBufferList *list = copy_frame (&s, 1);

      media_flip (gst_buffer_list_get (list, i), (gssize) at);
      if (of_payloads (__i__)) {
        GstBufferList *one = gst_buffer_list_new ();

        gst_buffer_list_add (one, gst_buffer_ref (gst_buffer_list_get (list, i)));
        gst_buffer_list_unref (list);
        list = one;
      }
      push_spoiled (&s, list);
    }
  }
  expect_nothing (&s, kinds[__i__].name, 1);
  fail_unless_equals_uint64 (media_stat (s.h, "dropped"), s.n);
  spoiler_free (&s);
}

GST_END_TEST;

/* ---- the descriptor ---- */

/* The first frame of VP8 is several fragments: which of them is changed (-1: the last). */
static const struct
{
  const gchar *name;
  gint which;
  guint8 bits;
  const gchar *cause;
} lies[] = {
  {"the first fragment does not say so", 0, SFRAME_S, "incomplete"},
  {"the last fragment does not say so", -1, SFRAME_E, "incomplete"},
  {"a fragment in the middle says it is the first", 1, SFRAME_S, "dropped"},
  {"a fragment in the middle says it is the last", 1, SFRAME_E, "tag"},
  {"the first fragment says it is the last", 0, SFRAME_E, "tag"},
  {"the last fragment says it is the first", -1, SFRAME_S, "dropped"},
  {"the first fragment is of another kind", 0, SFRAME_T, "incomplete"},
  {"a fragment in the middle is of another kind", 1, SFRAME_T, "incomplete"},
  {"the last fragment is of another kind", -1, SFRAME_T, "incomplete"},
};

static GstBufferList *
change_descriptor (GstBufferList * list, gint which, guint8 bits)
{
  guint n = gst_buffer_list_length (list), k = which < 0 ? n - 1 : (guint) which;
  GstBufferList *changed = gst_buffer_list_new ();

  fail_unless (n > 2);
  for (guint i = 0; i < n; i++)
    gst_buffer_list_add (changed, i == k ? flip_descriptor (gst_buffer_list_get (list, i), bits)
        : gst_buffer_ref (gst_buffer_list_get (list, i)));
  gst_buffer_list_unref (list);
  return changed;
}

GST_START_TEST (test_a_fragment_that_lies_makes_its_object_useless)
{
  Spoiler s = spoiler_new (0);

  push_spoiled (&s, change_descriptor (copy_frame (&s, 0), lies[__i__].which, lies[__i__].bits));
  expect_nothing (&s, lies[__i__].name, 0);
  fail_unless (media_stat (s.h, lies[__i__].cause) > 0, "%s", lies[__i__].name);
  spoiler_free (&s);
}

GST_END_TEST;

GST_START_TEST (test_reserved_bits_change_nothing)
{
  Spoiler s = spoiler_new (0);

  push_list (s.h, change_descriptor (copy_frame (&s, 0), 1, 0x1f));
  expect_plain (s.h, s.call, 0, 1);
  spoiler_free (&s);
}

GST_END_TEST;

/* The descriptor is not authenticated (docs/wire-format.md): what was sent as one comes out as the
 * other, and no byte of it is another than was sent. */
GST_START_TEST (test_what_says_it_is_of_the_other_kind_is_the_same_bytes)
{
  Spoiler s = spoiler_new (2 + __i__);
  GBytes *sent = g_ptr_array_index (s.call->media->frames, 0), *came;
  GstBufferList *list = copy_frame (&s, 0), *out = gst_buffer_list_new ();

  gst_harness_push (s.h, flip_descriptor (gst_buffer_list_get (list, 0), SFRAME_T));
  gst_buffer_list_add (out, gst_harness_pull (s.h));
  came = media_join (out, FALSE);
  fail_unless (g_bytes_equal (came, sent));
  g_bytes_unref (came);
  gst_buffer_list_unref (out);
  gst_buffer_list_unref (list);
  spoiler_free (&s);
}

GST_END_TEST;

/* ---- mixed up ---- */

GST_START_TEST (test_fragments_of_two_frames_make_none)
{
  Spoiler s = spoiler_new (0);
  GstBufferList *one = g_ptr_array_index (s.call->sealed, 0), *mixed = gst_buffer_list_new ();
  GstBufferList *other = copy_frame (&s, 1);
  guint16 seq = 5000;

  /* All but the last fragment of one, and behind them a last one of the other. */
  for (guint i = 0; i + 1 < gst_buffer_list_length (one); i++)
    gst_buffer_list_add (mixed, gst_buffer_ref (gst_buffer_list_get (one, i)));
  gst_buffer_list_add (mixed, flip_descriptor (gst_buffer_list_get (other, 0), SFRAME_S));
  gst_buffer_list_unref (other);
  push_spoiled (&s, media_renumber (mixed, &seq, 77));
  gst_buffer_list_unref (mixed);
  s.seq = seq;
  expect_nothing (&s, "mixed", 0);
  fail_unless_equals_uint64 (media_stat (s.h, "tag"), 1);
  spoiler_free (&s);
}

GST_END_TEST;

/* ---- something else ---- */

/* What @call carries goes to an e2eedec with @properties, and nothing of it comes out. */
static void
expect_foreign (SealedCall * call, const gchar * properties, gboolean plain, const gchar * name)
{
  GstHarness *h = sframe_harness ("e2eedec", KEYS_1, properties);
  GstCaps *caps = gst_caps_copy (call->media->caps);
  guint n = call->sealed->len;

  if (strstr (properties, "codec") == NULL)
    gst_caps_set_simple (caps, "a-sframe", G_TYPE_STRING, "", NULL);
  gst_harness_set_src_caps (h, caps);
  for (guint i = 0; i < n; i++)
    push_list (h, plain ? media_list (call->media, i)
        : gst_buffer_list_ref (g_ptr_array_index (call->sealed, i)));
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless (gst_harness_try_pull (h) == NULL, "%s: something came out", name);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  fail_unless (media_stat (h, "dropped") + media_stat (h, "incomplete")
      + media_stat (h, "malformed") > 0, "%s: no cause", name);
  gst_harness_teardown (h);
}

static const struct
{
  const gchar *name;
  gboolean vp8;
  const gchar *sender, *receiver;
  gboolean plain;
} foreign[] = {
  {"plain VP8 for frames", TRUE, "", "packetization=frame", TRUE},
  {"plain VP8 for payloads", TRUE, "", "packetization=packet", TRUE},
  {"plain Opus for frames", FALSE, "", "packetization=frame", TRUE},
  {"plain Opus for payloads", FALSE, "", "packetization=packet", TRUE},
  {"VP8 in codec packets for frames", TRUE, "packetization=codec", "packetization=frame", FALSE},
  {"Opus in codec packets for payloads", FALSE, "packetization=codec", "packetization=packet",
      FALSE},
  {"VP8 frames for codec packets", TRUE, "packetization=frame", "packetization=codec", FALSE},
  {"VP8 payloads for codec packets", TRUE, "packetization=packet", "packetization=codec", FALSE},
  {"Opus frames for codec packets", FALSE, "packetization=frame", "packetization=codec", FALSE},
  {"Opus payloads for codec packets", FALSE, "packetization=packet", "packetization=codec", FALSE},
};

GST_START_TEST (test_something_else_is_not_let_through)
{
  SealedCall *call = sealed_call_new (sframe_media (foreign[__i__].vp8, 10), foreign[__i__].vp8,
      foreign[__i__].sender);

  expect_foreign (call, foreign[__i__].receiver, foreign[__i__].plain, foreign[__i__].name);
  sealed_call_free (call);
}

GST_END_TEST;

/* Codec packets of VP8 that say they are first, last and whole, as a server could make them. */
GST_START_TEST (test_plain_frames_behind_a_descriptor_are_not_let_through)
{
  Media *media = __i__ ? media_vp8 (10, NULL, NULL) : media_opus (10);
  SealedCall call = { media, __i__ };
  GPtrArray *wrapped = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);

  for (guint i = 0; i < 10; i++) {
    GstBufferList *list = gst_buffer_list_new ();
    gsize size;
    gconstpointer data = g_bytes_get_data (media->frames->pdata[i], &size);
    GstBuffer *packet = gst_rtp_buffer_new_allocate ((guint) size + 1, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    guint8 *payload;

    gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp);
    gst_rtp_buffer_set_seq (&rtp, i);
    gst_rtp_buffer_set_timestamp (&rtp, i * 3000);
    gst_rtp_buffer_set_marker (&rtp, TRUE);
    payload = gst_rtp_buffer_get_payload (&rtp);
    payload[0] = SFRAME_S | SFRAME_E | (i & 1 ? SFRAME_T : 0);
    memcpy (payload + 1, data, size);
    gst_rtp_buffer_unmap (&rtp);
    gst_buffer_list_add (list, packet);
    g_ptr_array_add (wrapped, list);
  }
  call.sealed = wrapped;
  expect_foreign (&call, "packetization=frame", FALSE, "plain frames behind a descriptor");
  g_ptr_array_unref (wrapped);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_noise_is_not_let_through)
{
  Spoiler s = spoiler_new (__i__);
  GRand *dice = g_rand_new_with_seed (7);

  for (guint i = 0; i < 2000; i++) {
    guint size = (guint) g_rand_int_range (dice, 0, 60);
    GstBuffer *packet = gst_rtp_buffer_new_allocate (size, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp);
    gst_rtp_buffer_set_seq (&rtp, s.seq++);
    gst_rtp_buffer_set_timestamp (&rtp, s.timestamp += 3000 * (guint32) g_rand_int_range (dice, 0,
            2));
    gst_rtp_buffer_set_marker (&rtp, g_rand_boolean (dice));
    for (guint k = 0; k < size; k++)
      ((guint8 *) gst_rtp_buffer_get_payload (&rtp))[k] = (guint8) g_rand_int (dice);
    gst_rtp_buffer_unmap (&rtp);
    fail_unless_equals_int (gst_harness_push (s.h, packet), GST_FLOW_OK);
  }
  s.n = 1;
  expect_nothing (&s, kinds[__i__].name, 0);
  g_rand_free (dice);
  spoiler_free (&s);
}

GST_END_TEST;

static Suite *
sframe_packets_bad_suite (void)
{
  Suite *s = suite_create ("sframe-packets-bad");
  TCase *tc = tcase_create ("sframe-packets-bad");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_an_object_that_is_cut_short_at_any_length_is_dropped, 0,
      G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tc, test_an_object_with_any_byte_changed_is_dropped, 0,
      G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tc, test_a_fragment_that_lies_makes_its_object_useless, 0,
      G_N_ELEMENTS (lies));
  tcase_add_test (tc, test_reserved_bits_change_nothing);
  tcase_add_loop_test (tc, test_what_says_it_is_of_the_other_kind_is_the_same_bytes, 0, 2);
  tcase_add_test (tc, test_fragments_of_two_frames_make_none);
  tcase_add_loop_test (tc, test_something_else_is_not_let_through, 0, G_N_ELEMENTS (foreign));
  tcase_add_loop_test (tc, test_plain_frames_behind_a_descriptor_are_not_let_through, 0, 2);
  tcase_add_loop_test (tc, test_noise_is_not_let_through, 0, G_N_ELEMENTS (kinds));
  return s;
}

GST_CHECK_MAIN (sframe_packets_bad);
