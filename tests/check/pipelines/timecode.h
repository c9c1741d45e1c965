/* The time, written into pictures and sung into sound so that it survives a lossy encoder.
 *
 * Pictures: 16 light and dark blocks across, a second row with the opposite of each.  Sound: each block
 * of 20 ms is a chord of three notes out of sixteen each, and of a fourth that checks them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TIMECODE_RATE 48000
#define TIMECODE_BLOCK 960      /* samples */
#define TIMECODE_WINDOW 480     /* samples that are listened to */
#define TIMECODE_MAX 4096       /* blocks after which the song begins again */

/* One plane of @width by @height bytes. */
void timecode_paint (guint8 * plane, gint stride, gint width, gint height, guint number);
/* -1: cannot be read. */
gint timecode_read (const guint8 * plane, gint stride, gint width, gint height);

/* The samples from number @first on. */
void timecode_sing (gint16 * samples, guint n_samples, guint64 first);
/* The block that TIMECODE_WINDOW samples are of; -1: of none, of two, silence. */
gint timecode_hear (const gint16 * samples);

G_END_DECLS
