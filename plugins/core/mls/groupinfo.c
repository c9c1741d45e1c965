/* GroupContext and GroupInfo, RFC 9420 sections 8.1 and 12.4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/groupinfo.h"

void
e2ee_mls_group_context_read (e2ee_mls_reader * reader, e2ee_mls_group_context * out)
{
  out->version = e2ee_mls_read_u16 (reader);
  out->cipher_suite = e2ee_mls_read_u16 (reader);
  out->group_id = e2ee_mls_read_vector (reader);
  out->epoch = e2ee_mls_read_u64 (reader);
  out->tree_hash = e2ee_mls_read_vector (reader);
  out->confirmed_transcript_hash = e2ee_mls_read_vector (reader);
  e2ee_mls_extensions_read (reader, &out->extensions);
}

void
e2ee_mls_group_context_write (e2ee_mls_writer * writer, const e2ee_mls_group_context * in)
{
  e2ee_mls_write_u16 (writer, in->version);
  e2ee_mls_write_u16 (writer, in->cipher_suite);
  e2ee_mls_write_vector (writer, in->group_id);
  e2ee_mls_write_u64 (writer, in->epoch);
  e2ee_mls_write_vector (writer, in->tree_hash);
  e2ee_mls_write_vector (writer, in->confirmed_transcript_hash);
  e2ee_mls_extensions_write (writer, &in->extensions);
}

e2ee_mls_result
e2ee_mls_group_context_encode (const e2ee_mls_group_context * context, e2ee_mls_buffer * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_group_context_write (&writer, context);
  return e2ee_mls_writer_finish (&writer, out);
}

void
e2ee_mls_group_info_read (e2ee_mls_reader * reader, e2ee_mls_group_info * out)
{
  e2ee_mls_group_context_read (reader, &out->context);
  e2ee_mls_extensions_read (reader, &out->extensions);
  out->confirmation_tag = e2ee_mls_read_vector (reader);
  out->signer = e2ee_mls_read_u32 (reader);
  out->signature = e2ee_mls_read_vector (reader);
}

/* GroupInfoTBS. */
static void
write_unsigned (e2ee_mls_writer * writer, const e2ee_mls_group_info * in)
{
  e2ee_mls_group_context_write (writer, &in->context);
  e2ee_mls_extensions_write (writer, &in->extensions);
  e2ee_mls_write_vector (writer, in->confirmation_tag);
  e2ee_mls_write_u32 (writer, in->signer);
}

void
e2ee_mls_group_info_write (e2ee_mls_writer * writer, const e2ee_mls_group_info * in)
{
  write_unsigned (writer, in);
  e2ee_mls_write_vector (writer, in->signature);
}

e2ee_mls_result
e2ee_mls_group_info_sign (const e2ee_mls_suite * suite, e2ee_mls_group_info * info,
    e2ee_bytes private_key, e2ee_mls_buffer * signature)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *signature = E2EE_MLS_NO_BUFFER;
  write_unsigned (&tbs, info);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_sign_with_label (suite, private_key, "GroupInfoTBS", e2ee_mls_writer_view (&tbs),
        signature);
  e2ee_mls_writer_clear (&tbs);
  if (r == E2EE_MLS_OK)
    info->signature = e2ee_mls_buffer_view (*signature);
  return r;
}

e2ee_mls_result
e2ee_mls_group_info_verify (const e2ee_mls_suite * suite, const e2ee_mls_group_info * info,
    e2ee_bytes signature_key)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_unsigned (&tbs, info);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_verify_with_label (suite, signature_key, "GroupInfoTBS",
        e2ee_mls_writer_view (&tbs), info->signature);
  e2ee_mls_writer_clear (&tbs);
  return r == E2EE_MLS_ERR_SIGNATURE ? E2EE_MLS_ERR_GROUP_INFO_SIGNATURE : r;
}
