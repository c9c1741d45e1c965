/* Packets to frames.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/regroup-private.h"

#include <string.h>

#define NO_PACKET G_MAXUINT

/* ---- what is held ---- */

static E2eeRtpPacket *
take_spare (E2eeRtpRegroup * self)
{
  return self->n_spare > 0 ? self->spare[--self->n_spare] : g_new (E2eeRtpPacket, 1);
}

/* @packet has been cleared. */
static void
give_spare (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  if (self->n_spare < E2EE_RTP_MAX_SPARE)
    self->spare[self->n_spare++] = packet;
  else
    g_free (packet);
}

static void
release (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  e2ee_rtp_packet_clear (packet);
  give_spare (self, packet);
}

/* Puts @packet where its number belongs, nearly always at the end. */
static guint
insert_held (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  guint k = self->n_held;

  if (self->n_held == self->n_allocated) {
    self->n_allocated = MAX (64, self->n_allocated * 2);
    self->held = g_renew (E2eeRtpPacket *, self->held, self->n_allocated);
  }
  while (k > 0 && self->held[k - 1]->number > packet->number)
    k--;
  memmove (self->held + k + 1, self->held + k, (self->n_held - k) * sizeof (*self->held));
  self->held[k] = packet;
  self->n_held++;
  self->held_bytes += packet->body_size;
  return k;
}

/* The first @n packets are taken out, but for those of a frame that somebody else owns now, which
 * are NULL. */
static void
remove_held (E2eeRtpRegroup * self, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (self->held[i] == NULL)
      continue;
    self->held_bytes -= self->held[i]->body_size;
    release (self, self->held[i]);
  }
  self->n_held -= n;
  if (n > 0 && self->n_held > 0)
    memmove (self->held, self->held + n, self->n_held * sizeof (*self->held));
}

/* ---- where frames begin and end ---- */

static gboolean
is_same_frame (const E2eeRtpRegroup * self, guint i, guint next)
{
  const E2eeRtpPacket *packet = self->held[i], *other = self->held[next];

  return other->start != E2EE_RTP_START_YES && !packet->end
      && packet->timestamp == other->timestamp && packet->pt == other->pt
      && packet->is_payload == other->is_payload;
}

/* rtpulpfecdec gives its packets numbers of its own, in which what it could not restore leaves no
 * gap, only DISCONT. */
static gboolean
is_next (const E2eeRtpRegroup * self, guint i)
{
  return self->held[i - 1]->number + 1 == self->held[i]->number && !self->held[i]->after_loss;
}

/* The neighbours with payload, if nothing is missing on the way there. */
static guint
find_previous (const E2eeRtpRegroup * self, guint i)
{
  for (; i > 0 && is_next (self, i); i--) {
    if (!self->held[i - 1]->empty)
      return i - 1;
  }
  return NO_PACKET;
}

static guint
find_next (const E2eeRtpRegroup * self, guint i)
{
  for (; i + 1 < self->n_held && is_next (self, i + 1); i++) {
    if (!self->held[i + 1]->empty)
      return i + 1;
  }
  return NO_PACKET;
}

typedef enum
{
  FRAME_PARTIAL,
  FRAME_WAITING,                /* may be whole: what came before it is missing and may still come */
  FRAME_DOUBTFUL,               /* may be whole: what came before it is lost, or no marker ends it */
  FRAME_WHOLE
} FrameState;

/* Whether a packet that may start a frame, and has no packet of the same frame right before it,
 * does. */
static FrameState
judge_start (const E2eeRtpRegroup * self, guint i, guint previous)
{
  const E2eeRtpPacket *packet = self->held[i];

  if (packet->start != E2EE_RTP_START_MAYBE)
    return FRAME_PARTIAL;
  if (previous != NO_PACKET)
    return FRAME_WHOLE;
  /* What is missing is missing from the middle of the frame. */
  if (i > 0 && self->held[i - 1]->timestamp == packet->timestamp)
    return FRAME_PARTIAL;
  if (packet->after_loss)
    return FRAME_DOUBTFUL;
  if (packet->number > self->sequence.next)
    return FRAME_WAITING;
  return self->knows_previous ? FRAME_WHOLE : FRAME_DOUBTFUL;
}

