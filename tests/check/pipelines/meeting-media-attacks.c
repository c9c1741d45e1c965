/* A server that forwards media, and more than it was given.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

static const StagePlan people = {.names = "Alice Bob Carol" };

static GPtrArray *kept;         /* GstBufferList: frames of Alice that went over the wire to Bob */
static gboolean keeps;
static guint handed;

static void
keep_begin (void)
{
  kept = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  keeps = TRUE;
  handed = 0;
}

static gboolean
is_from_to (Outlet * outlet, Inlet * inlet, guint from, guint to)
{
  return outlet->kind == VIDEO && outlet->actor->number == from && inlet->actor->number == to;
}

static GstBufferList *
copy_of (guint i)
{
  return gst_buffer_list_copy_deep (g_ptr_array_index (kept, i % kept->len));
}

/* The kept frames of Alice come to Bob once more, one in front of each picture. */
static GstBufferList *
inject (Stage * stage, Outlet * outlet, Inlet * inlet, GstBufferList * list)
{
  if (!is_from_to (outlet, inlet, 0, 1))
    return list;
  if (keeps) {
    g_ptr_array_add (kept, gst_buffer_list_copy_deep (list));
    return list;
  }
  if (handed < kept->len) {
    stage_squeeze_in (inlet, copy_of (handed), list);
    handed++;
  }
  return list;
}

GST_START_TEST (test_clear_frames_that_the_server_puts_in_while_on_are_counted_and_not_shown)
{
  Stage *stage = stage_new (&people);
  Inlet *inlet = &stage->actors[1].in[0][VIDEO];
  guint64 before;

  stage_join_all (stage);
  keep_begin ();
  stage->tamper = inject;
  stage_step (stage, STAGE_SECOND);
  keeps = FALSE;
  handed = kept->len;
  stage_turn (stage, TRUE, STAGE_SECOND);
  before = stage_stat (inlet->dec, "not-protected");
  handed = 0;
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (handed, kept->len);
  fail_unless_equals_uint64 (stage_stat (inlet->dec, "not-protected") - before, handed);
  stage_check_all_shown (stage);
  g_ptr_array_unref (kept);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_protected_frames_that_the_server_puts_in_while_off_never_pass_as_clear)
{
  Stage *stage = stage_new (&people);
  Inlet *inlet = &stage->actors[1].in[0][VIDEO];
  guint64 dropped;

  stage_join_all (stage);
  stage->tamper = inject;
  keep_begin ();
  keeps = FALSE;
  stage_turn (stage, TRUE, STAGE_SECOND);
  keeps = TRUE;
  stage_step (stage, STAGE_SECOND);
  keeps = FALSE;
  handed = kept->len;
  stage_turn (stage, FALSE, STAGE_SECOND);
  dropped = stage_stat (inlet->dec, "dropped");
  handed = 0;
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (handed, kept->len);
  fail_unless_equals_uint64 (stage_stat (inlet->dec, "replayed"), kept->len);
  /* Also when nobody has the keys any more. */
  stage_step (stage, 12 * STAGE_SECOND);
  handed = 0;
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (handed, kept->len);
  fail_unless_equals_uint64 (stage_stat (inlet->dec, "dropped") - dropped
      + stage_stat (inlet->dec, "held"), 2 * kept->len);
  stage_check_all_shown (stage);
  g_ptr_array_unref (kept);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_frames_that_come_again_are_counted_and_not_shown_again)
{
  Stage *stage = stage_new (&people);
  Inlet *inlet = &stage->actors[1].in[0][VIDEO];

  stage_join_all (stage);
  stage->tamper = inject;
  keep_begin ();
  keeps = FALSE;
  stage_turn (stage, TRUE, STAGE_SECOND);
  keeps = TRUE;
  stage_step (stage, STAGE_SECOND);
  keeps = FALSE;
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (handed, kept->len);
  fail_unless_equals_uint64 (stage_stat (inlet->dec, "replayed"), kept->len);
  stage_check_all_shown (stage);
  g_ptr_array_unref (kept);
  stage_free (stage);
}

