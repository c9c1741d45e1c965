/* shieldoverlay: what is broken, hostile or enormous is never green.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "shield.h"

#include <string.h>

static GstE2eeState
state_of (Shield * shield)
{
  GstE2eeState state;

  g_object_get (shield->h->element, "state", &state, NULL);
  return state;
}

/* -- Metas -- */

typedef struct
{
  GstE2eeStatusMeta meta;
  guint64 more[4];
} LargeMeta;

static gboolean
meta_init (GstMeta * meta, gpointer params, GstBuffer * buffer)
{
  memset ((guint8 *) meta + sizeof (GstMeta), 0xff, meta->info->size - sizeof (GstMeta));
  return TRUE;
}

/* A meta of the right type by another version of the library, filled with what is no pointer. */
static void
add_other_meta (GstBuffer * buffer, const gchar * name, gsize size)
{
  const GstMetaInfo *info = gst_meta_register (GST_E2EE_STATUS_META_API_TYPE, name, size, meta_init,
      NULL, NULL);

  fail_unless (info != NULL);
  fail_unless (gst_buffer_add_meta (buffer, info, NULL) != NULL);
}

static const struct
{
  const gchar *name;
  gsize size;
} versions[] = {
  {"GstE2eeStatusMeta0", sizeof (GstMeta)},
  {"GstE2eeStatusMeta1", sizeof (GstMeta) + 4},
  {"GstE2eeStatusMeta2", sizeof (LargeMeta)},
};

GST_START_TEST (test_a_meta_of_another_version_is_unknown)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer = shield_make (&shield, NO_STATE, 0);

  add_other_meta (buffer, versions[__i__].name, versions[__i__].size);
  gst_buffer_unref (shield_push_and_pull (&shield, buffer));
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_half_a_meta_is_unknown)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);
  GstE2eeStatus *status = meta->status;

  meta->status = NULL;
  buffer = shield_push_and_pull (&shield, buffer);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  gst_buffer_get_e2ee_status_meta (buffer)->status = status;
  gst_buffer_unref (buffer);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_state_that_is_none_is_unknown)
{
  Shield shield = shield_new (SMALL);

  shield_push (&shield, (GstE2eeState) 77, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

/* What others may send in band: custom events and metas that merely sound like ours. */
GST_START_TEST (test_nothing_that_sounds_like_a_status_sets_the_state)
{
  static const gchar *const names[] = { "e2ee-status", "e2ee-shield", "GstE2eeStatus" };
  Shield shield = shield_new (SMALL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gst_harness_push_event (shield.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
            gst_structure_new (names[i], "state", G_TYPE_STRING, "verified", "sender",
                G_TYPE_STRING, "alice", NULL)));
    gst_harness_push_event (shield.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            gst_structure_new (names[i], "state", GST_TYPE_E2EE_STATE, GST_E2EE_STATE_ON, NULL)));
  }
  shield_push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

/* -- Much of it -- */

GST_START_TEST (test_thousands_of_changes_are_all_told_and_drawn)
{
  Shield shield = shield_new ("video/x-raw,format=GRAY8,width=160,height=120,framerate=1000/1");
  guint told = 0;
  GstMessage *message;

  for (guint i = 0; i < 3000; i++) {
    gchar *name = g_strdup_printf ("participant %u", i % 60);
    GstE2eeStatus *status = gst_e2ee_status_new (i % 6, name, i);
    GstBuffer *buffer = shield_make (&shield, NO_STATE, i);

    gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
    gst_buffer_unref (shield_push_and_pull (&shield, buffer));
    fail_unless_equals_int (state_of (&shield), i % 6);
    gst_e2ee_status_unref (status);
    g_free (name);
  }
  while ((message = gst_bus_pop_filtered (shield.bus, GST_MESSAGE_ELEMENT))) {
    told++;
    gst_message_unref (message);
  }
  fail_unless_equals_int (told, 3000);
  shield_free (&shield);
}

GST_END_TEST;

static const struct
{
  const gchar *placement;
  gint width, height;
} sizes[] = {
  {"overlay", 1, 1}, {"border", 1, 1}, {"overlay", 15360, 8640}, {"border", 15360, 8640},
  {"overlay", 32767, 8}, {"border", 8, 32000},
};

GST_START_TEST (test_the_smallest_and_the_largest_frames_have_a_badge)
{
  gchar *caps = g_strdup_printf ("video/x-raw,format=GRAY8,width=%d,height=%d,framerate=25/1",
      sizes[__i__].width, sizes[__i__].height);
  Shield shield = shield_new (NULL);
  GstBuffer *buffer, *out;
  gint bright = 0;
  GstMapInfo map;

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "placement", sizes[__i__].placement);
  shield_set_caps (&shield, caps);
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&shield.info), NULL);
  gst_buffer_memset (buffer, 0, 0, -1);
  shield_add_status (buffer, GST_E2EE_STATE_ON);
  out = shield_push_and_pull (&shield, buffer);
  gst_buffer_map (out, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size; i++)
    bright += map.data[i] > 100;
  fail_unless (bright > 0);
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_bad_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-bad");
  TCase *tc = tcase_create ("bad");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_meta_of_another_version_is_unknown, 0, G_N_ELEMENTS (versions));
  tcase_add_test (tc, test_half_a_meta_is_unknown);
  tcase_add_test (tc, test_a_state_that_is_none_is_unknown);
  tcase_add_test (tc, test_nothing_that_sounds_like_a_status_sets_the_state);
  tcase_add_test (tc, test_thousands_of_changes_are_all_told_and_drawn);
  tcase_add_loop_test (tc, test_the_smallest_and_the_largest_frames_have_a_badge, 0,
      G_N_ELEMENTS (sizes));
  return s;
}

GST_CHECK_MAIN (shieldoverlay_bad);
