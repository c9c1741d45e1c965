/* A recorder that cannot record what is private: a gate for each track, and one file for each public
 * part of the meeting.
 *
 *   audio_0 -> queue -> e2eepolicy -> |        |
 *   video_0 -> queue -> e2eepolicy -> | switch | -> matroskamux -> filesink
 *
 * An element `e2eerecorder` for programs that link it in: e2ee_recorder_register(), then it can be
 * named in gst_parse_launch().  It ends when the tracks have ended, not when a part has.
 *
 *   location   "meeting-%03u.mkv": where the files go; the number counts from 0
 *   meeting    the gates' meeting, by its name
 *   feature    the gates' feature, "recording" unless set
 *   parts      (readable) files begun
 *
 * Every file that is finished is an element message `e2ee-recorder-part` (`location`).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define E2EE_TYPE_RECORDER (e2ee_recorder_get_type ())
G_DECLARE_FINAL_TYPE (E2eeRecorder, e2ee_recorder, E2EE, RECORDER, GstBin)

gboolean e2ee_recorder_register (void);

G_END_DECLS
