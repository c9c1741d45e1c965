/* A stored joiner: the key package with its private keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/store-private.h"

e2ee_mls_result
e2ee_mls_joiner_store (const e2ee_mls_joiner * joiner, e2ee_bytes key, e2ee_mls_buffer * stored)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *stored = E2EE_MLS_NO_BUFFER;
  /* One that has joined has nothing left to keep. */
  if (joiner->init_private.size == 0)
    return E2EE_MLS_ERR_ARGUMENT;
  e2ee_mls_write_vector (&writer, e2ee_mls_buffer_view (joiner->message));
  e2ee_mls_write_vector (&writer, e2ee_mls_secret_view (joiner->identity->signature_private));
  e2ee_mls_write_vector (&writer, e2ee_mls_secret_view (joiner->init_private));
  e2ee_mls_write_vector (&writer, e2ee_mls_secret_view (joiner->encryption_private));
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_store_seal (joiner->host->env, E2EE_MLS_STORE_JOINER, key,
        e2ee_mls_writer_view (&writer), stored);
  e2ee_mls_writer_clear (&writer);
  return r;
}

e2ee_mls_result
e2ee_mls_joiner_restore (const e2ee_mls_host * host, e2ee_bytes key, e2ee_bytes stored,
    e2ee_mls_joiner ** out)
{
  e2ee_mls_buffer plain = E2EE_MLS_NO_BUFFER;
  e2ee_bytes key_package, signature_private, init_private, encryption_private;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  *out = NULL;
  r = e2ee_mls_store_open (E2EE_MLS_STORE_JOINER, key, stored, &plain);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plain), NULL);
  key_package = e2ee_mls_read_vector (&reader);
  signature_private = e2ee_mls_read_vector (&reader);
  init_private = e2ee_mls_read_vector (&reader);
  encryption_private = e2ee_mls_read_vector (&reader);
  r = e2ee_mls_store_finish (&reader);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_joiner_import (host, key_package, signature_private, init_private,
        encryption_private, out);
  e2ee_mls_buffer_clear (&plain);
  return r;
}
