/* A server that forwards one of several layers, and rewrites what it has to, as Janus and others
 * do.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * It knows RTP headers and payload descriptors, and of a VP8 frame the bit that tells a key frame;
 * it has no key.  It reads descriptors by itself, so that a mistake of the elements is not made
 * twice. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _Sfu Sfu;

/* For VP8, or VP9 when @vp9. */
Sfu *sfu_new (gboolean vp9);
void sfu_free (Sfu * sfu);

/* What the receiver is to get from now on: packets of stream @stream of a simulcast, from its next
 * key frame on; pictures up to temporal layer @temporal; layers up to spatial layer @spatial, of
 * more from the next key picture on. */
void sfu_want (Sfu * sfu, guint stream, guint temporal, guint spatial);
/* The last packet of a layer that is left is kept back, and sent so many packets late, under the
 * number that was left free for it. */
void sfu_send_last_packet_late (Sfu * sfu, guint packets);

/* A packet of stream @stream (transfer none); what is forwarded is added to @out: GstBuffer. */
void sfu_push (Sfu * sfu, guint stream, GstBuffer * packet, GPtrArray * out);

/* Pictures of which something was forwarded, and times that another stream was. */
guint sfu_n_pictures (const Sfu * sfu);
guint sfu_n_switches (const Sfu * sfu);

G_END_DECLS
