/* A clock that the test holds in its hand.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Linked into a test program, clock.c takes the place of GLib's monotonic clock for the elements, so
 * that what they do after so many milliseconds does not depend on how busy the machine is.  GLib
 * itself goes on with the real one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From now on time stands still, until clock_advance() moves it.  For a checked fixture. */
void clock_stop (void);

/* Later by @ms. */
void clock_advance (guint ms);

G_END_DECLS
