/* Starting the libraries, once for the process.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stdatomic.h>

#include <sodium.h>

#include "core/crypto/aead-private.h"
#include "core/crypto/secret.h"
#include "core/crypto/selftest-private.h"

enum
{
  NOT_STARTED,
  STARTING,
  STARTED                       /* plus the result */
};

static atomic_int progress = NOT_STARTED;

static e2ee_result
start (e2ee_result (*self_test) (void))
{
  e2ee_result r;

  if (sodium_init () < 0)
    return E2EE_ERR_UNSUPPORTED;
  e2ee_aead_start_backends ();
  r = self_test ();
  /* What computes wrong answers must not be reachable for a caller who overlooked the result. */
  if (r != E2EE_OK)
    e2ee_aead_stop_backends ();
  return r;
}

e2ee_result
e2ee_crypto_init_with (e2ee_result (*self_test) (void))
{
  int now = NOT_STARTED;

  if (atomic_compare_exchange_strong (&progress, &now, STARTING)) {
    now = STARTED + (int) start (self_test);
    atomic_store (&progress, now);
  }
  /* Another thread is at it: milliseconds, and once in the life of the process.  The core has no
   * threads, so it has nothing to sleep on. */
  while (now == STARTING)
    now = atomic_load (&progress);
  return (e2ee_result) (now - STARTED);
}

e2ee_result
e2ee_crypto_init (void)
{
  return e2ee_crypto_init_with (e2ee_crypto_self_test);
}
