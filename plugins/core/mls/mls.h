/* MLS groups, RFC 9420: the one header that others outside this room include.
 *
 * How a group lives:
 *
 *   identity   = a signature key and a credential                    e2ee_mls_identity_new
 *   joiner     = a key package of it, and the private half           e2ee_mls_joiner_new
 *   group      = created, or joined by Welcome or external commit    e2ee_mls_group_create/_join
 *   commit     = made or received, it is staged; the group moves to the next epoch when the caller
 *                merges it and not before                            e2ee_mls_group_merge/_discard
 *
 * Order is part of the contract.  A commit of ours is sent, and merged when the delivery service
 * has accepted it; its Welcome leaves only then.  Before any message leaves, the caller stores the
 * group (e2ee_mls_group_store): what a message promised must survive a crash.
 *
 * Messages go in and out as whole encoded MLSMessages.  Buffers that are given out belong to the
 * caller (e2ee_mls_buffer_clear).  On failure nothing has changed and outputs are empty.  Nothing
 * here is thread-safe; objects of different groups are independent.
 *
 * Refused cleanly: ReInit, branch, external senders, new_member_proposal, unknown suites and
 * credentials.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_MLS_H
#define E2EE_CORE_MLS_MLS_H

#include "core/mls/host.h"
#include "core/mls/leafnode.h"
#include "core/mls/message.h"
#include "core/mls/proposal.h"

/* ---- identity: who we are in one or many groups; immutable, shared by reference count ---- */

typedef struct e2ee_mls_identity e2ee_mls_identity;

/* @signature_private may be empty: then a fresh key is made.  Copies what it is given. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_identity_new (const e2ee_mls_host * host, unsigned suite,
    const e2ee_mls_credential * credential, e2ee_bytes signature_private,
    e2ee_mls_identity ** identity);
e2ee_mls_identity *e2ee_mls_identity_ref (e2ee_mls_identity * identity);
void e2ee_mls_identity_unref (e2ee_mls_identity * identity);
e2ee_bytes e2ee_mls_identity_signature_key (const e2ee_mls_identity * identity);

/* What our leaves say of us.  Zero-initialised is: this build's suites, mls10, credential basic, no
 * extensions; a lifetime from an hour ago for 30 days. */
typedef struct
{
  e2ee_bytes extension_types;   /* lists of uint16 in their encoding, added to capabilities */
  e2ee_bytes proposal_types;
  e2ee_bytes credential_types;  /* besides the identity's own */
  e2ee_mls_extensions leaf_extensions;
  uint64_t not_before;
  uint64_t not_after;
} e2ee_mls_leaf_params;

/* ---- joiner: one key package with its private keys, used for one join ---- */

typedef struct e2ee_mls_joiner e2ee_mls_joiner;

E2EE_MUST_USE e2ee_mls_result e2ee_mls_joiner_new (const e2ee_mls_host * host,
    e2ee_mls_identity * identity, const e2ee_mls_leaf_params * params, e2ee_mls_joiner ** joiner);
/* From parts made elsewhere; @key_package is an MLSMessage. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_joiner_import (const e2ee_mls_host * host,
    e2ee_bytes key_package, e2ee_bytes signature_private, e2ee_bytes init_private,
    e2ee_bytes encryption_private, e2ee_mls_joiner ** joiner);
void e2ee_mls_joiner_free (e2ee_mls_joiner * joiner);
/* The key package as an MLSMessage; valid while the joiner lives. */
e2ee_bytes e2ee_mls_joiner_key_package (const e2ee_mls_joiner * joiner);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_joiner_store (const e2ee_mls_joiner * joiner,
    e2ee_bytes key, e2ee_mls_buffer * stored);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_joiner_restore (const e2ee_mls_host * host,
    e2ee_bytes key, e2ee_bytes stored, e2ee_mls_joiner ** joiner);

/* Looks at somebody's key package (an MLSMessage) on its own, section 10.1: form, suite, signatures,
 * lifetime, and his credential at E2EE_MLS_AT_KEY_PACKAGE.  *@key_package points into it.  An Add of
 * it can still fail for what is in the group already. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_key_package_check (const e2ee_mls_host * host,
    unsigned suite, e2ee_bytes message, e2ee_mls_key_package * key_package);

/* ---- group ---- */

typedef struct e2ee_mls_group e2ee_mls_group;

typedef struct
{
  e2ee_bytes group_id;          /* empty: 32 random bytes */
  e2ee_mls_extensions extensions;       /* of the GroupContext */
  const e2ee_mls_leaf_params *leaf;     /* NULL: the defaults */
} e2ee_mls_create_params;

