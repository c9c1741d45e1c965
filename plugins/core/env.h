/* What the core takes from its surroundings: randomness and time.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_ENV_H
#define E2EE_CORE_ENV_H

#include <stddef.h>
#include <stdint.h>

/* Both functions may be called from any thread that uses the core, and must not fail.
 * Tests hand in their own, so that counters and expiry can be foretold. */
typedef struct
{
  void (*random) (void *user, uint8_t * out, size_t size);      /* fit for keys */
  uint64_t (*now_ms) (void *user);      /* monotonic milliseconds */
  void *user;
} e2ee_env;

/* The operating system's generator through libsodium, and the monotonic clock.  Static. */
const e2ee_env *e2ee_env_default (void);

#endif
