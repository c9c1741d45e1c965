/* VP9 with spatial and temporal layers, as libvpx makes it, in RTP packets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define SVC_CAPS "application/x-rtp,media=video,encoding-name=VP9,clock-rate=90000,payload=96"
#define SVC_WIDTH 320
#define SVC_HEIGHT 240
#define SVC_TEMPORAL_LAYERS 2

/* @n pictures, every @key_every-th a key picture, in two temporal layers (0101) and @n_spatial
 * spatial ones, each half as large as the next.  One GstBufferList for each picture, with the packets
 * of all its layers, in @flexible or non-flexible mode (RFC 9628). */
GPtrArray *svc_vp9 (guint n, guint key_every, guint n_spatial, gboolean flexible);

G_END_DECLS
