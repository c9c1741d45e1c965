/* Frames that wait for their key outside of the regroup.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/regroup-private.h"

#include <string.h>

struct _E2eeRtpHeld
{
  guint generation;
  guint64 first;
  guint64 last;
  gint64 offset;                /* when it was held, and what replays had added to it by then */
  gint64 replay_shift;
  gboolean discont;
  gboolean doubtful;
  guint n_packets;
  E2eeRtpPacket *packets[];
};

E2eeRtpHeld *
e2ee_rtp_regroup_hold (E2eeRtpRegroup * self)
{
  E2eeRtpCurrent *current = self->current;
  gsize size;
  E2eeRtpHeld *held;

  g_assert (current != NULL && !current->held);
  e2ee_rtp_writer_end_frame (&self->writer);

  size = current->n_packets * sizeof (*held->packets);
  held = g_malloc (sizeof (*held) + size);
  held->generation = self->sequence.generation;
  held->first = current->first;
  held->last = current->last;
  held->offset = current->offset;
  held->replay_shift = self->sequence.replay_shift;
  held->discont = current->discont;
  held->doubtful = current->doubtful;
  held->n_packets = current->n_packets;
  memcpy (held->packets, current->packets, size);

  current->held = TRUE;
  return held;
}

gboolean
e2ee_rtp_regroup_replay (E2eeRtpRegroup * self, E2eeRtpHeld * held)
{
  E2eeRtpSequence *sequence = &self->sequence;
  E2eeRtpCurrent current = {
    .packets = held->packets,
    .n_packets = held->n_packets,
    .first = held->first,
    .last = held->last,
    .offset = held->offset + sequence->replay_shift - held->replay_shift,
    .discont = held->discont,
    .doubtful = held->doubtful,
  };
  gboolean in_time = held->generation == sequence->generation && held->first >= sequence->written;

  g_assert (self->current == NULL);

  if (in_time) {
    e2ee_rtp_regroup_run (self, &current);
    if (current.held)
      held->n_packets = 0;
    e2ee_rtp_sequence_end_replay (sequence, current.first, current.last, current.n_written);
  } else {
    self->stats.late++;
  }
  e2ee_rtp_held_free (held);
  return in_time;
}

void
e2ee_rtp_held_free (E2eeRtpHeld * held)
{
  if (held == NULL)
    return;
  for (guint i = 0; i < held->n_packets; i++)
    e2ee_rtp_packet_free (held->packets[i]);
  g_free (held);
}
