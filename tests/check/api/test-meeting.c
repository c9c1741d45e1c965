/* A meeting's life through its GObject: joining, turning on and off, chat, codes, leaving.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"
#include "room.h"

GST_START_TEST (test_smoke)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  g_printerr ("%s\n--\n%s\n", room->people[0].told->str, room->people[1].told->str);
  room_free (room);
}

GST_END_TEST;

static Suite *
meeting_suite (void)
{
  Suite *s = suite_create ("meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_smoke);
  return s;
}

KIT_MAIN (meeting)
