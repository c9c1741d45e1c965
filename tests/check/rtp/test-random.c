/* Streams with loss, reorder, duplicates and padding, from seeds, against what the rules of
 * regroup.h say must come out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define N_FRAMES 400

typedef struct
{
  const gchar *name;
  const E2eeRtpCodec *codec;
  guint max_packets;            /* of a frame */
  guint loss;                   /* of 1000 packets */
  guint duplicates;
  guint padding;                /* padding packets behind frames, of 1000 */
  guint reorder;                /* packets swapped with a later one, of 1000 */
  guint distance;               /* how far */
  guint drop;                   /* frames that the callback drops, of 1000 */
  gboolean markers;
  gint grow;
} Row;

static const Row rows[] = {
  {"vp8, clean", &e2ee_rtp_codec_vp8, 6, 0, 0, 0, 0, 0, 0, TRUE, 30},
  {"vp8, clean, no markers", &e2ee_rtp_codec_vp8, 6, 0, 0, 0, 0, 0, 0, FALSE, 30},
  {"vp8, padding", &e2ee_rtp_codec_vp8, 6, 0, 0, 300, 0, 0, 0, TRUE, 300},
  {"vp8, padding, no markers", &e2ee_rtp_codec_vp8, 6, 0, 0, 300, 0, 0, 0, FALSE, -5},
  {"vp8, loss", &e2ee_rtp_codec_vp8, 6, 100, 0, 0, 0, 0, 0, TRUE, 150},
  {"vp8, loss and padding", &e2ee_rtp_codec_vp8, 6, 100, 0, 300, 0, 0, 50, TRUE, -5},
  {"vp8, loss, no markers", &e2ee_rtp_codec_vp8, 6, 50, 30, 0, 0, 0, 0, FALSE, 150},
  {"vp8, reorder", &e2ee_rtp_codec_vp8, 6, 0, 20, 0, 300, 4, 0, TRUE, 0},
  {"vp8, far reorder", &e2ee_rtp_codec_vp8, 3, 0, 20, 0, 100, 30, 0, TRUE, 0},
  {"vp8, all of it", &e2ee_rtp_codec_vp8, 12, 30, 30, 50, 100, 10, 50, TRUE, 40},
  {"vp8, all of it, single packets", &e2ee_rtp_codec_vp8, 1, 50, 50, 50, 200, 5, 50, TRUE, 40},
  {"vp8, large frames", &e2ee_rtp_codec_vp8, 90, 2, 2, 5, 5, 40, 0, TRUE, 40},
  {"vp9, clean, no markers", &e2ee_rtp_codec_vp9, 6, 0, 0, 0, 0, 0, 0, FALSE, 30},
  {"vp9, loss, no markers", &e2ee_rtp_codec_vp9, 6, 100, 0, 0, 0, 0, 0, FALSE, 150},
  {"vp9, reorder, no markers", &e2ee_rtp_codec_vp9, 6, 0, 20, 0, 300, 4, 0, FALSE, 0},
  {"vp9, all of it", &e2ee_rtp_codec_vp9, 12, 30, 30, 50, 100, 10, 50, TRUE, 40},
  {"opus, clean", &e2ee_rtp_codec_opus, 1, 0, 0, 0, 0, 0, 0, FALSE, 30},
  {"opus, all of it", &e2ee_rtp_codec_opus, 1, 100, 50, 0, 200, 8, 50, FALSE, 30},
  {"opus, padding and loss", &e2ee_rtp_codec_opus, 1, 100, 50, 200, 0, 0, 0, FALSE, 30},
};

#define N_SEEDS 12

/* xorshift64: the same runs on every machine. */
static guint64 random_state;

static guint
random_below (guint n)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (guint) ((random_state >> 16) % n);
}

static gboolean
chance (guint of_1000)
{
  return random_below (1000) < of_1000;
}

/* What was sent. */
typedef struct
{
  guint first;                  /* index of its first packet */
  guint n_packets;
  guint received;
  gboolean expected;            /* must be handed over */
  gboolean dropped;             /* by the callback */
  guint n_out;
  guint16 first_out;
} Frame;

typedef struct
{
  gint frame;                   /* -1: padding */
  gboolean start;
  gboolean last;
  gboolean received;
} Packet;

typedef struct
{
  const Row *row;
  E2eeRtpRegroup *regroup;
  Frame frames[N_FRAMES];
  GArray *packets;
  guint16 first_seq;
  guint32 first_timestamp;
  guint n_handed_over;
  gint newest;                  /* frame handed over */
} Run;

static gboolean
is_multi (const Frame * frame)
{
  return frame->n_packets > 1;
}

