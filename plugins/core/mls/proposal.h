/* Proposals, RFC 9420 section 12.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_PROPOSAL_H
#define E2EE_CORE_MLS_PROPOSAL_H

#include "core/mls/keypackage.h"
#include "core/mls/psk.h"

typedef enum
{
  E2EE_MLS_PROPOSAL_ADD = 0x0001,
  E2EE_MLS_PROPOSAL_UPDATE = 0x0002,
  E2EE_MLS_PROPOSAL_REMOVE = 0x0003,
  E2EE_MLS_PROPOSAL_PSK = 0x0004,
  E2EE_MLS_PROPOSAL_REINIT = 0x0005,
  E2EE_MLS_PROPOSAL_EXTERNAL_INIT = 0x0006,
  E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 0x0007
} e2ee_mls_proposal_type;

/* ReInit is read and written, and refused by the group (UNSUPPORTED_PROPOSAL). */
typedef struct
{
  e2ee_bytes group_id;
  uint16_t version;
  uint16_t cipher_suite;
  e2ee_mls_extensions extensions;
} e2ee_mls_reinit;

typedef struct
{
  uint16_t type;
  union
  {
    e2ee_mls_key_package add;
    e2ee_mls_leaf_node update;
    uint32_t remove;            /* leaf index */
    e2ee_mls_psk_id psk;
    e2ee_mls_reinit reinit;
    e2ee_bytes external_init;   /* kem_output */
    e2ee_mls_extensions group_context_extensions;
  } u;
} e2ee_mls_proposal;

/* Needs no arena.  An unknown type sticks as UNSUPPORTED_PROPOSAL: its length is not known. */
void e2ee_mls_proposal_read (e2ee_mls_reader * reader, e2ee_mls_proposal * out);
void e2ee_mls_proposal_write (e2ee_mls_writer * writer, const e2ee_mls_proposal * in);

/* 1 for the types of this RFC, which are never listed in capabilities (section 7.2). */
int e2ee_mls_proposal_is_default (uint16_t type);
/* 1 for the types after which a commit needs a path, section 12.4: all but add, psk and reinit. */
int e2ee_mls_proposal_needs_path (uint16_t type);

/* ProposalOrRef, section 12.4. */
typedef struct
{
  int by_reference;
  e2ee_bytes reference;         /* ProposalRef */
  e2ee_mls_proposal proposal;
} e2ee_mls_proposal_or_ref;

void e2ee_mls_proposal_or_ref_read (e2ee_mls_reader * reader, e2ee_mls_proposal_or_ref * out);
void e2ee_mls_proposal_or_ref_write (e2ee_mls_writer * writer,
    const e2ee_mls_proposal_or_ref * in);

#endif
