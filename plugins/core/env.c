/* The surroundings of a program: the system's random generator and monotonic clock.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/env.h"

#include <time.h>

#include <sodium.h>

static void
system_random (void *user, uint8_t * out, size_t size)
{
  (void) user;
  randombytes_buf (out, size);
}

static uint64_t
system_now_ms (void *user)
{
  struct timespec now = { 0, 0 };

  (void) user;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

const e2ee_env *
e2ee_env_default (void)
{
  static const e2ee_env system_env = { system_random, system_now_ms, NULL };

  return &system_env;
}
