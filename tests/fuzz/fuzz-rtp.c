/* Fuzz target: whatever packets come in, frames are not empty and packets that go out are RTP.
 *
 * The input is a byte of settings (bit 0: Opus, bit 1: a tiny mtu, bits 2 to 7: how much frames
 * grow), then records: what to do (one byte, below), a size (one byte) and that many bytes of
 * packet.
 *
 * With FUZZ_NAL the packets are H.264, or H.265 (bit 0 of the settings); with FUZZ_PACKING they are of
 * that one.
 *
 * With FUZZ_SFRAME the packets are SFrame packets, and T says what leaves: payloads as they are, or
 * frames as packets of a codec (bits 0 and 2 of the settings).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include <gst/rtp/gstrtpbuffer.h>
#include <string.h>
#include "rtp/regroup.h"

#define MAX_HELD 4

enum
{
  PUSH,
  PUSH_CUT,                     /* in two memories, cut in the middle of the first 24 bytes */
  PUSH_TWICE,
  WRITE_FROM_NOW,
  DROP_FROM_NOW,
  HOLD_FROM_NOW,
  REPLAY,
  FLUSH,
  DRAIN,
  N_ACTIONS
};

typedef struct
{
  guint grow;
  const E2eeRtpPacking *codec;
  guint action;
  E2eeRtpHeld *held[MAX_HELD];
  guint n_held;
} Fuzz;

static void
take_frame (E2eeRtpRegroup * regroup, const E2eeRtpFrame * frame, gpointer user_data)
{
  Fuzz *fuzz = user_data;
  gsize size = frame->data.size + fuzz->grow;
  guint8 *out;

  FUZZ_ASSERT (frame->data.size > 0 && frame->n_packets > 0);
  if (fuzz->action == HOLD_FROM_NOW && fuzz->n_held < MAX_HELD)
    fuzz->held[fuzz->n_held++] = e2ee_rtp_regroup_hold (regroup);
  if (fuzz->action != WRITE_FROM_NOW)
    return;
#ifdef FUZZ_SFRAME
  e2ee_rtp_regroup_set_out (regroup, frame->is_payload ? &e2ee_rtp_packing_whole : fuzz->codec);
#endif
  out = e2ee_rtp_regroup_write_begin (regroup, size + 3);
  memcpy (out, frame->data.data, frame->data.size);
  memset (out + frame->data.size, 0xa5, size - frame->data.size);
  e2ee_rtp_regroup_write_end (regroup, size, NULL, NULL);
}

static void
check_packet (GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  FUZZ_ASSERT (gst_buffer_n_memory (packet) == 1);
  FUZZ_ASSERT (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  FUZZ_ASSERT (gst_rtp_buffer_get_payload_len (&rtp) > 0);
  FUZZ_ASSERT (!gst_rtp_buffer_get_padding (&rtp));
  gst_rtp_buffer_unmap (&rtp);
}

static void
pull (E2eeRtpRegroup * regroup)
{
  GstBuffer *packet;
  GstBufferList *list;

  while (e2ee_rtp_regroup_pull (regroup, &packet, &list)) {
    if (packet != NULL) {
      check_packet (packet);
      gst_buffer_unref (packet);
      continue;
    }
    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      check_packet (gst_buffer_list_get (list, i));
    gst_buffer_list_unref (list);
  }
}

/* Memory of just this size, so that a read past its end is seen. */
static GstMemory *
memory_of (const uint8_t * data, size_t size)
{
  gpointer copy = g_malloc (MAX (size, 1));

  memcpy (copy, data, size);
  return gst_memory_new_wrapped (0, copy, MAX (size, 1), 0, size, copy, g_free);
}

static GstBuffer *
packet_of (const uint8_t * data, size_t size, gboolean cut)
{
  GstBuffer *packet = gst_buffer_new ();
  size_t at = cut ? MIN (size, 24) / 2 : size;

  gst_buffer_append_memory (packet, memory_of (data, at));
  if (at < size)
    gst_buffer_append_memory (packet, memory_of (data + at, size - at));
  return packet;
}

static void
act (Fuzz * fuzz, E2eeRtpRegroup * regroup, guint action, const uint8_t * data, size_t size)
{
  switch (action) {
    case PUSH_TWICE:
      e2ee_rtp_regroup_push (regroup, packet_of (data, size, FALSE));
      /* fallthrough */
    case PUSH:
    case PUSH_CUT:
      e2ee_rtp_regroup_push (regroup, packet_of (data, size, action == PUSH_CUT));
      break;
    case REPLAY:
      if (fuzz->n_held > 0) {
        E2eeRtpHeld *held = fuzz->held[0];

        fuzz->n_held--;
        memmove (fuzz->held, fuzz->held + 1, fuzz->n_held * sizeof (held));
        e2ee_rtp_regroup_replay (regroup, held);
      }
      break;
    case FLUSH:
      e2ee_rtp_regroup_flush (regroup);
      break;
    case DRAIN:
      e2ee_rtp_regroup_drain (regroup);
      break;
    default:
      fuzz->action = action;
  }
  pull (regroup);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
#ifdef FUZZ_SFRAME
  static const E2eeRtpPacking *const codecs[] = {
    &e2ee_rtp_packing_vp8, &e2ee_rtp_packing_whole, &e2ee_rtp_packing_vp9, &e2ee_rtp_packing_h264
  };
#endif
  Fuzz fuzz = {.action = WRITE_FROM_NOW };
  const E2eeRtpPacking *packing;
  E2eeRtpRegroup *regroup;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  if (size < 1)
    return 0;

  fuzz.grow = data[0] >> 2;
#ifdef FUZZ_SFRAME
  fuzz.codec = codecs[(data[0] & 1) | (data[0] >> 1 & 2)];
  packing = &e2ee_rtp_packing_sframe;
#elif defined FUZZ_NAL
  packing = data[0] & 1 ? &e2ee_rtp_packing_h265 : &e2ee_rtp_packing_h264;
  fuzz.codec = packing;
#elif defined FUZZ_PACKING
  packing = &FUZZ_PACKING;
  fuzz.codec = packing;
#else
  packing = data[0] & 1 ? &e2ee_rtp_packing_whole : &e2ee_rtp_packing_vp8;
  fuzz.codec = packing;
#endif
  regroup = e2ee_rtp_regroup_new (packing, fuzz.codec, data[0] & 2 ? 40 : 200, take_frame, &fuzz);
  data++;
  size--;

  while (size >= 2) {
    size_t packet_size = MIN (data[1], size - 2);

    act (&fuzz, regroup, data[0] % N_ACTIONS, data + 2, packet_size);
    data += 2 + packet_size;
    size -= 2 + packet_size;
  }

  while (fuzz.n_held > 0)
    e2ee_rtp_held_free (fuzz.held[--fuzz.n_held]);
  e2ee_rtp_regroup_free (regroup);
  return 0;
}