/* The frame around packet @i, and whether it is whole. */
static FrameState
find_frame (const E2eeRtpRegroup * self, guint i, guint * first, guint * last)
{
  FrameState state = FRAME_WHOLE;
  guint neighbour;

  for (*first = i; self->held[*first]->start != E2EE_RTP_START_YES; *first = neighbour) {
    neighbour = find_previous (self, *first);
    if (neighbour != NO_PACKET && is_same_frame (self, neighbour, *first))
      continue;
    state = judge_start (self, *first, neighbour);
    break;
  }
  for (*last = i; state != FRAME_PARTIAL && !self->held[*last]->end; *last = neighbour) {
    neighbour = find_next (self, *last);
    if (neighbour == NO_PACKET)
      return FRAME_PARTIAL;
    if (is_same_frame (self, *last, neighbour))
      continue;
    /* A sender may leave markers out.  But a server that switches to another stream cuts the frame off
     * that it is at, and gives the next packet the next number. */
    return self->in->tells_ends ? FRAME_PARTIAL : MIN (state, FRAME_DOUBTFUL);
  }
  return state;
}

/* The frame, if it is to wait no more, that begins with packet @i, of which nobody knows whether it
 * does. */
static gboolean
find_waiting_frame (const E2eeRtpRegroup * self, guint i, guint * first, guint * last)
{
  return self->held[i]->start == E2EE_RTP_START_MAYBE && find_previous (self, i) == NO_PACKET
      && find_frame (self, i, first, last) != FRAME_PARTIAL;
}

/* How many frames the first @n packets are parts of; *@first_end, if not NULL, is where the first
 * of them ends. */
static guint
count_frames (const E2eeRtpRegroup * self, guint n, guint * first_end)
{
  guint previous = NO_PACKET, frames = 0, end = n;

  for (guint i = 0; i < n; i++) {
    if (self->held[i]->empty)
      continue;
    if (previous == NO_PACKET || !is_same_frame (self, previous, i))
      frames++;
    if (frames == 2 && end == n)
      end = i;
    previous = i;
  }
  if (first_end != NULL)
    *first_end = end;
  return frames;
}

/* ---- letting go ---- */

/* Leaves the numbers before @number behind: the first @n packets held and those that never came. */
static void
pass_to (E2eeRtpRegroup * self, guint n, guint64 number)
{
  for (guint i = 0; i < n; i++) {
    if (!self->held[i]->empty)
      continue;
    self->discont |= self->held[i]->number != self->sequence.next;
    e2ee_rtp_sequence_pass (&self->sequence, self->held[i]->number);
    e2ee_rtp_sequence_remove (&self->sequence);
  }
  self->discont |= number != self->sequence.next;
  self->knows_previous &= number == self->sequence.next;
  e2ee_rtp_sequence_pass (&self->sequence, number);
}

static void
give_up_oldest (E2eeRtpRegroup * self)
{
  guint end;

  self->stats.incomplete += MIN (count_frames (self, self->n_held, &end), 1);
  pass_to (self, end,
      end < self->n_held ? self->held[end]->number : self->sequence.newest + 1);
  remove_held (self, end);
}

static void
give_up_all (E2eeRtpRegroup * self)
{
  if (self->sequence.started)
    pass_to (self, self->n_held, self->sequence.newest + 1);
  remove_held (self, self->n_held);
}

/* ---- handing over ---- */

static void
deliver (E2eeRtpRegroup * self, guint first, guint last, gboolean doubtful)
{
  E2eeRtpCurrent current = {
    .packets = self->held,
    .first = self->held[first]->number,
    .last = self->held[last]->number,
    .doubtful = doubtful,
  };

  self->stats.incomplete += count_frames (self, first, NULL);
  pass_to (self, first, current.first);
  remove_held (self, first);
  current.offset = self->sequence.offset;
  current.discont = self->discont;
  self->discont = FALSE;

  /* From here on the packets are the frame's; padding in the middle of it is taken out. */
  for (guint i = 0; i <= last - first; i++) {
    self->held_bytes -= self->held[i]->body_size;
    if (self->held[i]->empty)
      release (self, self->held[i]);
    else
      current.packets[current.n_packets++] = self->held[i];
  }

  if (e2ee_rtp_regroup_run (self, &current))
    self->stats.frames++;
  else
    self->discont = TRUE;
  self->knows_previous = TRUE;
  e2ee_rtp_sequence_end_frame (&self->sequence, current.last, current.n_written);

  for (guint i = 0; !current.held && i < current.n_packets; i++)
    release (self, current.packets[i]);
  memset (self->held, 0, (last - first + 1) * sizeof (*self->held));
  remove_held (self, last - first + 1);
}

/* Frames before @number that waited for a packet which may have been theirs. */
static void
deliver_waiting (E2eeRtpRegroup * self, guint64 number)
{
  guint first, last;

  for (guint i = 0; i < self->n_held && self->held[i]->number < number; i++) {
    if (!find_waiting_frame (self, i, &first, &last) || self->held[last]->number >= number)
      continue;
    deliver (self, first, last, TRUE);
    i = -1;
  }
}

