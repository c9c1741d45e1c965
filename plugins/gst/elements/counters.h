/* Counters that one thread writes and any thread reads, without a lock and without tearing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <stdatomic.h>
#include <glib.h>

typedef _Atomic guint64 E2eeCounter;

/* Writing thread only: a relaxed load and store compile to plain moves where an atomic add would lock the bus. */
static inline void
e2ee_counter_add (E2eeCounter * counter, guint64 n)
{
  atomic_store_explicit (counter, atomic_load_explicit (counter, memory_order_relaxed) + n,
      memory_order_relaxed);
}

static inline void
e2ee_counter_set (E2eeCounter * counter, guint64 value)
{
  atomic_store_explicit (counter, value, memory_order_relaxed);
}

static inline guint64
e2ee_counter_get (const E2eeCounter * counter)
{
  return atomic_load_explicit ((E2eeCounter *) counter, memory_order_relaxed);
}
