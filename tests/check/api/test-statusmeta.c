/* The status of one buffer: adding, replacing, merging, copying.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#define ON GST_E2EE_STATE_ON
#define VERIFIED GST_E2EE_STATE_VERIFIED

static guint
count_metas (GstBuffer * buffer)
{
  return gst_buffer_get_n_meta (buffer, GST_E2EE_STATUS_META_API_TYPE);
}

/* Adds a status that nobody else holds. */
static GstE2eeStatusMeta *
add (GstBuffer * buffer, GstE2eeState state, const gchar * sender, guint64 epoch, guint64 key_id,
    guint64 counter)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, sender, epoch);
  GstE2eeStatusMeta *meta;

  meta = gst_buffer_add_e2ee_status_meta (buffer, status, key_id, counter);
  gst_e2ee_status_unref (status);
  return meta;
}

static void
assert_says (GstBuffer * buffer, GstE2eeState state, const gchar * sender, guint64 epoch,
    guint64 key_id, guint64 counter)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);

  fail_unless (meta != NULL);
  fail_unless_equals_int (count_metas (buffer), 1);
  fail_unless_equals_int (gst_e2ee_status_get_state (meta->status), state);
  fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer), state);
  fail_unless_equals_string (gst_e2ee_status_get_sender (meta->status), sender);
  fail_unless_equals_uint64 (gst_e2ee_status_get_epoch (meta->status), epoch);
  fail_unless_equals_uint64 (meta->key_id, key_id);
  fail_unless_equals_uint64 (meta->counter, counter);
}

GST_START_TEST (test_a_buffer_without_a_meta_is_unknown)
{
  GstBuffer *buffer = gst_buffer_new ();

  fail_unless (gst_buffer_get_e2ee_status_meta (buffer) == NULL);
  fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer), GST_E2EE_STATE_UNKNOWN);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_meta_has_no_tags)
{
  const gchar *const *tags = gst_meta_api_type_get_tags (GST_E2EE_STATUS_META_API_TYPE);

  fail_unless (tags == NULL || tags[0] == NULL);
  fail_unless (GST_E2EE_STATUS_META_INFO == GST_E2EE_STATUS_META_INFO);
}

GST_END_TEST;

