/* Fuzz target: a message of a meeting, as the delivery service hands it over.
 *
 * The first byte of the input chooses:
 *
 *   0xxxxxxx  the rest is the message, envelope and all
 *   10xxxxxP  the rest is content, put into a right envelope, as whoever has the link can
 *   11MMMMMP  content M of those that were sent, spoiled by any number of three bytes: a position
 *             (two) and a byte to XOR there
 *
 * P: given to a member (0) or to somebody who is joining (1).  Whatever it is: nobody is clear while
 * encryption is on, nobody is on the list of members who has not come, and time goes on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "message-world.h"

static void
deliver (room * r, int to, e2ee_bytes message)
{
  const e2ee_meeting_view before = room_view (r, MESSAGE_WORLD_MEMBER);
  e2ee_meeting_view after;

  (void) e2ee_meeting_receive (r->people[to].meeting, message);
  room_watch (&r->people[to]);
  room_run (r, 3000);
  after = room_view (r, MESSAGE_WORLD_MEMBER);
  FUZZ_ASSERT (after.n_members <= 3);
  FUZZ_ASSERT (after.revision >= before.revision);
  for (int i = 0; i < 3; i++)
    FUZZ_ASSERT (r->people[i].n_clear_after_on == 0);
  FUZZ_ASSERT (after.mode != E2EE_MEDIA_CLEAR);
}

static void
deliver_content (room * r, int to, e2ee_bytes content)
{
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  if (e2ee_envelope_seal (&r->env, E2EE_BYTES (r->people[0].meeting->keys.data, 32),
          r->ticket.meeting_id, content, &message) == E2EE_MEETING_OK)
    deliver (r, to, e2ee_mls_buffer_view (message));
  e2ee_mls_buffer_clear (&message);
}

static void
deliver_spoiled (room * r, int to, size_t which, const uint8_t * data, size_t size)
{
  e2ee_mls_buffer content = message_world_content (r, r->n_messages - 1 - which % r->n_messages);

  for (size_t i = 0; i + 3 <= size; i += 3)
    content.data[(size_t) e2ee_get_be (data + i, 2) % content.size] ^= data[i + 2];
  deliver_content (r, to, e2ee_mls_buffer_view (content));
  e2ee_mls_buffer_clear (&content);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static room r;
  int to;

  if (size == 0)
    return 0;
  message_world_start (&r);
  to = (data[0] & 1) != 0 ? MESSAGE_WORLD_JOINER : MESSAGE_WORLD_MEMBER;
  if ((data[0] & 0x80) == 0)
    deliver (&r, to, E2EE_BYTES (data + 1, size - 1));
  else if ((data[0] & 0x40) == 0)
    deliver_content (&r, to, E2EE_BYTES (data + 1, size - 1));
  else
    deliver_spoiled (&r, to, data[0] >> 1 & 31, data + 1, size - 1);
  room_clear (&r);
  return 0;
}
