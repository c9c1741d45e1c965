/* How the bytes of frames lie in RTP payloads: reading them out, and cutting them into new
 * payloads.  One row per payload format.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A VP9 scalability structure is the longest there is. */
#define E2EE_RTP_MAX_DESCRIPTOR 256

typedef enum
{
  E2EE_RTP_START_NO,
  E2EE_RTP_START_YES,
  /* The payload cannot tell: it does when the packet before it is there and of another frame. */
  E2EE_RTP_START_MAYBE
} E2eeRtpStart;

/* What one payload says of itself. */
typedef struct
{
  gsize descriptor_size;        /* bytes in front of the frame's own */
  E2eeRtpStart start;           /* whether it holds the first byte of a frame */
  gboolean end;                 /* it holds the last, whatever the marker says */
  gboolean is_payload;          /* the frame is itself one RTP payload (SFrame's T bit) */
} E2eeRtpPayload;

/* A frame that is to be cut into payloads. */
typedef struct
{
  const guint8 *data;           /* NULL while only sizes are asked for: @cuts_blindly */
  gsize size;
  /* Of the first packet that it came in; no bytes when it came in another packing: then a fresh one
   * is made. */
  const guint8 *descriptor;
  gsize descriptor_size;
} E2eeRtpWhole;

/* One payload: @head, and behind it @size bytes of the frame. */
typedef struct
{
  guint8 head[E2EE_RTP_MAX_DESCRIPTOR];
  gsize head_size;
  gsize skip;                   /* bytes of the frame in front of them that no payload carries */
  gsize size;
} E2eeRtpPiece;

typedef struct
{
  const gchar *name;
  /* Every packet is a whole frame, however large and whatever its marker. */
  gboolean one_packet;
  /* Payloads tell the ends of frames, and nothing else does: neither the marker nor a packet of
   * something else behind it ends one. */
  gboolean tells_ends;

  /* Reads the front of a payload of @size bytes, of which @payload holds the first MIN (@size,
   * @front_size).  FALSE: not a payload of this format, or nothing behind its descriptor; @info is
   * then undefined. */
  gsize front_size;
  gboolean (*parse) (const guint8 * payload, gsize size, E2eeRtpPayload * info);
  /* Where the bytes of the frame are not those behind the descriptor: writes what the payload
   * stands for to @out, which has room for E2EE_RTP_UNPACKED_SIZE (@size).  How many bytes that was, or -1
   * for a payload whose inside contradicts itself.  @state is between the payloads of a frame, 0
   * before the first; if it is not 0 again behind the last, the frame contradicts itself.  Else
   * NULL. */
  gssize (*unpack) (const guint8 * payload, gsize size, guint8 * out, guint * state);
  /* Where the payload itself says it: whether a decoder that has seen nothing can begin with one that
   * parse() has read.  NULL: what is behind the descriptor says so. */
  gboolean (*is_entry) (const guint8 * payload, gsize size);

  /* cut() looks at no byte of the frame and skips none, so that a frame may be written where it
   * will lie. */
  gboolean cuts_blindly;
  gboolean fresh_looks;         /* but it does for a frame without a descriptor */
  gsize fresh_size;             /* bytes of a head made without a descriptor, at most */
  /* The payload that begins at @offset of @whole: with its head at most @room bytes, or all the
   * rest of the frame when that and its head are at most @last_room.  Every room is E2EE_RTP_MIN_ROOM
   * bytes longer than the longest head, and every piece carries a byte of the frame; one of size 0
   * says that the frame cannot be cut.  Behind the first, @piece comes as it was answered for the
   * bytes before. */
  void (*cut) (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
      E2eeRtpPiece * piece);
} E2eeRtpPacking;

#define E2EE_RTP_UNPACKED_SIZE(size) (2 * (size) + 8)

/* For cut(): as many bytes from @offset on as go behind the head, whose size is set.  TRUE when
 * these are the last of the frame. */
static inline gboolean
e2ee_rtp_piece_fill (E2eeRtpPiece * piece, const E2eeRtpWhole * whole, gsize offset, gsize room,
    gsize last_room)
{
  gsize left = whole->size - offset;
  gboolean is_last = piece->head_size + left <= last_room;

  piece->skip = 0;
  /* The header of the last packet may be longer than this one, and needs a packet of its own. */
  piece->size = is_last ? left : MIN (room - piece->head_size, left - 1);
  return is_last;
}

/* RFC 7587, RFC 3551: one payload, one frame. */
extern const E2eeRtpPacking e2ee_rtp_packing_whole;
extern const E2eeRtpPacking e2ee_rtp_packing_vp8;
extern const E2eeRtpPacking e2ee_rtp_packing_vp9;
/* RFC 6184; the second never writes fragments (packetization-mode 0). */
extern const E2eeRtpPacking e2ee_rtp_packing_h264;
extern const E2eeRtpPacking e2ee_rtp_packing_h264_single;
/* RFC 7798 */
extern const E2eeRtpPacking e2ee_rtp_packing_h265;
/* draft-ietf-avtcore-rtp-sframe-02: both read alike; they write objects that hold frames, and
 * objects that hold RTP payloads. */
extern const E2eeRtpPacking e2ee_rtp_packing_sframe;
extern const E2eeRtpPacking e2ee_rtp_packing_sframe_payload;

G_END_DECLS