GST_START_TEST (test_meta_cannot_be_made_without_a_status)
{
  GstBuffer *buffer = gst_buffer_new ();

  fail_unless (gst_buffer_add_meta (buffer, GST_E2EE_STATUS_META_INFO, NULL) == NULL);
  fail_unless_equals_int (count_metas (buffer), 0);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

static void
count_criticals (const gchar * domain, GLogLevelFlags level, const gchar * text, gpointer counter)
{
  (*(guint *) counter)++;
}

GST_START_TEST (test_add_and_set_refuse_a_buffer_that_others_hold)
{
  GstBuffer *buffer = gst_buffer_ref (gst_buffer_new ());
  GstE2eeStatus *status = gst_e2ee_status_new (ON, NULL, 1);
  guint n_criticals = 0, id;

  id = g_log_set_handler ("GStreamer-E2ee", G_LOG_LEVEL_CRITICAL, count_criticals, &n_criticals);
  fail_unless (gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1) == NULL);
  fail_unless (gst_buffer_set_e2ee_status_meta (buffer, status, 1, 1) == NULL);
  g_log_remove_handler ("GStreamer-E2ee", id);
  fail_unless_equals_int (n_criticals, 2);
  fail_unless_equals_int (count_metas (buffer), 0);
  gst_e2ee_status_unref (status);
  gst_buffer_unref (buffer);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_one_status_serves_a_thousand_buffers)
{
  GstE2eeStatus *status = gst_e2ee_status_new (ON, "alice", 1);
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < 1000; i++) {
    GstBuffer *buffer = gst_buffer_new ();

    fail_unless (gst_buffer_add_e2ee_status_meta (buffer, status, 1, i)->status == status);
    gst_buffer_list_add (list, buffer);
  }
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1001);
  gst_buffer_list_unref (list);
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_add_merges_states_and_keeps_the_first_key_id)
{
  GstBuffer *buffer = gst_buffer_new ();

  add (buffer, VERIFIED, "alice", 3, 11, 100);
  add (buffer, ON, "alice", 3, 12, 200);
  assert_says (buffer, ON, "alice", 3, 11, 100);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_add_names_no_sender_when_there_are_two)
{
  GstBuffer *buffer = gst_buffer_new ();

  add (buffer, ON, "alice", 3, 11, 100);
  add (buffer, ON, "bob", 3, 12, 200);
  assert_says (buffer, ON, NULL, 3, 11, 100);
  add (buffer, ON, "alice", 3, 11, 101);
  assert_says (buffer, ON, NULL, 3, 11, 100);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_add_keeps_the_smaller_epoch)
{
  GstBuffer *buffer = gst_buffer_new ();

  add (buffer, ON, "alice", 3, 11, 100);
  add (buffer, ON, "alice", 4, 12, 200);
  assert_says (buffer, ON, "alice", 3, 11, 100);
  add (buffer, ON, "alice", 2, 10, 300);
  assert_says (buffer, ON, "alice", 2, 11, 100);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_add_of_clear_media_to_protected_is_degraded)
{
  GstBuffer *buffer = gst_buffer_new ();

  add (buffer, ON, "alice", 3, 11, 100);
  add (buffer, GST_E2EE_STATE_OFF, NULL, 0, 0, 0);
  assert_says (buffer, GST_E2EE_STATE_DEGRADED, NULL, 0, 11, 100);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

/* What is there says it already: nothing new is made. */
GST_START_TEST (test_merge_uses_the_first_status_when_it_says_the_result)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstE2eeStatus *weaker = gst_e2ee_status_new (ON, "alice", 3);

  gst_buffer_add_e2ee_status_meta (buffer, weaker, 1, 1);
  add (buffer, VERIFIED, "alice", 4, 1, 2);
  fail_unless (gst_buffer_get_e2ee_status_meta (buffer)->status == weaker);
  ASSERT_MINI_OBJECT_REFCOUNT (weaker, "weaker", 2);
  gst_buffer_unref (buffer);
  ASSERT_MINI_OBJECT_REFCOUNT (weaker, "weaker", 1);
  gst_e2ee_status_unref (weaker);
}

GST_END_TEST;

GST_START_TEST (test_merge_uses_the_second_status_when_it_says_the_result)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstE2eeStatus *weaker = gst_e2ee_status_new (ON, "alice", 3);

  add (buffer, VERIFIED, "alice", 4, 1, 2);
  gst_buffer_add_e2ee_status_meta (buffer, weaker, 1, 1);
  fail_unless (gst_buffer_get_e2ee_status_meta (buffer)->status == weaker);
  gst_buffer_unref (buffer);
  ASSERT_MINI_OBJECT_REFCOUNT (weaker, "weaker", 1);
  gst_e2ee_status_unref (weaker);
}

GST_END_TEST;

GST_START_TEST (test_set_replaces_what_was_said)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstE2eeStatus *status = gst_e2ee_status_new (ON, "bob", 9);

  add (buffer, GST_E2EE_STATE_DEGRADED, "alice", 3, 11, 100);
  gst_buffer_set_e2ee_status_meta (buffer, status, 12, 200);
  assert_says (buffer, ON, "bob", 9, 12, 200);
  gst_buffer_set_e2ee_status_meta (buffer, status, 13, 300);
  assert_says (buffer, ON, "bob", 9, 13, 300);
  gst_buffer_unref (buffer);
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_set_adds_where_nothing_was_said)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstE2eeStatus *status = gst_e2ee_status_new (ON, "bob", 9);

  gst_buffer_set_e2ee_status_meta (buffer, status, 12, 200);
  assert_says (buffer, ON, "bob", 9, 12, 200);
  gst_buffer_unref (buffer);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_copy_takes_the_meta_along)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL), *copy;

  add (buffer, VERIFIED, "alice", 3, 11, 100);
  copy = gst_buffer_copy (buffer);
  gst_buffer_unref (buffer);
  assert_says (copy, VERIFIED, "alice", 3, 11, 100);
  gst_buffer_unref (copy);
}

