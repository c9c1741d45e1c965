/* A meeting in which a message comes, for fuzz-meeting-message and its seeds: two members with
 * encryption on, and a third person who is on his way in.  The same each time.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_FUZZ_MESSAGE_WORLD_H
#define E2EE_TESTS_FUZZ_MESSAGE_WORLD_H

#include "../check/core/meeting/room.h"
#include "fuzz.h"

#define MESSAGE_WORLD_MEMBER 0
#define MESSAGE_WORLD_JOINER 2

static inline void
message_world_start (room * r)
{
  const room_plan plan = { .n_people = 3 };

  FUZZ_ASSERT (e2ee_crypto_init () == E2EE_OK);
  room_init (r, &plan);
  FUZZ_ASSERT (room_join (r, 0) == E2EE_MEETING_OK);
  FUZZ_ASSERT (room_join (r, 1) == E2EE_MEETING_OK);
  FUZZ_ASSERT (room_run_until (r, room_is_settled, 10000, NULL));
  FUZZ_ASSERT (e2ee_meeting_set_e2ee (r->people[0].meeting, 1, NULL) == E2EE_MEETING_OK);
  FUZZ_ASSERT (room_run_until (r, room_all_on, 10000, NULL));
  FUZZ_ASSERT (e2ee_meeting_chat (r->people[1].meeting, "hello") == E2EE_MEETING_OK);
  room_run (r, 100);
  FUZZ_ASSERT (room_join (r, 2) == E2EE_MEETING_OK);
  room_run (r, 30);
}

/* What is in the @n-th envelope that was sent; to be cleared. */
static inline e2ee_mls_buffer
message_world_content (const room * r, size_t n)
{
  e2ee_mls_buffer content = E2EE_MLS_NO_BUFFER;

  FUZZ_ASSERT (e2ee_envelope_open (E2EE_BYTES (r->people[0].meeting->keys.data, 32),
          r->ticket.meeting_id, e2ee_mls_buffer_view (r->messages[n].bytes), &content)
      == E2EE_MEETING_OK);
  return content;
}

#endif