/* The frame of packets [@first, @last], and what comes out of its having come: older frames need not
 * wait any more, and the one behind it knows its start. */
static void
deliver_all (E2eeRtpRegroup * self, guint first, guint last, gboolean doubtful)
{
  guint n_behind = self->n_held - first;

  deliver_waiting (self, self->held[first]->number);
  last -= first;
  first = self->n_held - n_behind;
  deliver (self, first, first + last, doubtful);

  while (self->n_held > 0 && self->held[0]->start == E2EE_RTP_START_MAYBE
      && find_frame (self, 0, &first, &last) == FRAME_WHOLE)
    deliver (self, first, last, FALSE);
}

static void
give_up_over_limits (E2eeRtpRegroup * self, guint k)
{
  gboolean starts = k == 0 || !is_same_frame (self, k - 1, k);
  guint first, last;

  while (self->n_held > E2EE_RTP_MAX_HELD_PACKETS
      || (self->held_bytes > E2EE_RTP_MAX_HELD_BYTES && self->n_held > 0)
      || (starts && self->n_held > E2EE_RTP_MAX_HELD_FRAMES
          && count_frames (self, self->n_held, NULL) > E2EE_RTP_MAX_HELD_FRAMES)) {
    if (find_waiting_frame (self, 0, &first, &last))
      deliver (self, first, last, TRUE);
    else
      give_up_oldest (self);
  }
}

/* A packet of before the newest frame.  The whole frame in it still goes out if its own number was
 * left free; of anything more the rest has been given up. */
static void
take_straggler (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  gboolean is_whole = packet->start != E2EE_RTP_START_NO && packet->end;
  E2eeRtpCurrent current = {
    .packets = &packet,
    .n_packets = 1,
    .first = packet->number,
    .last = packet->number,
    .straggler = TRUE,
    .doubtful = packet->start == E2EE_RTP_START_MAYBE,
  };

  if (is_whole && e2ee_rtp_sequence_find_gap (&self->sequence, packet->number, &current.offset)) {
    if (e2ee_rtp_regroup_run (self, &current))
      self->stats.frames++;
    if (current.n_written > 0)
      self->sequence.written = MAX (self->sequence.written, current.last + 1);
  } else {
    self->stats.late++;
  }
  if (!current.held)
    release (self, packet);
}

/* Takes in @packet, which may end the frame before it, and be or complete its own. */
static void
collect (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  guint k = insert_held (self, packet);
  guint previous = find_previous (self, k);
  guint n_behind = self->n_held - k;
  gboolean is_tail = n_behind == 1;
  gboolean is_empty = self->held[k]->empty;
  FrameState state;
  guint first, last;

  if (previous != NO_PACKET && (is_empty ? !is_tail : !is_same_frame (self, previous, k))
      && (state = find_frame (self, previous, &first, &last)) >= FRAME_DOUBTFUL) {
    deliver_all (self, first, last, state == FRAME_DOUBTFUL);
    if (is_empty || self->n_held < n_behind)
      return;
    k = self->n_held - n_behind;
  }

  if (!is_empty && (!is_tail || self->held[k]->end)
      && (state = find_frame (self, k, &first, &last)) >= FRAME_DOUBTFUL)
    deliver_all (self, first, last, state == FRAME_DOUBTFUL);
  else
    give_up_over_limits (self, k);
}

static void
start_over (E2eeRtpRegroup * self, gboolean other_ssrc)
{
  self->stats.incomplete += count_frames (self, self->n_held, NULL);
  remove_held (self, self->n_held);
  e2ee_rtp_sequence_restart (&self->sequence, other_ssrc);
  self->writer.jump = TRUE;
  self->discont = TRUE;
  self->knows_previous = FALSE;
}

static E2eeRtpSequenceResult
see (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  E2eeRtpSequenceResult result;

  if (self->have_ssrc && packet->ssrc != self->ssrc)
    start_over (self, TRUE);
  self->have_ssrc = TRUE;
  self->ssrc = packet->ssrc;

  result = e2ee_rtp_sequence_see (&self->sequence, packet->seq, &packet->number);
  if (result == E2EE_RTP_SEQUENCE_RESTART) {
    start_over (self, FALSE);
    result = e2ee_rtp_sequence_see (&self->sequence, packet->seq, &packet->number);
  }
  return result;
}

