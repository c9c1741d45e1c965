/* Pictures and sound that tell by themselves whose they are and which.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>

G_BEGIN_DECLS

#define FILM_WIDTH 160
#define FILM_HEIGHT 120
#define FILM_PICTURE_MS 40
#define FILM_SOUND_MS 20

#define FILM_VIDEO_CAPS "video/x-raw,format=I420,width=160,height=120,framerate=25/1"
#define FILM_AUDIO_CAPS "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

#define FILM_GRID (32 * 18)

/* Picture @number (below 4096) of @sender (below 16), a frame of videotestsrc with both burnt in, and
 * its grid of brightness.  (transfer full) */
GstBuffer *film_picture (guint sender, guint number, guint8 grid[FILM_GRID]);
/* Reads what was burnt in; FALSE for what is no picture of the film. */
gboolean film_read (GstPad * pad, GstBuffer * picture, guint * sender, guint * number,
    guint8 grid[FILM_GRID]);
/* Mean difference of two grids, 0 to 255. */
gdouble film_difference (const guint8 * one, const guint8 * other);

/* 20 ms of audiotestsrc at the pitch of @sender.  (transfer full) */
GstBuffer *film_sound (guint sender, guint number);
/* How much of the sound in @buffer has the pitch of @sender, 0 to 1; negative for silence. */
gdouble film_purity (GstBuffer * buffer, guint sender);

/* Frees what the functions above keep. */
void film_forget (void);

G_END_DECLS
