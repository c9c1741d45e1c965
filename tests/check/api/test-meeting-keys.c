/* A meeting as a key provider: what it lists, finds and says of media, and streams that are sent.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"
#include "room.h"

#include <string.h>

#define ALLOW GST_E2EE_FLOOR_ALLOW
#define ENCRYPT GST_E2EE_KEY_USAGE_ENCRYPT
#define DECRYPT GST_E2EE_KEY_USAGE_DECRYPT

static GstE2eeKeyProvider *
provider (Room * room, guint i)
{
  return GST_E2EE_KEY_PROVIDER (room->people[i].meeting);
}

static GstE2eeMeetingStream *
add (Room * room, guint i)
{
  GError *error = NULL;
  GstE2eeMeetingStream *stream = gst_e2ee_meeting_add_stream (room->people[i].meeting,
      GST_E2EE_STREAM_KIND_CAMERA, "front", &error);

  fail_unless (stream != NULL, "%s", error ? error->message : "");
  room_settle (room);
  return stream;
}

/* The only key that an acquired stream encrypts with; (transfer full). */
static GstE2eeKey *
sending (GstE2eeMeetingStream * stream)
{
  GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (stream), ENCRYPT);
  GstE2eeKey *key;

  fail_unless (keys != NULL);
  key = gst_e2ee_key_ref (keys->data);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return key;
}

static gboolean
has_equal (GList * keys, GstE2eeKey * key)
{
  for (GList * link = keys; link; link = link->next)
    if (gst_e2ee_key_is_equal (link->data, key))
      return TRUE;
  return FALSE;
}

GST_START_TEST (test_what_one_encrypts_with_the_others_list)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *stream;
  GstE2eeKey *key;
  GList *keys;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  stream = add (room, 0);
  fail_unless (gst_e2ee_key_provider_acquire (GST_E2EE_KEY_PROVIDER (stream), ENCRYPT, NULL));
  key = sending (stream);
  fail_unless (gst_e2ee_key_is_of_group (key));
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), ENCRYPT);
  fail_unless_equals_string (gst_e2ee_key_get_sender (key), "Alice");
  fail_unless (gst_e2ee_key_is_of_sender (key, "alice"));
  fail_unless (gst_e2ee_key_is_of_sender (key, "0"));
  fail_if (gst_e2ee_key_is_of_sender (key, "Alice"));
  keys = gst_e2ee_key_provider_list_keys (provider (room, 1), DECRYPT);
  fail_unless (has_equal (keys, key));
  fail_unless (gst_e2ee_key_provider_list_keys (provider (room, 1), ENCRYPT) == NULL);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  gst_e2ee_key_unref (key);
  gst_e2ee_key_provider_release (GST_E2EE_KEY_PROVIDER (stream), ENCRYPT);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_key_is_found_by_its_id_whether_its_stream_was_announced_or_not)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *stream;
  GstE2eeMedia media;
  GstE2eeKey *key;
  GList *keys;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  room->people[1].is_cut_off = TRUE;
  stream = add (room, 0);
  gst_e2ee_key_provider_acquire (GST_E2EE_KEY_PROVIDER (stream), ENCRYPT, NULL);
  key = sending (stream);
  fail_unless (gst_e2ee_key_provider_can_find (provider (room, 1)));
  fail_unless (gst_e2ee_key_provider_list_keys (provider (room, 1), DECRYPT) == NULL);
  keys = gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT,
      gst_e2ee_key_get_key_id (key));
  fail_unless (has_equal (keys, key));
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);

  gst_e2ee_key_provider_get_media (provider (room, 1), &media);
  fail_unless_equals_uint64 (gst_e2ee_key_get_key_id (key) & media.key_id_mask,
      media.key_id_value);
  /* Another meeting's mark, a leaf that is nobody's, a stream number that nobody may have. */
  fail_unless (gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT,
          gst_e2ee_key_get_key_id (key) ^ G_GUINT64_CONSTANT (1) << 25) == NULL);
  fail_unless (gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT,
          gst_e2ee_key_get_key_id (key) | 0x100 << 5) == NULL);
  fail_unless (gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT,
          gst_e2ee_key_get_key_id (key) | 32 << 18) == NULL);
  gst_e2ee_key_unref (key);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_the_keys_of_an_epoch_share_one_secret)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *one, *other;
  GList *keys;
  const guint8 *secret = NULL;
  gsize size;

  room_join (room);
  one = add (room, 0);
  other = add (room, 0);
  keys = gst_e2ee_key_provider_list_keys (provider (room, 1), DECRYPT);
  fail_unless (g_list_length (keys) >= 2);
  for (GList * link = keys; link; link = link->next) {
    if (gst_e2ee_key_get_epoch (link->data) != gst_e2ee_meeting_get_epoch
        (room->people[1].meeting))
      continue;
    if (secret)
      fail_unless (gst_e2ee_key_peek_base_key (link->data, &size) == secret);
    secret = gst_e2ee_key_peek_base_key (link->data, &size);
  }
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  g_object_unref (one);
  g_object_unref (other);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_made_up_key_ids_make_the_meeting_look_once_a_second)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMedia media;
  guint64 epoch, looked = 0;

  room_join (room);
  room_advance (room, 20000);
  epoch = gst_e2ee_meeting_get_epoch (room->people[1].meeting);
  gst_e2ee_key_provider_get_media (provider (room, 1), &media);
  for (guint i = 0; i < 1000; i++) {
    guint64 key_id = media.key_id_value | (i & 1023) << 8 | ((epoch + 1) & 255);

    g_list_free_full (gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT, key_id),
        (GDestroyNotify) gst_e2ee_key_unref);
    looked += _gst_e2ee_meeting_next_tick (room->people[1].meeting) == 0;
    _gst_e2ee_meeting_tick (room->people[1].meeting);
  }
  fail_unless (looked >= 1);
  fail_unless (looked <= 60, "%u times", (guint) looked);
  room_free (room);
}

