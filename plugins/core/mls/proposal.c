/* Proposals, RFC 9420 section 12.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/proposal.h"

#define BY_VALUE 1
#define BY_REFERENCE 2

static void
reinit_read (e2ee_mls_reader * reader, e2ee_mls_reinit * out)
{
  out->group_id = e2ee_mls_read_vector (reader);
  out->version = e2ee_mls_read_u16 (reader);
  out->cipher_suite = e2ee_mls_read_u16 (reader);
  e2ee_mls_extensions_read (reader, &out->extensions);
}

static void
reinit_write (e2ee_mls_writer * writer, const e2ee_mls_reinit * in)
{
  e2ee_mls_write_vector (writer, in->group_id);
  e2ee_mls_write_u16 (writer, in->version);
  e2ee_mls_write_u16 (writer, in->cipher_suite);
  e2ee_mls_extensions_write (writer, &in->extensions);
}

void
e2ee_mls_proposal_read (e2ee_mls_reader * reader, e2ee_mls_proposal * out)
{
  *out = (e2ee_mls_proposal) { 0 };
  out->type = e2ee_mls_read_u16 (reader);
  switch (out->type) {
    case E2EE_MLS_PROPOSAL_ADD:
      e2ee_mls_key_package_read (reader, &out->u.add);
      break;
    case E2EE_MLS_PROPOSAL_UPDATE:
      e2ee_mls_leaf_node_read (reader, &out->u.update);
      break;
    case E2EE_MLS_PROPOSAL_REMOVE:
      out->u.remove = e2ee_mls_read_u32 (reader);
      break;
    case E2EE_MLS_PROPOSAL_PSK:
      e2ee_mls_psk_id_read (reader, &out->u.psk);
      break;
    case E2EE_MLS_PROPOSAL_REINIT:
      reinit_read (reader, &out->u.reinit);
      break;
    case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
      out->u.external_init = e2ee_mls_read_vector (reader);
      break;
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      e2ee_mls_extensions_read (reader, &out->u.group_context_extensions);
      break;
    default:
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  }
}

void
e2ee_mls_proposal_write (e2ee_mls_writer * writer, const e2ee_mls_proposal * in)
{
  e2ee_mls_write_u16 (writer, in->type);
  switch (in->type) {
    case E2EE_MLS_PROPOSAL_ADD:
      e2ee_mls_key_package_write (writer, &in->u.add);
      break;
    case E2EE_MLS_PROPOSAL_UPDATE:
      e2ee_mls_leaf_node_write (writer, &in->u.update);
      break;
    case E2EE_MLS_PROPOSAL_REMOVE:
      e2ee_mls_write_u32 (writer, in->u.remove);
      break;
    case E2EE_MLS_PROPOSAL_PSK:
      e2ee_mls_psk_id_write (writer, &in->u.psk);
      break;
    case E2EE_MLS_PROPOSAL_REINIT:
      reinit_write (writer, &in->u.reinit);
      break;
    case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
      e2ee_mls_write_vector (writer, in->u.external_init);
      break;
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      e2ee_mls_extensions_write (writer, &in->u.group_context_extensions);
      break;
    default:
      e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  }
}

int
e2ee_mls_proposal_is_default (uint16_t type)
{
  return type >= E2EE_MLS_PROPOSAL_ADD && type <= E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS;
}

int
e2ee_mls_proposal_needs_path (uint16_t type)
{
  return type != E2EE_MLS_PROPOSAL_ADD && type != E2EE_MLS_PROPOSAL_PSK
      && type != E2EE_MLS_PROPOSAL_REINIT;
}

void
e2ee_mls_proposal_or_ref_read (e2ee_mls_reader * reader, e2ee_mls_proposal_or_ref * out)
{
  const uint8_t how = e2ee_mls_read_u8 (reader);

  *out = (e2ee_mls_proposal_or_ref) { 0 };
  out->by_reference = how == BY_REFERENCE;
  if (how == BY_VALUE)
    e2ee_mls_proposal_read (reader, &out->proposal);
  else if (how == BY_REFERENCE)
    out->reference = e2ee_mls_read_vector (reader);
  else
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
}

void
e2ee_mls_proposal_or_ref_write (e2ee_mls_writer * writer, const e2ee_mls_proposal_or_ref * in)
{
  e2ee_mls_write_u8 (writer, in->by_reference ? BY_REFERENCE : BY_VALUE);
  if (in->by_reference)
    e2ee_mls_write_vector (writer, in->reference);
  else
    e2ee_mls_proposal_write (writer, &in->proposal);
}
