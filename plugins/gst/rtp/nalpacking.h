/* What the payloads of H.264 (RFC 6184) and H.265 (RFC 7798) have in common, for the files of this
 * folder only: NAL units as they are, several in one payload, one in several.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "core/frame/nal.h"
#include "rtp/packing.h"

G_BEGIN_DECLS

typedef struct
{
  e2ee_codec codec;
  gsize header_size;            /* of a NAL unit, and of a payload */
  gsize fragment_size;          /* of a payload's header and the FU header behind it */
  gboolean tells_first_slice;   /* the byte behind the header is clear in protected frames too */
} E2eeRtpNalLayout;

/* The FU header, the same in both. */
#define E2EE_RTP_FU_S 0x80
#define E2EE_RTP_FU_E 0x40

/* What a unit that begins a payload says of the frame's start; @unit has @size bytes that may be
 * read, its header at least. */
E2eeRtpStart e2ee_rtp_nal_start (const E2eeRtpNalLayout * layout, const guint8 * unit, gsize size);
/* Whether a decoder can begin with the unit. */
gboolean e2ee_rtp_nal_is_entry (const E2eeRtpNalLayout * layout, const guint8 * unit, gsize size);

/* The next unit of an aggregation packet: its bytes and, in *@offset, what is behind it.  Returns the
 * unit's size, 0 when what is left is no unit. */
gsize e2ee_rtp_nal_next_aggregated (const E2eeRtpNalLayout * layout, const guint8 * payload,
    gsize size, gsize * offset);
gssize e2ee_rtp_nal_unpack_aggregate (const E2eeRtpNalLayout * layout, const guint8 * payload,
    gsize size, guint8 * out);
/* A unit as it is. */
gssize e2ee_rtp_nal_unpack_single (const guint8 * payload, gsize size, guint8 * out);
/* A fragment of the unit whose header, made from the payload's, is @header. */
gssize e2ee_rtp_nal_unpack_fragment (const E2eeRtpNalLayout * layout, const guint8 * header,
    const guint8 * payload, gsize size, guint8 * out, guint * state);

/* cut(): units that fit as they are, others in fragments.  @make_head writes payload header and FU
 * header, S and E unset, of fragments of the unit at @unit.  NULL: there are no fragments. */
typedef void (*E2eeRtpFragmentHeadFunc) (const guint8 * unit, guint8 * head);
void e2ee_rtp_nal_cut (const E2eeRtpNalLayout * layout, E2eeRtpFragmentHeadFunc make_head,
    const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room, E2eeRtpPiece * piece);

G_END_DECLS
