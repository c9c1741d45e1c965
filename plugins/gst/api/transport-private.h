/* What transport.c and transportsframe.c share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

G_BEGIN_DECLS

/* The words for what is wrong (transport.h). */
#define GST_E2EE_TRANSPORT_CONNECTING "transport-connecting"
#define GST_E2EE_TRANSPORT_CLOSED "transport-closed"
#define GST_E2EE_TRANSPORT_FAILED "transport-failed"
#define GST_E2EE_TRANSPORT_FINGERPRINT "transport-fingerprint"
#define GST_E2EE_TRANSPORT_SFRAME "transport-sframe"

/* Rejected media have port 0, and those that only ride on another's transport as well. */
gboolean gst_e2ee_media_is_in_use (const GstSDPMedia * media);
gboolean gst_e2ee_media_has_sframe (const GstSDPMedia * media);

G_END_DECLS