static void
take_frame (E2eeRtpRegroup * regroup, const E2eeRtpFrame * frame, gpointer user_data)
{
  Run *run = user_data;
  guint32 index;
  Frame *sent;
  gsize size = frame->data.size + run->row->grow;
  gsize same = 4;
  guint8 *out;

  /* A frame says which it is in its first four bytes. */
  fail_unless (frame->data.size >= 10);
  index = (guint32) e2ee_get_be (frame->data.data, 4);
  fail_unless (index < N_FRAMES);
  sent = &run->frames[index];
  fail_unless_equals_uint64 (frame->timestamp, (guint32) (run->first_timestamp + index * 3000));
  fail_unless_equals_int (frame->n_packets, sent->n_packets);
  fail_unless_equals_uint64 (frame->data.size, 10 * sent->n_packets);
  fail_unless (sent->expected && sent->n_out == 0 && !sent->dropped,
      "%s: frame %u not expected or twice", run->row->name, index);
  while (same < frame->data.size && frame->data.data[same] == (guint8) (index + same))
    same++;
  fail_unless (same == frame->data.size);

  run->n_handed_over++;
  sent->dropped = chance (run->row->drop);
  if (sent->dropped)
    return;

  out = e2ee_rtp_regroup_write_begin (regroup, size);
  memset (out, 0, size);
  e2ee_put_be (out, index, 4);
  e2ee_rtp_regroup_write_end (regroup, size, NULL, NULL);
}

static GstBuffer *
make_packet (Run * run, guint i)
{
  Packet *packet = &g_array_index (run->packets, Packet, i);
  gchar payload[11];
  guint n = 0;
  KitPacket spec = {.seq = (guint16) (run->first_seq + i) };

  if (packet->frame < 0) {
    spec.padding = 1 + random_below (255);
    return kit_packet (&spec);
  }
  spec.timestamp = run->first_timestamp + packet->frame * 3000;
  spec.marker = packet->last && run->row->markers;
  spec.payload = payload;
  if (run->row->codec == &e2ee_rtp_codec_vp8)
    payload[n++] = packet->start ? 0x10 : 0x00;
  else if (run->row->codec == &e2ee_rtp_codec_vp9)
    payload[n++] = (packet->start ? 0x08 : 0) | (packet->last ? 0x04 : 0);
  for (guint j = 0; j < 10; j++) {
    guint at = (i - run->frames[packet->frame].first) * 10 + j;

    payload[n++] = (gchar) (packet->frame + at);
  }
  if (packet->start)
    e2ee_put_be ((guint8 *) payload + n - 10, packet->frame, 4);
  spec.size = n;
  return kit_packet (&spec);
}

/* The last packet of a frame says so. */
static gboolean
says_end (const Row * row)
{
  return row->markers || row->codec->packing->one_packet || row->codec == &e2ee_rtp_codec_vp9;
}

/* The rule of regroup.h, the plain way: a frame that has become whole, and whose end is known, is
 * expected unless a newer one was handed over before, which one of a single packet survives. */
static void
expect (Run * run, guint index)
{
  Frame *frame = &run->frames[index];
  guint end = frame->first + frame->n_packets;
  gboolean ended = says_end (run->row);

  if (frame->received < frame->n_packets || frame->expected)
    return;
  while (!ended && end < run->packets->len && g_array_index (run->packets, Packet, end).received) {
    ended = g_array_index (run->packets, Packet, end).frame >= 0;
    end++;
  }
  if (!ended || ((gint) index < run->newest && (is_multi (frame) || !says_end (run->row))))
    return;
  frame->expected = TRUE;
  run->newest = MAX (run->newest, (gint) index);
}

static void
receive (Run * run, guint i)
{
  Packet *packet = &g_array_index (run->packets, Packet, i);
  gint previous = (gint) i - 1;
  guint expected = 0;

  if (!packet->received) {
    packet->received = TRUE;
    if (packet->frame >= 0)
      run->frames[packet->frame].received++;
    while (previous >= 0 && g_array_index (run->packets, Packet, previous).frame < 0
        && g_array_index (run->packets, Packet, previous).received)
      previous--;
    if (previous >= 0 && g_array_index (run->packets, Packet, previous).frame >= 0)
      expect (run, g_array_index (run->packets, Packet, previous).frame);
    if (packet->frame >= 0)
      expect (run, packet->frame);
  }
  for (guint f = 0; f < N_FRAMES; f++)
    expected += run->frames[f].expected;

  e2ee_rtp_regroup_push (run->regroup, make_packet (run, i));
  fail_unless (run->n_handed_over == expected, "%s: %u frames of %u after packet %u",
      run->row->name, run->n_handed_over, expected, i);
}

