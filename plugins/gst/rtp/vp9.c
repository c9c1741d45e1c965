/* The VP9 payload descriptor, RFC 9628 section 4.2.
 *
 * Every spatial layer of a picture is a frame of its own: the B and E bits bound it, while the
 * marker is on the last packet of the last layer alone, and one timestamp holds for all of them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/packing.h"

#include "core/frame/vp9.h"

#include <string.h>

/* First octet */
#define VP9_I 0x80
#define VP9_P 0x40
#define VP9_L 0x20
#define VP9_F 0x10
#define VP9_B 0x08
#define VP9_E 0x04
#define VP9_V 0x02
/* First octet of the picture id */
#define VP9_M 0x80
/* Octet of the layer indices */
#define VP9_SID 0x0e
/* Octet of a reference */
#define VP9_N 0x01
#define VP9_MAX_P_DIFFS 3
/* First octet of the scalability structure */
#define SS_N_S(octet) ((octet) >> 5)
#define SS_Y 0x10
#define SS_G 0x08
/* Octet of a picture in its group */
#define SS_R(octet) ((octet) >> 2 & 3)
#define SS_LAYER_SIZE 4         /* width and height */

/* First octet; scalability structure of one layer with its size. */
#define VP9_FRESH_SIZE (1 + 1 + SS_LAYER_SIZE)

typedef struct
{
  gsize structure;              /* where the scalability structure starts, */
  gsize structure_size;         /* 0: there is none */
  gsize layers;                 /* where the octet of layer indices is, 0: there is none */
  gsize size;
} Vp9Descriptor;

/* The scalability structure at @offset; its size, or 0 when it reaches behind @size. */
static gsize
read_structure (const guint8 * payload, gsize offset, gsize size)
{
  gsize end = offset + 1;
  guint8 first;

  if (end > size)
    return 0;
  first = payload[offset];
  if (first & SS_Y)
    end += (SS_N_S (first) + 1) * SS_LAYER_SIZE;

  if (first & SS_G) {
    guint n_pictures;

    if (end >= size)
      return 0;
    n_pictures = payload[end++];
    for (guint i = 0; i < n_pictures; i++) {
      if (end >= size)
        return 0;
      end += 1 + SS_R (payload[end]);
    }
  }
  return end <= size ? end - offset : 0;
}

static gboolean
read_descriptor (const guint8 * payload, gsize size, Vp9Descriptor * descriptor)
{
  guint8 first = size > 0 ? payload[0] : 0;
  gsize end = 1;

  *descriptor = (Vp9Descriptor) { 0 };
  /* References are differences of picture ids. */
  if ((first & VP9_F) && !(first & VP9_I))
    return FALSE;

  if (first & VP9_I) {
    if (end >= size)
      return FALSE;
    end += payload[end] & VP9_M ? 2 : 1;
  }
  if (first & VP9_L) {
    descriptor->layers = end;
    end += first & VP9_F ? 1 : 2;       /* TL0PICIDX in non-flexible mode only */
  }
  if ((first & VP9_F) && (first & VP9_P)) {
    gboolean more = TRUE;

    for (guint i = 0; more; i++) {
      if (i == VP9_MAX_P_DIFFS || end >= size)
        return FALSE;
      more = payload[end++] & VP9_N;
    }
  }
  if (end > size)
    return FALSE;

  if (first & VP9_V) {
    descriptor->structure = end;
    descriptor->structure_size = read_structure (payload, end, size);
    if (descriptor->structure_size == 0)
      return FALSE;
    end += descriptor->structure_size;
  }
  descriptor->size = end;
  return TRUE;
}

/* Reserved bits are not looked at: the RFC has receivers ignore them. */
static gboolean
vp9_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  Vp9Descriptor descriptor;

  if (!read_descriptor (payload, MIN (size, E2EE_RTP_MAX_DESCRIPTOR), &descriptor)
      || descriptor.size >= size)
    return FALSE;

  *info = (E2eeRtpPayload) {
    .descriptor_size = descriptor.size,
    .start = payload[0] & VP9_B ? E2EE_RTP_START_YES : E2EE_RTP_START_NO,
    .end = (payload[0] & VP9_E) != 0,
  };
  return TRUE;
}

/* The lowest spatial layer of a picture that refers to none before it.  The upper layers of it do
 * not either, but to this one. */
static gboolean
vp9_is_entry (const guint8 * payload, gsize size)
{
  Vp9Descriptor descriptor;

  return read_descriptor (payload, MIN (size, E2EE_RTP_MAX_DESCRIPTOR), &descriptor)
      && (payload[0] & (VP9_P | VP9_B)) == VP9_B
      && (descriptor.layers == 0 || (payload[descriptor.layers] & VP9_SID) == 0);
}

/* Picture id, layer indices and references belong on every packet, the scalability structure on the
 * first alone. */
static void
write_head (const E2eeRtpWhole * whole, gsize offset, E2eeRtpPiece * piece)
{
  Vp9Descriptor descriptor;

  memcpy (piece->head, whole->descriptor, whole->descriptor_size);
  piece->head_size = whole->descriptor_size;
  piece->head[0] |= VP9_B;
  if (offset > 0) {
    read_descriptor (whole->descriptor, whole->descriptor_size, &descriptor);
    piece->head[0] &= (guint8) ~ (VP9_B | VP9_V);
    piece->head_size -= descriptor.structure_size;
  }
}

/* One layer, no picture id: non-flexible mode, as a payloader that knows no layers writes it.  A
 * depayloader takes from it what is a key frame, and the size of the picture. */
static void
write_fresh_head (const E2eeRtpWhole * whole, gsize offset, E2eeRtpPiece * piece)
{
  uint32_t width, height;
  gboolean is_key = e2ee_vp9_read_key_frame (E2EE_BYTES (whole->data, whole->size), &width,
      &height);

  piece->head[0] = (is_key ? 0 : VP9_P) | (offset == 0 ? VP9_B : 0);
  piece->head_size = 1;
  if (is_key && offset == 0 && width <= G_MAXUINT16 && height <= G_MAXUINT16) {
    piece->head[0] |= VP9_V;
    piece->head[1] = SS_Y;
    e2ee_put_be (piece->head + 2, width, 2);
    e2ee_put_be (piece->head + 4, height, 2);
    piece->head_size = VP9_FRESH_SIZE;
  }
}

static void
vp9_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  if (whole->descriptor_size > 0)
    write_head (whole, offset, piece);
  else
    write_fresh_head (whole, offset, piece);

  if (e2ee_rtp_piece_fill (piece, whole, offset, room, last_room))
    piece->head[0] |= VP9_E;
  else
    piece->head[0] &= (guint8) ~ VP9_E;
}

const E2eeRtpPacking e2ee_rtp_packing_vp9 = {
  .name = "VP9",
  .front_size = E2EE_RTP_MAX_DESCRIPTOR,
  .parse = vp9_parse,
  .is_entry = vp9_is_entry,
  .cuts_blindly = TRUE,
  .fresh_looks = TRUE,
  .fresh_size = VP9_FRESH_SIZE,
  .cut = vp9_cut,
};
