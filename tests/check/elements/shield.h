/* shieldoverlay between two pads, and what it has drawn.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#pragma once

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

#define FRAME (40 * GST_MSECOND)
#define NO_STATE ((GstE2eeState) -1)
#define SMALL "video/x-raw,format=I420,width=321,height=241,framerate=25/1"

/* The badge of a picture that is 321 pixels wide and 241 high. */
#define BADGE_HEIGHT 28
#define BADGE_MARGIN 9

/* The clock stands still unless the test moves it: a busy machine lets nothing grow stale. */
typedef struct
{
  GstHarness *h;
  GstBus *bus;
  GstVideoInfo info;
} Shield;

/* NULL for @caps leaves them for shield_set_caps(). */
Shield shield_new (const gchar * caps);
void shield_set_caps (Shield * shield, const gchar * caps);
void shield_free (Shield * shield);

void shield_add_status (GstBuffer * buffer, GstE2eeState state);

/* Picture number @index, every byte different from its neighbours, the same in every run.  With
 * NO_STATE it carries no status. */
GstBuffer *shield_make (Shield * shield, GstE2eeState state, guint index);
GstBuffer *shield_push_and_pull (Shield * shield, GstBuffer * buffer);
void shield_push (Shield * shield, GstE2eeState state, guint index);

/* What a format unpacks to, as 8 bits a component: comparable whatever lies in memory. */
guint8 *shield_unpack (const GstVideoInfo * info, GstBuffer * buffer);

/* The smallest rectangle that holds every pixel that is not as it was. */
GstVideoRectangle shield_changed_area (const GstVideoInfo * info, GstBuffer * before_buffer,
    GstBuffer * after_buffer);
/* Of one picture in @state. */
GstVideoRectangle shield_draw_and_find (Shield * shield, GstE2eeState state);

G_END_DECLS
