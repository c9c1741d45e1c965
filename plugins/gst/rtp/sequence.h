/* Sequence numbers in to sequence numbers out, for the files of this folder only.
 *
 * Incoming numbers are extended to 64 bits, so that a wrap is nothing special.  An outgoing number
 * is the incoming one plus an offset, which changes only behind a frame that leaves in more or
 * fewer packets than it came in, and behind a padding packet that was removed.  What never came
 * keeps its numbers: a gap.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define E2EE_RTP_MAX_GAPS 64

/* Incoming numbers that were passed over, with the offset that a straggler among them takes. */
typedef struct
{
  guint64 first;
  guint64 last;
  gint64 offset;
} E2eeRtpGap;

typedef struct
{
  gboolean started;
  guint generation;             /* goes up whenever the numbers start over */
  guint64 newest;               /* the highest number seen */
  guint64 next;                 /* everything before it is done with */
  guint64 written;              /* one behind the newest frame that was written */
  gint64 offset;                /* for numbers from @next on */
  gint64 replay_shift;          /* all that replayed frames have added to @offset */
  E2eeRtpGap gaps[E2EE_RTP_MAX_GAPS];   /* a ring, oldest overwritten */
  guint n_gaps;                 /* ever made */
  guint64 *seen;                /* a bit a number, E2EE_RTP_REORDER_WINDOW of them up to @newest */
} E2eeRtpSequence;

typedef enum
{
  E2EE_RTP_SEQUENCE_NEW,        /* not done with yet */
  E2EE_RTP_SEQUENCE_LATE,       /* not seen, but passed over */
  E2EE_RTP_SEQUENCE_DUPLICATE,
  E2EE_RTP_SEQUENCE_RESTART     /* before the window: the caller restarts and sees again */
} E2eeRtpSequenceResult;

void e2ee_rtp_sequence_init (E2eeRtpSequence * sequence);
void e2ee_rtp_sequence_clear (E2eeRtpSequence * sequence);

/* The numbers start over; the offset stays, so that what one sender sent in order leaves in order,
 * unless @forget_offset (another SSRC). */
void e2ee_rtp_sequence_restart (E2eeRtpSequence * sequence, gboolean forget_offset);

/* Extends @seq and remembers that it came. */
E2eeRtpSequenceResult e2ee_rtp_sequence_see (E2eeRtpSequence * sequence, guint16 seq,
    guint64 * number);

/* Passes over [next, @number), whose numbers stay free. */
void e2ee_rtp_sequence_pass (E2eeRtpSequence * sequence, guint64 number);
/* Removes @next itself: the numbers behind it move up. */
void e2ee_rtp_sequence_remove (E2eeRtpSequence * sequence);
/* Ends a frame that came as [next, @last] and left as @n_out packets; 0: it left none, its numbers
 * stay free for a replay. */
void e2ee_rtp_sequence_end_frame (E2eeRtpSequence * sequence, guint64 last, guint n_out);
/* The same for a frame that was held and came as [@first, @last]. */
void e2ee_rtp_sequence_end_replay (E2eeRtpSequence * sequence, guint64 first, guint64 last,
    guint n_out);
/* TRUE: @number was passed over, and its own outgoing number is free, @offset away. */
gboolean e2ee_rtp_sequence_find_gap (const E2eeRtpSequence * sequence, guint64 number,
    gint64 * offset);

G_END_DECLS