GST_END_TEST;

static guint
n_keys (Room * room, guint i)
{
  GList *keys = gst_e2ee_key_provider_list_keys (provider (room, i), DECRYPT);
  guint n = g_list_length (keys);

  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return n;
}

GST_START_TEST (test_keys_of_the_epoch_before_are_listed_for_ten_seconds)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *stream;

  room_join (room);
  stream = add (room, 0);
  room_advance (room, 20000);
  fail_unless_equals_int (n_keys (room, 1), 1);
  fail_unless (gst_e2ee_meeting_request_rekey (room->people[0].meeting, NULL, NULL));
  room_settle (room);
  fail_unless_equals_int (n_keys (room, 1), 2);
  room_advance (room, 9900);
  fail_unless_equals_int (n_keys (room, 1), 2);
  room_advance (room, 200);
  fail_unless_equals_int (n_keys (room, 1), 1);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

static void
assert_media (Room * room, guint i, GstE2eeMediaMode mode, GstE2eeState state)
{
  GstE2eeMedia media;

  gst_e2ee_key_provider_get_media (provider (room, i), &media);
  fail_unless_equals_int (media.mode, mode);
  fail_unless_equals_int (media.state, state);
}

static void
count (GstE2eeKeyProvider * self, guint * n)
{
  (*n)++;
}

GST_START_TEST (test_the_mode_follows_the_meeting_and_every_change_is_told)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  guint n = 0, before;
  GstE2eeMedia media;

  g_signal_connect (provider (room, 1), "keys-changed", G_CALLBACK (count), &n);
  assert_media (room, 1, GST_E2EE_MEDIA_MODE_CLOSED, GST_E2EE_STATE_UNKNOWN);
  room_join (room);
  assert_media (room, 1, GST_E2EE_MEDIA_MODE_CLEAR, GST_E2EE_STATE_OFF);
  fail_unless (n > 0);
  before = n;
  room_turn (room, TRUE);
  room_advance (room, 3000);
  assert_media (room, 1, GST_E2EE_MEDIA_MODE_PROTECTED, GST_E2EE_STATE_ON);
  fail_unless (n > before);
  before = n;
  gst_e2ee_meeting_leave (room->people[1].meeting);
  assert_media (room, 1, GST_E2EE_MEDIA_MODE_CLOSED, GST_E2EE_STATE_UNKNOWN);
  fail_unless (n > before);
  fail_unless (gst_e2ee_key_provider_list_keys (provider (room, 1), DECRYPT) == NULL);
  /* Leaf 0, stream 0, in every epoch that there may have been. */
  gst_e2ee_key_provider_get_media (provider (room, 1), &media);
  for (guint epoch = 0; epoch < 256; epoch++)
    fail_unless (gst_e2ee_key_provider_find_keys (provider (room, 1), DECRYPT,
            media.key_id_value | epoch) == NULL);
  room_free (room);
}

