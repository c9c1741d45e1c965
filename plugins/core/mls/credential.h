/* Credentials, RFC 9420 section 5.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_CREDENTIAL_H
#define E2EE_CORE_MLS_CREDENTIAL_H

#include "core/mls/codec.h"

#define E2EE_MLS_CREDENTIAL_BASIC 0x0001
#define E2EE_MLS_CREDENTIAL_X509 0x0002

typedef struct
{
  uint16_t type;
  /* basic: the identity; x509: the contents of Certificate<V>, whole certificates */
  e2ee_bytes body;
} e2ee_mls_credential;

/* Needs no arena.  An unknown type sticks as UNSUPPORTED_CREDENTIAL: its length is not known. */
void e2ee_mls_credential_read (e2ee_mls_reader * reader, e2ee_mls_credential * out);
void e2ee_mls_credential_write (e2ee_mls_writer * writer, const e2ee_mls_credential * in);
int e2ee_mls_credential_equal (const e2ee_mls_credential * a, const e2ee_mls_credential * b);

#endif
