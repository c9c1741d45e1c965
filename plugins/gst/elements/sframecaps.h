/* The mark that caps of SFrame packets carry: the field that webrtcbin makes a=sframe of, and of
 * a=sframe.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

gboolean e2ee_sframe_caps_is_marked (const GstCaps * caps);

/* RTP caps with and without the mark; others as they are. (transfer full) */
GstCaps *e2ee_sframe_caps_mark (const GstCaps * caps);
GstCaps *e2ee_sframe_caps_unmark (const GstCaps * caps);

/* Answers a caps or accept-caps query of the sink pad of an element whose @srcpad has the mark
 * (@marks) or takes it off; FALSE: another query, to be handled as ever. */
gboolean e2ee_sframe_caps_query (GstPad * srcpad, gboolean marks, GstQuery * query);

G_END_DECLS
