/* KeyPackage, RFC 9420 section 10.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/keypackage.h"

void
e2ee_mls_key_package_read (e2ee_mls_reader * reader, e2ee_mls_key_package * out)
{
  out->version = e2ee_mls_read_u16 (reader);
  out->cipher_suite = e2ee_mls_read_u16 (reader);
  out->init_key = e2ee_mls_read_vector (reader);
  e2ee_mls_leaf_node_read (reader, &out->leaf);
  e2ee_mls_extensions_read (reader, &out->extensions);
  out->signature = e2ee_mls_read_vector (reader);
}

/* KeyPackageTBS. */
static void
write_unsigned (e2ee_mls_writer * writer, const e2ee_mls_key_package * in)
{
  e2ee_mls_write_u16 (writer, in->version);
  e2ee_mls_write_u16 (writer, in->cipher_suite);
  e2ee_mls_write_vector (writer, in->init_key);
  e2ee_mls_leaf_node_write (writer, &in->leaf);
  e2ee_mls_extensions_write (writer, &in->extensions);
}

void
e2ee_mls_key_package_write (e2ee_mls_writer * writer, const e2ee_mls_key_package * in)
{
  write_unsigned (writer, in);
  e2ee_mls_write_vector (writer, in->signature);
}

e2ee_mls_result
e2ee_mls_key_package_ref (const e2ee_mls_suite * suite, const e2ee_mls_key_package * key_package,
    e2ee_mls_digest * ref)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_key_package_write (&writer, key_package);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_ref_hash (suite, "MLS 1.0 KeyPackage Reference", e2ee_mls_writer_view (&writer),
        ref);
  e2ee_mls_writer_clear (&writer);
  return r;
}

e2ee_mls_result
e2ee_mls_key_package_sign (const e2ee_mls_suite * suite, e2ee_mls_key_package * key_package,
    e2ee_bytes private_key, e2ee_mls_buffer * signature)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *signature = E2EE_MLS_NO_BUFFER;
  write_unsigned (&tbs, key_package);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_sign_with_label (suite, private_key, "KeyPackageTBS",
        e2ee_mls_writer_view (&tbs), signature);
  e2ee_mls_writer_clear (&tbs);
  if (r == E2EE_MLS_OK)
    key_package->signature = e2ee_mls_buffer_view (*signature);
  return r;
}

e2ee_mls_result
e2ee_mls_key_package_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_key_package * key_package)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_unsigned (&tbs, key_package);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_verify_with_label (suite, key_package->leaf.signature_key, "KeyPackageTBS",
        e2ee_mls_writer_view (&tbs), key_package->signature);
  e2ee_mls_writer_clear (&tbs);
  return r == E2EE_MLS_ERR_SIGNATURE ? E2EE_MLS_ERR_KEY_PACKAGE_SIGNATURE : r;
}