GST_END_TEST;

typedef struct
{
  GstE2eeMediaMode heard;       /* by whoever listens to keys-changed, such as an element */
  guint answers;
} Order;

static void
hear (GstE2eeKeyProvider * self, Order * order)
{
  GstE2eeMedia media;

  gst_e2ee_key_provider_get_media (self, &media);
  order->heard = media.mode;
}

static void
check_answer (GstE2eeMeeting * meeting, GBytes * message, Order * order)
{
  GstE2eeMedia media;

  gst_e2ee_key_provider_get_media (GST_E2EE_KEY_PROVIDER (meeting), &media);
  fail_unless_equals_int (order->heard, media.mode);
  order->answers++;
}

GST_START_TEST (test_elements_know_the_mode_before_the_message_that_brought_it_is_answered)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  Order order = { 0, };

  room_join (room);
  g_signal_connect (provider (room, 1), "keys-changed", G_CALLBACK (hear), &order);
  order.heard = GST_E2EE_MEDIA_MODE_CLEAR;
  g_signal_connect (provider (room, 1), "outgoing-message", G_CALLBACK (check_answer), &order);
  for (guint i = 0; i < 6; i++)
    room_turn (room, i % 2 == 0);
  fail_unless (order.answers >= 6);
  room_free (room);
}

GST_END_TEST;

/* ---- streams ---- */

