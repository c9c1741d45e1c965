/* Sequence numbers in to sequence numbers out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/sequence.h"
#include "rtp/regroup.h"

#include <string.h>

#define WINDOW E2EE_RTP_REORDER_WINDOW
/* Far from zero, so that no number before the first one is negative. */
#define FIRST_CYCLE (G_GUINT64_CONSTANT (1) << 32)

void
e2ee_rtp_sequence_init (E2eeRtpSequence * sequence)
{
  memset (sequence, 0, sizeof (*sequence));
  sequence->seen = g_new0 (guint64, WINDOW / 64);
}

void
e2ee_rtp_sequence_clear (E2eeRtpSequence * sequence)
{
  g_clear_pointer (&sequence->seen, g_free);
}

void
e2ee_rtp_sequence_restart (E2eeRtpSequence * sequence, gboolean forget_offset)
{
  sequence->started = FALSE;
  sequence->generation++;
  sequence->n_gaps = 0;
  if (forget_offset)
    sequence->offset = 0;
  memset (sequence->seen, 0, WINDOW / 8);
}

static gboolean
test_and_set_seen (E2eeRtpSequence * sequence, guint64 number)
{
  guint64 *word = &sequence->seen[number % WINDOW / 64];
  guint64 bit = G_GUINT64_CONSTANT (1) << (number % 64);
  gboolean seen = (*word & bit) != 0;

  *word |= bit;
  return seen;
}

static void
move_window (E2eeRtpSequence * sequence, guint64 newest)
{
  if (newest - sequence->newest >= WINDOW) {
    memset (sequence->seen, 0, WINDOW / 8);
  } else {
    for (guint64 i = sequence->newest + 1; i <= newest; i++)
      sequence->seen[i % WINDOW / 64] &= ~(G_GUINT64_CONSTANT (1) << (i % 64));
  }
  sequence->newest = newest;
}

E2eeRtpSequenceResult
e2ee_rtp_sequence_see (E2eeRtpSequence * sequence, guint16 seq, guint64 * number)
{
  if (!sequence->started) {
    sequence->started = TRUE;
    sequence->newest = sequence->next = sequence->written = FIRST_CYCLE + seq;
  }

  *number = sequence->newest + (gint64) (gint16) (seq - (guint16) sequence->newest);
  if (*number > sequence->newest)
    move_window (sequence, *number);
  else if (sequence->newest - *number >= WINDOW)
    return E2EE_RTP_SEQUENCE_RESTART;

  if (test_and_set_seen (sequence, *number))
    return E2EE_RTP_SEQUENCE_DUPLICATE;
  return *number < sequence->next ? E2EE_RTP_SEQUENCE_LATE : E2EE_RTP_SEQUENCE_NEW;
}

void
e2ee_rtp_sequence_pass (E2eeRtpSequence * sequence, guint64 number)
{
  E2eeRtpGap *gap;

  if (number <= sequence->next)
    return;
  gap = &sequence->gaps[sequence->n_gaps++ % E2EE_RTP_MAX_GAPS];
  gap->first = sequence->next;
  gap->last = number - 1;
  gap->offset = sequence->offset;
  sequence->next = number;
}

void
e2ee_rtp_sequence_remove (E2eeRtpSequence * sequence)
{
  sequence->next++;
  sequence->offset--;
}

void
e2ee_rtp_sequence_end_frame (E2eeRtpSequence * sequence, guint64 last, guint n_out)
{
  if (n_out > 0) {
    sequence->offset += (gint64) n_out - (gint64) (last + 1 - sequence->next);
    sequence->written = last + 1;
  }
  sequence->next = last + 1;
}

void
e2ee_rtp_sequence_end_replay (E2eeRtpSequence * sequence, guint64 first, guint64 last, guint n_out)
{
  gint64 shift = (gint64) n_out - (gint64) (last + 1 - first);
  guint n_gaps = MIN (sequence->n_gaps, E2EE_RTP_MAX_GAPS);

  if (n_out == 0)
    return;
  sequence->written = last + 1;
  sequence->offset += shift;
  sequence->replay_shift += shift;
  for (guint i = 0; i < n_gaps; i++) {
    if (sequence->gaps[i].first > last)
      sequence->gaps[i].offset += shift;
  }
}

gboolean
e2ee_rtp_sequence_find_gap (const E2eeRtpSequence * sequence, guint64 number, gint64 * offset)
{
  guint n_gaps = MIN (sequence->n_gaps, E2EE_RTP_MAX_GAPS);

  for (guint i = 0; i < n_gaps; i++) {
    if (number >= sequence->gaps[i].first && number <= sequence->gaps[i].last) {
      *offset = sequence->gaps[i].offset;
      return TRUE;
    }
  }
  return FALSE;
}
