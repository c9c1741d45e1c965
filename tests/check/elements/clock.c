/* A clock that the test holds in its hand.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "clock.h"

#include <time.h>

static gint64 stands_at;        /* 0: it runs; atomic, since streaming threads read it */

static gint64
real_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The dynamic linker finds this one before GLib's. */
__attribute__ ((visibility ("default")))
gint64
g_get_monotonic_time (void)
{
  gint64 time = __atomic_load_n (&stands_at, __ATOMIC_SEQ_CST);

  return time ? time : real_time ();
}

void
clock_stop (void)
{
  __atomic_store_n (&stands_at, real_time (), __ATOMIC_SEQ_CST);
}

void
clock_advance (guint ms)
{
  __atomic_fetch_add (&stands_at, ms * G_GINT64_CONSTANT (1000), __ATOMIC_SEQ_CST);
}