GST_START_TEST (test_streams_are_announced_as_long_as_they_live)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *early = gst_e2ee_meeting_add_stream (room->people[0].meeting,
      GST_E2EE_STREAM_KIND_MICROPHONE, NULL, NULL);
  GstE2eeMeetingStream *stream;
  GList *members, *streams;

  /* One is there before the meeting is. */
  room_join (room);
  stream = add (room, 0);
  members = gst_e2ee_meeting_list_members (room->people[1].meeting);
  streams = gst_e2ee_member_list_streams (members->data);
  fail_unless_equals_int (g_list_length (streams), 2);
  fail_unless_equals_int (gst_e2ee_stream_info_get_kind (streams->data),
      GST_E2EE_STREAM_KIND_MICROPHONE);
  fail_unless_equals_string (gst_e2ee_stream_info_get_label (streams->next->data), "front");
  fail_unless_equals_int (gst_e2ee_stream_info_get_number (streams->next->data),
      gst_e2ee_meeting_stream_get_number (stream));
  g_list_free_full (streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  g_object_unref (early);
  g_object_unref (stream);
  room_settle (room);
  fail_unless (room_told (&room->people[1], "streams Alice 0") >= 1);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_has_one_owner_at_a_time_and_a_new_number_for_the_next)
{
  Room *room = room_new ("Alice", ALLOW);
  GstE2eeKeyProvider *stream;
  GError *error = NULL;
  guint64 first_id;
  GstE2eeKey *key;

  room_join (room);
  stream = GST_E2EE_KEY_PROVIDER (add (room, 0));
  fail_unless (gst_e2ee_key_provider_list_keys (stream, ENCRYPT) == NULL);
  fail_unless (gst_e2ee_key_provider_acquire (stream, ENCRYPT, NULL));
  fail_if (gst_e2ee_key_provider_acquire (stream, ENCRYPT, &error));
  fail_unless (g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS));
  g_error_free (error);
  key = sending (GST_E2EE_MEETING_STREAM (stream));
  first_id = gst_e2ee_key_get_key_id (key);
  gst_e2ee_key_unref (key);
  gst_e2ee_key_provider_release (stream, ENCRYPT);
  fail_unless (gst_e2ee_key_provider_acquire (stream, ENCRYPT, NULL));
  key = sending (GST_E2EE_MEETING_STREAM (stream));
  fail_if (gst_e2ee_key_get_key_id (key) == first_id);
  gst_e2ee_key_unref (key);
  gst_e2ee_key_provider_release (stream, ENCRYPT);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_used_number_is_free_again_in_the_next_epoch_only)
{
  Room *room = room_new ("Alice", ALLOW);
  GstE2eeMeetingStream *stream;
  GHashTable *ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GError *error = NULL;
  guint n = 0;

  room_join (room);
  while ((stream = gst_e2ee_meeting_add_stream (room->people[0].meeting,
              GST_E2EE_STREAM_KIND_DATA, NULL, &error))) {
    GstE2eeKeyProvider *as_provider = GST_E2EE_KEY_PROVIDER (stream);
    GstE2eeKey *key;
    guint64 id;

    gst_e2ee_key_provider_acquire (as_provider, ENCRYPT, NULL);
    key = sending (stream);
    id = gst_e2ee_key_get_key_id (key);
    fail_unless (g_hash_table_add (ids, g_memdup2 (&id, sizeof id)), "%u comes twice", n);
    gst_e2ee_key_unref (key);
    gst_e2ee_key_provider_release (as_provider, ENCRYPT);
    g_object_unref (stream);
    fail_unless (++n <= 32);
  }
  fail_unless_equals_int (n, 32);
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR,
          GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS));
  fail_unless (strstr (error->message, "Alice") != NULL, "%s", error->message);
  g_clear_error (&error);
  room_advance (room, 3000);
  stream = gst_e2ee_meeting_add_stream (room->people[0].meeting, GST_E2EE_STREAM_KIND_DATA, NULL,
      &error);
  fail_unless (stream != NULL);
  g_object_unref (stream);
  g_hash_table_unref (ids);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_outlives_its_use_of_the_meeting_keeps_it_alive)
{
  Room *room = room_new ("Alice", ALLOW);
  GstE2eeMeetingStream *stream = gst_e2ee_meeting_add_stream (room->people[0].meeting,
      GST_E2EE_STREAM_KIND_DATA, NULL, NULL);
  GstE2eeMedia media;

  room_close (&room->people[0]);
  gst_e2ee_key_provider_get_media (GST_E2EE_KEY_PROVIDER (stream), &media);
  fail_unless_equals_int (media.mode, GST_E2EE_MEDIA_MODE_CLOSED);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

static Suite *
meeting_keys_suite (void)
{
  Suite *s = suite_create ("meeting-keys");
  TCase *tc = tcase_create ("meeting-keys");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_what_one_encrypts_with_the_others_list);
  tcase_add_test (tc, test_a_key_is_found_by_its_id_whether_its_stream_was_announced_or_not);
  tcase_add_test (tc, test_the_keys_of_an_epoch_share_one_secret);
  tcase_add_test (tc, test_made_up_key_ids_make_the_meeting_look_once_a_second);
  tcase_add_test (tc, test_keys_of_the_epoch_before_are_listed_for_ten_seconds);
  tcase_add_test (tc, test_the_mode_follows_the_meeting_and_every_change_is_told);
  tcase_add_test (tc, test_elements_know_the_mode_before_the_message_that_brought_it_is_answered);
  tcase_add_test (tc, test_streams_are_announced_as_long_as_they_live);
  tcase_add_test (tc, test_a_stream_has_one_owner_at_a_time_and_a_new_number_for_the_next);
  tcase_add_test (tc, test_a_used_number_is_free_again_in_the_next_epoch_only);
  tcase_add_test (tc, test_a_stream_that_outlives_its_use_of_the_meeting_keeps_it_alive);
  return s;
}

KIT_MAIN (meeting_keys)