GST_END_TEST;

/* ---- one person's media in another one's place ---- */

static gboolean swaps;
static GstBufferList *of_alice;

/* Carol gets Alice's pictures where Bob's should be. */
static GstBufferList *
swap (Stage * stage, Outlet * outlet, Inlet * inlet, GstBufferList * list)
{
  if (!swaps)
    return list;
  if (is_from_to (outlet, inlet, 0, 2)) {
    gst_clear_buffer_list (&of_alice);
    of_alice = gst_buffer_list_copy_deep (list);
  } else if (is_from_to (outlet, inlet, 1, 2) && of_alice) {
    return stage_in_place_of (inlet, g_steal_pointer (&of_alice), list);
  }
  return list;
}

GST_START_TEST (test_frames_of_another_member_in_somebodys_place_are_not_shown)
{
  Stage *stage = stage_new (&people);
  Inlet *inlet = &stage->actors[2].in[1][VIDEO];
  guint shown;

  stage_join_all (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage->tamper = swap;
  swaps = TRUE;
  shown = inlet->n_shown;
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (inlet->n_shown, shown);
  fail_unless_equals_uint64 (stage_stat (inlet->dec, "sender"), STAGE_SECOND);
  swaps = FALSE;
  gst_clear_buffer_list (&of_alice);
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

/* ---- changed frames ---- */

static guint flip_every;        /* 0: none */
static guint n_seen, n_flipped;

/* One bit of the last byte, which is the tag's, of every so many frames to Bob. */
static GstBufferList *
flip (Stage * stage, Outlet * outlet, Inlet * inlet, GstBufferList * list)
{
  GstBuffer *last;
  GstMapInfo map;

  if (inlet->actor->number != 1 || flip_every == 0 || n_seen++ % flip_every != 0)
    return list;
  last = gst_buffer_list_get_writable (list, gst_buffer_list_length (list) - 1);
  fail_unless (gst_buffer_map (last, &map, GST_MAP_READWRITE));
  map.data[map.size - 1] ^= 1 << n_flipped % 8;
  gst_buffer_unmap (last, &map);
  n_flipped++;
  return list;
}

GST_START_TEST (test_changed_frames_are_counted_and_never_noise)
{
  Stage *stage = stage_new (&people);
  Actor *bob = &stage->actors[1];
  guint64 counted = 0;

  stage_join_all (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_watch_gaps (stage);
  stage->tamper = flip;
  flip_every = 9;
  stage_step (stage, 4 * STAGE_SECOND);
  flip_every = 0;
  for (guint kind = 0; kind < N_KINDS; kind++)
    counted += stage_stat (bob->in[0][kind].dec, "tag") + stage_stat (bob->in[2][kind].dec, "tag");
  fail_unless_equals_uint64 (counted, n_flipped);
  fail_unless (n_flipped > 40);
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_say ("%u frames changed: longest gap %u ms of picture, %u ms of sound", n_flipped,
      stage_longest_gap_ms (stage, VIDEO), stage_longest_gap_ms (stage, AUDIO));
  fail_unless (stage_longest_gap_ms (stage, VIDEO) < 1000);
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_media_attacks_suite (void)
{
  Suite *s = suite_create ("meeting-media-attacks");
  TCase *tc = tcase_create ("meeting-media-attacks");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_clear_frames_that_the_server_puts_in_while_on_are_counted_and_not_shown);
  tcase_add_test (tc, test_protected_frames_that_the_server_puts_in_while_off_never_pass_as_clear);
  tcase_add_test (tc, test_frames_that_come_again_are_counted_and_not_shown_again);
  tcase_add_test (tc, test_frames_of_another_member_in_somebodys_place_are_not_shown);
  tcase_add_test (tc, test_changed_frames_are_counted_and_never_noise);
  return s;
}

GST_CHECK_MAIN (meeting_media_attacks);