static void
take_packet (E2eeRtpRegroup * self, E2eeRtpPacket * packet)
{
  E2eeRtpSequenceResult result = see (self, packet);

  if (result == E2EE_RTP_SEQUENCE_DUPLICATE) {
    self->stats.duplicate++;
    release (self, packet);
    return;
  }

  if (packet->empty) {
    self->stats.empty++;
    e2ee_rtp_packet_clear (packet);
    /* Nothing to wait for: it vanishes at once. */
    if (packet->number <= self->sequence.next && (self->n_held == 0
            || result == E2EE_RTP_SEQUENCE_LATE)) {
      if (result == E2EE_RTP_SEQUENCE_NEW)
        e2ee_rtp_sequence_remove (&self->sequence);
      give_spare (self, packet);
      return;
    }
  }

  if (result == E2EE_RTP_SEQUENCE_LATE)
    take_straggler (self, packet);
  else
    collect (self, packet);
}

static void
push_packet (E2eeRtpRegroup * self, GstBuffer * buffer)
{
  E2eeRtpPacket *packet = take_spare (self);

  self->stats.packets++;
  switch (e2ee_rtp_packet_read (packet, self->in, buffer)) {
    case E2EE_RTP_PACKET_NOT_RTP:
      self->stats.not_rtp++;
      give_spare (self, packet);
      break;
    case E2EE_RTP_PACKET_MALFORMED:
      self->stats.malformed++;
      give_spare (self, packet);
      break;
    case E2EE_RTP_PACKET_OK:
      packet->after_loss &= !self->trusts_numbers;
      take_packet (self, packet);
      break;
  }
}

/* ---- the object ---- */

E2eeRtpRegroup *
e2ee_rtp_regroup_new (const E2eeRtpPacking * in, const E2eeRtpPacking * out, guint mtu,
    E2eeRtpFrameFunc func, gpointer user_data)
{
  E2eeRtpRegroup *self = g_new0 (E2eeRtpRegroup, 1);

  self->in = in;
  self->out = out;
  self->mtu = mtu;
  self->func = func;
  self->user_data = user_data;
  self->output = gst_queue_array_new (4);
  e2ee_rtp_sequence_init (&self->sequence);
  return self;
}

static void
drop_output (E2eeRtpRegroup * self)
{
  GstMiniObject *object;

  while ((object = gst_queue_array_pop_head (self->output)) != NULL)
    gst_mini_object_unref (object);
}

void
e2ee_rtp_regroup_free (E2eeRtpRegroup * self)
{
  if (self == NULL)
    return;
  drop_output (self);
  gst_queue_array_free (self->output);
  remove_held (self, self->n_held);
  g_free (self->held);
  while (self->n_spare > 0)
    g_free (self->spare[--self->n_spare]);
  g_free (self->gathered.data);
  e2ee_rtp_writer_clear (&self->writer);
  e2ee_rtp_sequence_clear (&self->sequence);
  g_free (self);
}

void
e2ee_rtp_regroup_trust_numbers (E2eeRtpRegroup * self)
{
  self->trusts_numbers = TRUE;
}

void
e2ee_rtp_regroup_set_mtu (E2eeRtpRegroup * self, guint mtu)
{
  self->mtu = mtu;
}

void
e2ee_rtp_regroup_set_out (E2eeRtpRegroup * self, const E2eeRtpPacking * out)
{
  self->out = out;
}

void
e2ee_rtp_regroup_push (E2eeRtpRegroup * self, GstBuffer * packet)
{
  g_assert (self->current == NULL);
  push_packet (self, packet);
}

void
e2ee_rtp_regroup_push_list (E2eeRtpRegroup * self, GstBufferList * packets)
{
  guint n = gst_buffer_list_length (packets);

  g_assert (self->current == NULL);
  for (guint i = 0; i < n; i++)
    push_packet (self, gst_buffer_ref (gst_buffer_list_get (packets, i)));
  gst_buffer_list_unref (packets);
}

gboolean
e2ee_rtp_regroup_pull (E2eeRtpRegroup * self, GstBuffer ** buffer, GstBufferList ** list)
{
  GstMiniObject *object = gst_queue_array_pop_head (self->output);

  *buffer = NULL;
  *list = NULL;
  if (object == NULL)
    return FALSE;
  if (GST_IS_BUFFER_LIST (object))
    *list = GST_BUFFER_LIST_CAST (object);
  else
    *buffer = GST_BUFFER_CAST (object);
  return TRUE;
}

void
e2ee_rtp_regroup_flush (E2eeRtpRegroup * self)
{
  give_up_all (self);
  drop_output (self);
}

void
e2ee_rtp_regroup_drain (E2eeRtpRegroup * self)
{
  deliver_waiting (self, G_MAXUINT64);
  self->stats.incomplete += count_frames (self, self->n_held, NULL);
  give_up_all (self);
}

const E2eeRtpRegroupStats *
e2ee_rtp_regroup_get_stats (const E2eeRtpRegroup * self)
{
  return &self->stats;
}
