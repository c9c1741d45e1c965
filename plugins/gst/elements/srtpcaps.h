/* Caps on the two sides of an element that makes SRTP of RTP, or RTP of SRTP.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The other side's caps of @caps: SRTP's when @to_srtp, else RTP's, each with nothing else changed
 * but that keys and parameters of SRTP, as srtpenc puts them there, are gone; what is of neither is
 * left out. (transfer full) */
GstCaps *e2ee_srtp_caps_map (const GstCaps * caps, gboolean to_srtp);

/* Answers a caps or accept-caps query of a pad that takes or gives SRTP (@is_srtp) when @other, the
 * element's pad on its other side, does the reverse; FALSE: another query, to be handled as ever.
 */
gboolean e2ee_srtp_caps_query (GstPad * other, gboolean is_srtp, GstQuery * query);

G_END_DECLS
