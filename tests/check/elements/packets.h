/* RTP packets of no codec in particular.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>

G_BEGIN_DECLS

#define PACKET_PAYLOAD 200

/* In two memories, as a payloader makes it.  What it holds follows from @seq; every fifth has the
 * marker. */
GstBuffer *packet_new (guint32 ssrc, guint16 seq);

/* @packet (taken) is what packet_new() made, byte for byte. */
void expect_packet (GstBuffer * packet, guint32 ssrc, guint16 seq);

G_END_DECLS
