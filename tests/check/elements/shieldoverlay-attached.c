/* shieldoverlay: the badge as an overlay that downstream draws, and the caps that go with it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/blend.h"

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
  shield_set_caps (&shield, caps);
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
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstBuffer *copy = gst_buffer_copy_deep (in), *out;
  guint seqnum;
  gint x, y;
  guint w, h;

  out = shield_push_and_pull (&shield, in);
  fail_unless (leaves_with_feature (&shield));
  fail_unless (shield_changed_area (&shield.info, copy, out).w <= 0);
  gst_video_overlay_rectangle_get_render_rectangle (attached_rectangle (out, 1, 0), &x, &y, &w, &h);
  fail_unless_equals_int (x, BADGE_MARGIN);
  fail_unless_equals_int (y, 241 - BADGE_HEIGHT - BADGE_MARGIN);
  fail_unless_equals_int (h, BADGE_HEIGHT);
  seqnum = gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0));
  gst_buffer_unref (out);

  /* The same texture for the same state, another one for another. */
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 1));
  fail_unless_equals_int (gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0)),
      seqnum);
  gst_buffer_unref (out);
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_OFF, 2));
  fail_if (gst_video_overlay_rectangle_get_seqnum (attached_rectangle (out, 1, 0)) == seqnum);
  gst_buffer_unref (out);
  gst_buffer_unref (copy);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_attached_badge_fits_the_window)
{
  Shield shield = shield_new_attached (SMALL, 1920, 1080);
  GstBuffer *out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));
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
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0), *out;
  gint x, y;

  gst_buffer_add_video_overlay_composition_meta (in, theirs);
  out = shield_push_and_pull (&shield, in);
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

  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).w > 100);
  fail_if (leaves_with_feature (&shield));
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_downstream_that_stops_drawing_is_blended_into_after_reconfiguring)
{
  Shield shield = shield_new_attached (SMALL, 0, 0);
  GstBuffer *out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));

  fail_unless (gst_buffer_get_video_overlay_composition_meta (out) != NULL);
  gst_buffer_unref (out);
  gst_pad_set_query_function (shield.h->sinkpad, gst_pad_query_default);
  gst_harness_push_upstream_event (shield.h, gst_event_new_reconfigure ());
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 1));
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

  fail_unless_equals_int (gst_harness_push (shield.h, shield_make (&shield, GST_E2EE_STATE_ON, 0)),
      GST_FLOW_NOT_NEGOTIATED);
  fail_unless_equals_int (gst_harness_buffers_received (shield.h), 0);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_memory_that_cannot_be_mapped_gets_the_badge_attached)
{
  Shield shield = shield_new_attached (GL, 0, 0);
  GstBuffer *out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));

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
  shield_set_caps (&shield, SMALL);
  fail_unless (gst_pad_peer_query (shield.h->srcpad, query));
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  fail_if (gst_query_find_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL));
  gst_query_unref (query);
  gst_caps_unref (caps);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_attached_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-attached");
  TCase *tc = tcase_create ("attached");

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
  return s;
}

GST_CHECK_MAIN (shieldoverlay_attached);