/* A group of one, section 11. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_create (const e2ee_mls_host * host,
    e2ee_mls_identity * identity, const e2ee_mls_create_params * params, e2ee_mls_group ** group);
/* Section 12.4.3.1.  @ratchet_tree may be empty when the GroupInfo holds it.  The joiner's private
 * keys are wiped on success: it joins once.  That no group with this id is at hand is for the
 * caller to see, who alone knows them all (GROUP_EXISTS is his to give). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_join (const e2ee_mls_host * host,
    e2ee_mls_joiner * joiner, e2ee_bytes welcome, e2ee_bytes ratchet_tree,
    e2ee_mls_group ** group);

typedef struct
{
  e2ee_bytes ratchet_tree;      /* empty when the GroupInfo holds it */
  const e2ee_mls_leaf_params *leaf;
  /* Ids of external PSKs that go into the commit. */
  const e2ee_bytes *psk_ids;
  size_t n_psk_ids;
  /* 1: a leaf of ours (found by signature key or @resync_leaf) is removed in the same commit. */
  int resync;
  uint32_t resync_leaf;
  e2ee_bytes authenticated_data;
} e2ee_mls_external_params;

/* Section 12.4.3.2: the commit to send, and a group with it pending: merge when it is accepted,
 * free the group when not. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_join_external (const e2ee_mls_host * host,
    e2ee_mls_identity * identity, e2ee_bytes group_info, const e2ee_mls_external_params * params,
    e2ee_mls_group ** group, e2ee_mls_buffer * commit);
/* Wipes; NULL is allowed. */
void e2ee_mls_group_free (e2ee_mls_group * group);

/* Looking. */
typedef struct
{
  uint32_t leaf;
  const e2ee_mls_leaf_node *node;       /* valid until the next merge */
} e2ee_mls_member;

unsigned e2ee_mls_group_suite (const e2ee_mls_group * group);
e2ee_bytes e2ee_mls_group_id (const e2ee_mls_group * group);
uint64_t e2ee_mls_group_epoch (const e2ee_mls_group * group);
uint32_t e2ee_mls_group_own_leaf (const e2ee_mls_group * group);
/* 0 once we have been removed (REMOVED; what is seen is the last epoch we were in) and until an
 * external join is merged (PENDING): nothing but looking, storing and freeing works then. */
int e2ee_mls_group_is_active (const e2ee_mls_group * group);
int e2ee_mls_group_has_pending (const e2ee_mls_group * group);
size_t e2ee_mls_group_n_members (const e2ee_mls_group * group);
/* The first member whose leaf is @from or above; 0 when there is none. */
int e2ee_mls_group_next_member (const e2ee_mls_group * group, uint32_t from,
    e2ee_mls_member * member);
const e2ee_mls_extensions *e2ee_mls_group_extensions (const e2ee_mls_group * group);
/* KDF.Nh bytes, valid until the next merge. */
e2ee_bytes e2ee_mls_group_epoch_authenticator (const e2ee_mls_group * group);
/* Section 8.5.  EXPORT_LENGTH. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_export (const e2ee_mls_group * group,
    const char *label, e2ee_bytes context, uint8_t * out, size_t out_size);

/* Signed GroupInfo with external_pub, and the tree when asked for. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_info_make (e2ee_mls_group * group, int with_tree,
    e2ee_mls_buffer * group_info);
/* The data of a ratchet_tree extension. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_ratchet_tree (const e2ee_mls_group * group,
    e2ee_mls_buffer * ratchet_tree);

/* Proposing.  Handshake messages are PublicMessages unless set otherwise. */
void e2ee_mls_group_set_private_handshake (e2ee_mls_group * group, int enabled);
/* Zero bytes up to a multiple of @block at the end of PrivateMessages; 0 or 1: none. */
void e2ee_mls_group_set_padding (e2ee_mls_group * group, size_t block);

/* What to propose or commit. */
typedef struct
{
  e2ee_mls_proposal_type type;
  e2ee_bytes key_package;       /* add: an MLSMessage or a bare KeyPackage */
  uint32_t leaf;                /* remove */
  e2ee_bytes psk_id;            /* psk: external */
  e2ee_mls_extensions extensions;       /* group_context_extensions: the whole new list */
  const e2ee_mls_leaf_params *leaf_params;      /* update: NULL keeps what our leaf says */
} e2ee_mls_change;

/* A proposal message by reference; remembered for this epoch, ours to commit or anyone's. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_propose (e2ee_mls_group * group,
    const e2ee_mls_change * change, e2ee_bytes authenticated_data, e2ee_mls_buffer * message);
size_t e2ee_mls_group_n_proposals (const e2ee_mls_group * group);
/* Forgets the proposals received and made in this epoch. */
void e2ee_mls_group_clear_proposals (e2ee_mls_group * group);

