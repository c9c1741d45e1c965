/* A build without libsrtp2: there is no SRTP, and keys for it are refused (srtp.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef HAVE_SRTP

#include "core/frame/srtp.h"

int
e2ee_srtp_is_available (void)
{
  return 0;
}

e2ee_result
e2ee_srtp_new (const e2ee_srtp_params * params, e2ee_srtp ** srtp)
{
  (void) params;
  *srtp = NULL;
  return E2EE_ERR_UNSUPPORTED;
}

void
e2ee_srtp_free (e2ee_srtp * srtp)
{
  (void) srtp;
}

const uint8_t *
e2ee_srtp_name (const e2ee_srtp * srtp)
{
  (void) srtp;
  return NULL;
}

#endif