static void
pull (Run * run)
{
  GstBuffer *packet;
  GstBufferList *list;

  while (e2ee_rtp_regroup_pull (run->regroup, &packet, &list)) {
    guint n = list != NULL ? gst_buffer_list_length (list) : 1;
    guint16 first_out = 0;
    guint32 index = 0;
    guint8 bytes[4];

    for (guint i = 0; i < n; i++) {
      GstBuffer *p = list != NULL ? gst_buffer_list_get (list, i) : packet;

      if (i == 0) {
        first_out = kit_seq (p);
        gst_buffer_extract (p, run->row->codec == &e2ee_rtp_codec_opus ? 12 : 13, bytes, 4);
        index = (guint32) e2ee_get_be (bytes, 4);
      }
      fail_unless_equals_int (kit_seq (p), (guint16) (first_out + i));
      fail_unless_equals_int (kit_marker (p), run->row->markers && i + 1 == n);
    }
    run->frames[index].n_out = n;
    run->frames[index].first_out = first_out;
    if (packet != NULL)
      gst_buffer_unref (packet);
    else
      gst_buffer_list_unref (list);
  }
}

static void
send_frames (Run * run)
{
  for (guint f = 0; f < N_FRAMES; f++) {
    run->frames[f].first = run->packets->len;
    run->frames[f].n_packets = 1 + random_below (run->row->max_packets);
    for (guint i = 0; i < run->frames[f].n_packets; i++) {
      Packet packet = { (gint) f, i == 0, i + 1 == run->frames[f].n_packets };

      g_array_append_val (run->packets, packet);
    }
    while (chance (run->row->padding)) {
      Packet packet = { -1 };

      g_array_append_val (run->packets, packet);
    }
  }
}

/* Between two frames that left, in the order in which they were sent, as many numbers are free as
 * packets were lost or dropped; padding that came is not among them.  Only where padding came
 * behind a newer frame is its number gone already. */
static void
assert_numbers (Run * run, gboolean in_order)
{
  gint previous = -1;

  for (guint f = 0; f < N_FRAMES; f++) {
    Frame *frame = &run->frames[f];
    guint free_numbers = 0;
    guint from;

    if (frame->n_out == 0)
      continue;
    if (previous >= 0) {
      Frame *before = &run->frames[previous];

      from = before->first + before->n_packets;
      for (guint i = from; i < frame->first; i++) {
        Packet *packet = &g_array_index (run->packets, Packet, i);

        free_numbers += packet->frame >= 0 || !packet->received;
      }
      fail_unless (!in_order || free_numbers
          == (guint16) (frame->first_out - before->first_out - before->n_out),
          "%s: %u numbers free before frame %u", run->row->name, free_numbers, f);
      fail_unless ((gint16) (frame->first_out - before->first_out) >= (gint) before->n_out,
          "%s: frames %d and %u overlap", run->row->name, previous, f);
    }
    previous = f;
  }
  fail_unless (previous > 0);
}

static void
run_row (const Row * row, guint seed)
{
  Run run = { row,.newest = -1 };
  guint *order;
  guint n = 0;

  random_state = 0x9e3779b97f4a7c15 ^ ((guint64) seed + 1) * 0xbf58476d1ce4e5b9;
  run.first_seq = (guint16) random_below (65536);
  run.first_timestamp = G_MAXUINT32 - random_below (N_FRAMES * 3000);
  run.packets = g_array_new (FALSE, FALSE, sizeof (Packet));
  run.regroup = e2ee_rtp_regroup_new (row->codec->packing, row->codec->packing, 12 + 1 + 100, take_frame, &run);
  send_frames (&run);

  /* The first packet always comes first: what is before it has no number. */
  order = g_new (guint, run.packets->len * 2);
  for (guint i = 0; i < run.packets->len; i++) {
    if (i == 0 || !chance (row->loss))
      order[n++] = i;
    if (i > 0 && chance (row->duplicates))
      order[n++] = i;
  }
  for (guint i = 1; row->distance > 0 && i + row->distance + 1 < n; i++) {
    if (chance (row->reorder)) {
      guint j = i + 1 + random_below (row->distance), swapped = order[i];

      order[i] = order[j];
      order[j] = swapped;
    }
  }

  for (guint i = 0; i < n; i++) {
    receive (&run, order[i]);
    pull (&run);
  }
  assert_numbers (&run, row->reorder == 0);
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats (run.regroup)->packets, n);
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats (run.regroup)->frames, run.n_handed_over);
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats (run.regroup)->malformed, 0);

  g_free (order);
  e2ee_rtp_regroup_free (run.regroup);
  g_array_unref (run.packets);
}

GST_START_TEST (test_every_whole_frame_is_handed_over_once_and_numbered_by_the_rules)
{
  for (guint seed = 0; seed < N_SEEDS; seed++)
    run_row (&rows[__i__], seed);
}

GST_END_TEST;

static Suite *
rtp_random_suite (void)
{
  Suite *suite = suite_create ("rtp-random");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 240);
  tcase_add_loop_test (tc, test_every_whole_frame_is_handed_over_once_and_numbered_by_the_rules, 0,
      G_N_ELEMENTS (rows));
  return suite;
}

GST_CHECK_MAIN (rtp_random);
