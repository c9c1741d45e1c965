/* What of a stream's events leaves a closed gate.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether @event may hold something of the content: it stays out of a closed gate. */
gboolean e2ee_gate_event_may_tell (GstEvent * event);

/* @event without what may tell something of the content: tags are reduced to technical ones.
 * (transfer full): NULL for nothing. */
GstEvent *e2ee_gate_event_reduce (GstEvent * event);

G_END_DECLS
