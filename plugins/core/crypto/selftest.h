/* Known answers, computed before anything is trusted.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_SELFTEST_H
#define E2EE_CORE_CRYPTO_SELFTEST_H

#include "core/result.h"

/* Runs every algorithm of every back end (seal, open, a refused wrong tag) and HKDF against
 * published answers.  Called by e2ee_crypto_init(); costs well under a millisecond.
 * Error: SELF_TEST. */
E2EE_MUST_USE e2ee_result e2ee_crypto_self_test (void);

#endif
