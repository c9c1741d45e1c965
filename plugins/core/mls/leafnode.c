/* LeafNode and Capabilities, RFC 9420 section 7.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/leafnode.h"

void
e2ee_mls_capabilities_read (e2ee_mls_reader * reader, e2ee_mls_capabilities * out)
{
  out->versions = e2ee_mls_read_u16_list (reader);
  out->cipher_suites = e2ee_mls_read_u16_list (reader);
  out->extensions = e2ee_mls_read_u16_list (reader);
  out->proposals = e2ee_mls_read_u16_list (reader);
  out->credentials = e2ee_mls_read_u16_list (reader);
}

void
e2ee_mls_capabilities_write (e2ee_mls_writer * writer, const e2ee_mls_capabilities * in)
{
  e2ee_mls_write_vector (writer, in->versions);
  e2ee_mls_write_vector (writer, in->cipher_suites);
  e2ee_mls_write_vector (writer, in->extensions);
  e2ee_mls_write_vector (writer, in->proposals);
  e2ee_mls_write_vector (writer, in->credentials);
}

void
e2ee_mls_leaf_node_read (e2ee_mls_reader * reader, e2ee_mls_leaf_node * out)
{
  *out = (e2ee_mls_leaf_node) { 0 };
  out->encryption_key = e2ee_mls_read_vector (reader);
  out->signature_key = e2ee_mls_read_vector (reader);
  e2ee_mls_credential_read (reader, &out->credential);
  e2ee_mls_capabilities_read (reader, &out->capabilities);
  out->source = (e2ee_mls_leaf_source) e2ee_mls_read_u8 (reader);
  switch (out->source) {
    case E2EE_MLS_LEAF_KEY_PACKAGE:
      out->not_before = e2ee_mls_read_u64 (reader);
      out->not_after = e2ee_mls_read_u64 (reader);
      break;
    case E2EE_MLS_LEAF_UPDATE:
      break;
    case E2EE_MLS_LEAF_COMMIT:
      out->parent_hash = e2ee_mls_read_vector (reader);
      break;
    default:
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
  e2ee_mls_extensions_read (reader, &out->extensions);
  out->signature = e2ee_mls_read_vector (reader);
}

static void
write_unsigned (e2ee_mls_writer * writer, const e2ee_mls_leaf_node * in)
{
  e2ee_mls_write_vector (writer, in->encryption_key);
  e2ee_mls_write_vector (writer, in->signature_key);
  e2ee_mls_credential_write (writer, &in->credential);
  e2ee_mls_capabilities_write (writer, &in->capabilities);
  e2ee_mls_write_u8 (writer, (uint8_t) in->source);
  if (in->source == E2EE_MLS_LEAF_KEY_PACKAGE) {
    e2ee_mls_write_u64 (writer, in->not_before);
    e2ee_mls_write_u64 (writer, in->not_after);
  } else if (in->source == E2EE_MLS_LEAF_COMMIT) {
    e2ee_mls_write_vector (writer, in->parent_hash);
  }
  e2ee_mls_extensions_write (writer, &in->extensions);
}

void
e2ee_mls_leaf_node_write (e2ee_mls_writer * writer, const e2ee_mls_leaf_node * in)
{
  write_unsigned (writer, in);
  e2ee_mls_write_vector (writer, in->signature);
}

/* LeafNodeTBS: the last two only where a leaf was made for one group. */
static void
write_tbs (e2ee_mls_writer * writer, const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_leaf_place * place)
{
  write_unsigned (writer, leaf);
  if (leaf->source != E2EE_MLS_LEAF_KEY_PACKAGE) {
    e2ee_mls_write_vector (writer, place->group_id);
    e2ee_mls_write_u32 (writer, place->leaf_index);
  }
}

e2ee_mls_result
e2ee_mls_leaf_node_sign (const e2ee_mls_suite * suite, e2ee_mls_leaf_node * leaf,
    const e2ee_mls_leaf_place * place, e2ee_bytes private_key, e2ee_mls_buffer * signature)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *signature = E2EE_MLS_NO_BUFFER;
  write_tbs (&tbs, leaf, place);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_sign_with_label (suite, private_key, "LeafNodeTBS", e2ee_mls_writer_view (&tbs),
        signature);
  e2ee_mls_writer_clear (&tbs);
  if (r == E2EE_MLS_OK)
    leaf->signature = e2ee_mls_buffer_view (*signature);
  return r;
}

e2ee_mls_result
e2ee_mls_leaf_node_verify (const e2ee_mls_suite * suite, const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_leaf_place * place)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_tbs (&tbs, leaf, place);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_verify_with_label (suite, leaf->signature_key, "LeafNodeTBS",
        e2ee_mls_writer_view (&tbs), leaf->signature);
  e2ee_mls_writer_clear (&tbs);
  return r == E2EE_MLS_ERR_SIGNATURE ? E2EE_MLS_ERR_LEAF_SIGNATURE : r;
}