GST_END_TEST;

GST_START_TEST (test_deep_copy_takes_the_meta_along)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL), *copy;

  add (buffer, VERIFIED, "alice", 3, 11, 100);
  copy = gst_buffer_copy_deep (buffer);
  gst_buffer_unref (buffer);
  assert_says (copy, VERIFIED, "alice", 3, 11, 100);
  gst_buffer_unref (copy);
}

GST_END_TEST;

GST_START_TEST (test_region_copy_takes_the_meta_along)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL), *copy;

  add (buffer, VERIFIED, "alice", 3, 11, 100);
  copy = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 10, 20);
  gst_buffer_unref (buffer);
  assert_says (copy, VERIFIED, "alice", 3, 11, 100);
  gst_buffer_unref (copy);
}

GST_END_TEST;

GST_START_TEST (test_copies_onto_one_buffer_merge)
{
  GstBuffer *frame = gst_buffer_new ();
  GstBuffer *first = gst_buffer_new (), *second = gst_buffer_new ();

  add (first, VERIFIED, "alice", 3, 11, 100);
  add (second, GST_E2EE_STATE_SWITCHING, "alice", 4, 12, 200);
  gst_buffer_copy_into (frame, first, GST_BUFFER_COPY_META, 0, -1);
  gst_buffer_copy_into (frame, second, GST_BUFFER_COPY_META, 0, -1);
  assert_says (frame, GST_E2EE_STATE_SWITCHING, "alice", 3, 11, 100);
  gst_buffer_unref (first);
  gst_buffer_unref (second);
  gst_buffer_unref (frame);
}

GST_END_TEST;

GST_START_TEST (test_a_transform_of_any_kind_merges)
{
  GstBuffer *from = gst_buffer_new (), *to = gst_buffer_new ();
  GstMeta *meta = (GstMeta *) add (from, VERIFIED, "alice", 3, 11, 100);

  add (to, ON, "alice", 3, 11, 99);
  fail_unless (meta->info->transform_func (to, meta, from,
          g_quark_from_static_string ("gst-video-scale"), NULL));
  assert_says (to, ON, "alice", 3, 11, 99);
  gst_buffer_unref (from);
  gst_buffer_unref (to);
}

GST_END_TEST;

static Suite *
statusmeta_suite (void)
{
  Suite *s = suite_create ("statusmeta");
  TCase *tc = tcase_create ("statusmeta");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_a_buffer_without_a_meta_is_unknown);
  tcase_add_test (tc, test_meta_has_no_tags);
  tcase_add_test (tc, test_meta_cannot_be_made_without_a_status);
  tcase_add_test (tc, test_add_and_set_refuse_a_buffer_that_others_hold);
  tcase_add_test (tc, test_one_status_serves_a_thousand_buffers);
  tcase_add_test (tc, test_add_merges_states_and_keeps_the_first_key_id);
  tcase_add_test (tc, test_add_names_no_sender_when_there_are_two);
  tcase_add_test (tc, test_add_keeps_the_smaller_epoch);
  tcase_add_test (tc, test_add_of_clear_media_to_protected_is_degraded);
  tcase_add_test (tc, test_merge_uses_the_first_status_when_it_says_the_result);
  tcase_add_test (tc, test_merge_uses_the_second_status_when_it_says_the_result);
  tcase_add_test (tc, test_set_replaces_what_was_said);
  tcase_add_test (tc, test_set_adds_where_nothing_was_said);
  tcase_add_test (tc, test_copy_takes_the_meta_along);
  tcase_add_test (tc, test_deep_copy_takes_the_meta_along);
  tcase_add_test (tc, test_region_copy_takes_the_meta_along);
  tcase_add_test (tc, test_copies_onto_one_buffer_merge);
  tcase_add_test (tc, test_a_transform_of_any_kind_merges);
  return s;
}

KIT_MAIN (statusmeta)