typedef struct
{
  const e2ee_mls_change *changes;       /* by value */
  size_t n_changes;
  int without_proposals;        /* 1: leaves the remembered ones out */
  int force_path;               /* 1: a path even where none is needed */
  int tree_in_welcome;          /* 1: the Welcome holds the ratchet tree */
  const e2ee_mls_leaf_params *leaf_params;      /* NULL keeps what our leaf says; else a path */
  e2ee_bytes authenticated_data;
} e2ee_mls_commit_params;

/* Makes a commit.  The group stays as it is, with the commit pending.  PENDING when one is.  Every
 * remembered proposal that cannot stand in this commit is left out.  @welcome stays empty when
 * nobody was added, and may be NULL then (ARGUMENT when somebody was); @group_info (of the new
 * epoch, with external_pub and tree) may be NULL. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_commit (e2ee_mls_group * group,
    const e2ee_mls_commit_params * params, e2ee_mls_buffer * commit, e2ee_mls_buffer * welcome,
    e2ee_mls_buffer * group_info);
/* Our pending commit was accepted.  NOT_PENDING. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_merge_pending (e2ee_mls_group * group);
/* Another one won. */
void e2ee_mls_group_discard_pending (e2ee_mls_group * group);

/* Receiving. */
typedef struct e2ee_mls_staged e2ee_mls_staged;

typedef enum
{
  E2EE_MLS_EVENT_APPLICATION = 1,
  E2EE_MLS_EVENT_PROPOSAL,      /* remembered */
  E2EE_MLS_EVENT_COMMIT         /* staged: look at it, then merge or discard */
} e2ee_mls_event_type;

typedef struct
{
  e2ee_mls_event_type type;
  uint64_t epoch;
  uint32_t sender;              /* leaf index; of an external committer: the leaf it takes */
  int sender_is_new;            /* 1: an external commit */
  e2ee_mls_buffer authenticated_data;
  e2ee_mls_buffer application_data;
  e2ee_mls_staged *staged;      /* of a commit */
} e2ee_mls_event;

/* Opens any message for this group.  Application messages of past epochs open as long as those are
 * kept.  A commit is verified whole, confirmation tag included, and staged; a pending commit of our
 * own is not touched.  SENDER_SELF for our own messages coming back. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_receive (e2ee_mls_group * group, e2ee_bytes message,
    e2ee_mls_event * event);
/* Frees what an event holds, a staged commit not merged included. */
void e2ee_mls_event_clear (e2ee_mls_event * event);

/* What a staged commit does; all valid while it lives. */
typedef struct
{
  uint32_t committer;
  int is_external;
  int removes_us;
  const uint32_t *added;
  size_t n_added;
  const uint32_t *removed;
  size_t n_removed;
  const uint32_t *updated;
  size_t n_updated;
  int changes_extensions;
  const e2ee_mls_extensions *extensions;        /* of the new epoch */
  const e2ee_mls_psk_id *const *psks;
  size_t n_psks;
} e2ee_mls_staged_view;

void e2ee_mls_staged_look (const e2ee_mls_staged * staged, e2ee_mls_staged_view * view);
/* Members as they will be; an added leaf, for instance. */
const e2ee_mls_leaf_node *e2ee_mls_staged_leaf (const e2ee_mls_staged * staged, uint32_t leaf);
/* Ours, pending; NULL when there is none. */
const e2ee_mls_staged *e2ee_mls_group_pending (const e2ee_mls_group * group);

/* Moves the group to the new epoch and frees @event->staged.  A pending commit of our own is
 * discarded.  STALE when the group is no longer in the epoch the commit was staged in. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_merge (e2ee_mls_group * group,
    e2ee_mls_event * event);

/* An application message.  PENDING is not asked: sending goes on while a commit waits. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_protect (e2ee_mls_group * group, e2ee_bytes data,
    e2ee_bytes authenticated_data, e2ee_mls_buffer * message);

/* Wipes past epochs that are too old by the host's clock; also done by every receive and merge. */
void e2ee_mls_group_expire (e2ee_mls_group * group);

/* ---- state that survives ---- */

/* The group as versioned bytes sealed with ChaCha20-Poly1305 under @key (32 bytes, the caller's).
 * A pending commit is part of it. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_store (const e2ee_mls_group * group, e2ee_bytes key,
    e2ee_mls_buffer * stored);
/* STORE, STORE_VERSION. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_restore (const e2ee_mls_host * host, e2ee_bytes key,
    e2ee_bytes stored, e2ee_mls_group ** group);

#endif
