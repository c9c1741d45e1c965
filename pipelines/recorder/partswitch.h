/* Sends tracks into one file after another.
 *
 * Muxers and file sinks take nothing after the end of a stream until they are restarted.  So behind
 * gates with when-blocked=eos something has to finish the file when a track has ended, and to put a
 * fresh muxer in place before the first buffer of the next part.  It happens in the streaming thread
 * that brings this buffer, while the other tracks wait: no buffer meets a muxer that is on its way
 * out, and no application has to be quick.
 *
 * Tracks are pairs of pads sink_N and src_N.  A file begins when every track has shown its caps, or
 * after two seconds without those that have not; these begin another file when they come.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define TYPE_PART_SWITCH (part_switch_get_type ())
G_DECLARE_FINAL_TYPE (PartSwitch, part_switch, PART, SWITCH, GstElement)

/* Takes the last muxer away, if there is one, and links the source pads of @tracks to a new one.
 * FALSE: it cannot be done; the stream ends with an error. */
typedef gboolean (*PartSwitchFunc) (gpointer user_data, GList * tracks);

PartSwitch *part_switch_new (PartSwitchFunc next, gpointer user_data);
/* A new track: its sink pad (transfer none); the source pad is linked when a file begins. */
GstPad *part_switch_add_track (PartSwitch * self);
/* The source of this sink pad has ended for good: it is in no file any more. */
void part_switch_end_track (PartSwitch * self, GstPad * sink);
/* The file is complete: all its tracks have ended and it is written.  Any thread. */
void part_switch_file_done (PartSwitch * self);
/* Nothing is pushed or begun any more until the element is started again.  Does not wait. */
void part_switch_stop (PartSwitch * self);
/* Whether nothing is open or on its way into a file. */
gboolean part_switch_is_idle (PartSwitch * self);

G_END_DECLS
