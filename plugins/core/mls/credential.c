/* Credentials, RFC 9420 section 5.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/credential.h"

#include "core/crypto/secret.h"

static e2ee_bytes
certificates_read (e2ee_mls_reader * reader)
{
  e2ee_mls_reader inner = e2ee_mls_read_begin (reader);
  const e2ee_bytes chain = E2EE_BYTES (inner.at, e2ee_mls_reader_left (&inner));

  while (e2ee_mls_reader_left (&inner) > 0)
    e2ee_mls_read_vector (&inner);
  e2ee_mls_read_end (reader, &inner);
  return e2ee_mls_reader_ok (reader) ? chain : E2EE_NO_BYTES;
}

void
e2ee_mls_credential_read (e2ee_mls_reader * reader, e2ee_mls_credential * out)
{
  out->body = E2EE_NO_BYTES;
  out->type = e2ee_mls_read_u16 (reader);
  if (out->type == E2EE_MLS_CREDENTIAL_BASIC)
    out->body = e2ee_mls_read_vector (reader);
  else if (out->type == E2EE_MLS_CREDENTIAL_X509)
    out->body = certificates_read (reader);
  else
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL);
}

/* Both bodies are one vector: of bytes, or of certificates. */
void
e2ee_mls_credential_write (e2ee_mls_writer * writer, const e2ee_mls_credential * in)
{
  if (in->type != E2EE_MLS_CREDENTIAL_BASIC && in->type != E2EE_MLS_CREDENTIAL_X509)
    e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL);
  e2ee_mls_write_u16 (writer, in->type);
  e2ee_mls_write_vector (writer, in->body);
}

int
e2ee_mls_credential_equal (const e2ee_mls_credential * a, const e2ee_mls_credential * b)
{
  return a->type == b->type && e2ee_equal (a->body, b->body);
}
