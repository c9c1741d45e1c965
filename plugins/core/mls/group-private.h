/* What the files of the group's state machine share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_GROUP_PRIVATE_H
#define E2EE_CORE_MLS_GROUP_PRIVATE_H

#include <stdatomic.h>

#include "core/crypto/secret.h"
#include "core/mls/mls.h"
#include "core/mls/proposallist-private.h"
#include "core/mls/protect.h"
#include "core/mls/transcript.h"
#include "core/mls/treekem.h"

#define E2EE_MLS_DEFAULT_PAST_EPOCHS 3
#define E2EE_MLS_MAX_PAST_EPOCHS 64
#define E2EE_MLS_DEFAULT_PAST_MS 10000

/* ---- identity.c, joiner.c ---- */

struct e2ee_mls_identity
{
  atomic_uint references;
  const e2ee_mls_suite *suite;
  e2ee_mls_secret signature_private;
  e2ee_mls_buffer signature_public;
  e2ee_mls_buffer body;
  e2ee_mls_credential credential;       /* points into body */
};

struct e2ee_mls_joiner
{
  const e2ee_mls_host *host;
  const e2ee_mls_suite *suite;
  e2ee_mls_identity *identity;
  e2ee_mls_buffer message;      /* the key package as an MLSMessage */
  e2ee_mls_key_package key_package;     /* points into message */
  e2ee_mls_secret init_private; /* empty once it has joined */
  e2ee_mls_secret encryption_private;
};

/* The public half of a leaf of ours, in @arena: all but encryption_key, source and signature.
 * ARGUMENT when an extension is not among the types it lists. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_make (const e2ee_mls_host * host,
    const e2ee_mls_identity * identity, const e2ee_mls_leaf_params * params,
    e2ee_mls_arena * arena, e2ee_mls_leaf_node * leaf);

static inline int
e2ee_mls_same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || e2ee_equal (a, b));
}

/* ---- group-epochs.c ---- */

/* All that a commit replaces.  An epoch that is being staged has some of it, a past one only what
 * opens late messages. */
typedef struct
{
  e2ee_mls_tree *tree;
  e2ee_mls_tree_keys *keys;
  e2ee_mls_buffer encoded_context;
  e2ee_mls_group_context context;       /* points into encoded_context */
  e2ee_mls_epoch_secrets *secrets;
  e2ee_mls_secret_tree *ratchets;
  e2ee_mls_digest interim;      /* interim_transcript_hash */
  uint64_t expires_ms;          /* of a past epoch */
} e2ee_mls_epoch;

/* NULL when there is no memory. */
e2ee_mls_epoch *e2ee_mls_epoch_new (void);
/* NULL is allowed. */
void e2ee_mls_epoch_free (e2ee_mls_epoch * epoch);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_set_context (e2ee_mls_epoch * epoch,
    const e2ee_mls_group_context * context);
/* The ratchets of epoch->secrets over epoch->tree; encryption_secret is wiped. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_start_ratchets (e2ee_mls_epoch * epoch);
/* The confirmation tag of the commit that opened the epoch, made again (section 12.4.3). */
void e2ee_mls_epoch_confirmation_tag (const e2ee_mls_epoch * epoch, e2ee_mls_digest * tag);
/* epoch->interim from the tag. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_set_interim (e2ee_mls_epoch * epoch,
    e2ee_bytes confirmation_tag);

/* The past epoch with this number; NULL when it is not kept. */
e2ee_mls_epoch *e2ee_mls_group_past (const e2ee_mls_group * group, uint64_t number);
/* @next becomes the group's epoch, and what it was a past one. */
void e2ee_mls_group_move_on (e2ee_mls_group * group, e2ee_mls_epoch * next);

/* ---- group-proposals.c ---- */

typedef struct e2ee_mls_cached_proposal
{
  struct e2ee_mls_cached_proposal *next;
  e2ee_mls_digest reference;
  uint32_t sender;
  e2ee_mls_buffer encoded;
  e2ee_mls_proposal proposal;   /* points into encoded */
  e2ee_mls_secret leaf_private; /* of an update of ours */
} e2ee_mls_cached_proposal;

/* Copies what it is given; @leaf_private may be NULL.  One that is there already stays as it is.
 * TOO_LARGE when an epoch's proposals outgrow a message. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_remember (e2ee_mls_group * group,
    const e2ee_mls_authenticated_content * content, const e2ee_mls_secret * leaf_private);
/* For the store: what remember() kept, in the same order. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_remember_again (e2ee_mls_group * group,
    const e2ee_mls_digest * reference, uint32_t sender, e2ee_bytes encoded,
    e2ee_bytes leaf_private);
const e2ee_mls_cached_proposal *e2ee_mls_group_find_proposal (const e2ee_mls_group * group,
    e2ee_bytes reference);
/* What is encoded in a change; bytes in @arena.  Updates give ARGUMENT. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_change_to_proposal (const e2ee_mls_host * host,
    const e2ee_mls_suite * suite, const e2ee_mls_change * change, e2ee_mls_arena * arena,
    e2ee_mls_proposal * proposal);

/* ---- group-next.c: what made and received commits have in common ---- */

/* Sets next->context to that of the epoch after @before, with next->tree's hash. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_next_context (const e2ee_mls_epoch * before,
    const e2ee_mls_extensions * extensions, e2ee_bytes confirmed, e2ee_mls_epoch * next);
/* psk_secret of a list.  @group may be NULL: then there are no past epochs to resume from.
 * PSK_UNKNOWN. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_gather_psks (const e2ee_mls_host * host,
    const e2ee_mls_suite * suite, const e2ee_mls_group * group, const e2ee_mls_psk_id * ids,
    size_t n_ids, e2ee_mls_digest * psk_secret);
/* From the signed commit to all secrets of the epoch, the transcript hash included, and the
 * interim one not.  @joiner_secret may be NULL.  @commit_secret NULL is the zeros of no path. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_next_secrets (const e2ee_mls_epoch * before,
    const e2ee_mls_authenticated_content * commit, const e2ee_mls_extensions * extensions,
    const e2ee_mls_digest * init_secret, const e2ee_mls_digest * commit_secret,
    const e2ee_mls_digest * psk_secret, e2ee_mls_epoch * next, e2ee_mls_digest * joiner_secret);

struct e2ee_mls_staged
{
  uint64_t base_epoch;
  e2ee_mls_epoch *next;         /* without secrets when it removes us */
  e2ee_mls_arena arena;         /* of the lists */
  uint32_t committer;
  int is_external;
  int removes_us;
  uint32_t *added;
  size_t n_added;
  uint32_t *removed;
  size_t n_removed;
  uint32_t *updated;
  size_t n_updated;
  int changes_extensions;
  e2ee_mls_psk_id *psk_ids;     /* deep copies */
  const e2ee_mls_psk_id **psks; /* of each of them */
  size_t n_psks;
};

/* NULL when there is no memory. */
e2ee_mls_staged *e2ee_mls_staged_new (const e2ee_mls_epoch * before);
/* NULL is allowed. */
void e2ee_mls_staged_free (e2ee_mls_staged * staged);
/* Copies what a list of proposals does. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_staged_set_effect (e2ee_mls_staged * staged,
    const e2ee_mls_list_effect * effect);

/* ---- group-stage.c ---- */

/* A commit whose frame has been checked, signature of a member included (that of an external
 * committer is checked here). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_stage (e2ee_mls_group * group,
    const e2ee_mls_authenticated_content * commit, e2ee_mls_staged ** staged);

/* ---- group-info.c ---- */

/* GroupInfo of @epoch with external_pub, signed; encoded bare. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_group_info (const e2ee_mls_epoch * epoch,
    const e2ee_mls_identity * identity, uint32_t signer, int with_external_pub, int with_tree,
    e2ee_mls_buffer * out);
/* A bare GroupInfo as an MLSMessage. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_info_wrap (e2ee_bytes group_info,
    e2ee_mls_buffer * message);
/* Everything section 12.4.3 asks of a GroupInfo and its tree before anybody joins: the tree is
 * found (TREE_MISSING), the signer's signature, the tree's integrity. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_info_check (const e2ee_mls_host * host,
    const e2ee_mls_suite * suite, const e2ee_mls_group_info * info, e2ee_bytes ratchet_tree,
    e2ee_mls_tree ** tree);
/* EXTENSION_UNSUPPORTED when @leaf does not list an extension of the context. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_supports_context (const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_extensions * extensions);

/* ---- group.c ---- */

struct e2ee_mls_group
{
  const e2ee_mls_host *host;
  const e2ee_mls_suite *suite;
  e2ee_mls_identity *identity;
  uint32_t own_leaf;
  /* Of an external join not yet merged: the tree and context that it builds on, no secrets. */
  e2ee_mls_epoch *epoch;
  e2ee_mls_epoch *past[E2EE_MLS_MAX_PAST_EPOCHS];       /* newest first */
  size_t n_past;
  e2ee_mls_cached_proposal *proposals;  /* oldest first */
  size_t n_proposals;
  size_t proposal_bytes;
  e2ee_mls_staged *pending;
  int removed;
  int private_handshake;
  size_t padding;
};

/* Without an epoch; takes a reference to @identity.  NULL when there is no memory. */
e2ee_mls_group *e2ee_mls_group_new (const e2ee_mls_host * host, const e2ee_mls_suite * suite,
    e2ee_mls_identity * identity);
/* REMOVED, or PENDING when an external join has not been merged. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_ready (const e2ee_mls_group * group);
/* Moves to staged->next and frees @staged. */
void e2ee_mls_group_enter (e2ee_mls_group * group, e2ee_mls_staged * staged);
/* Our leaf as it stands with another content: @params NULL keeps what it says.  In @arena. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_own_leaf_again (const e2ee_mls_group * group,
    const e2ee_mls_leaf_params * params, e2ee_mls_arena * arena, e2ee_mls_leaf_node * leaf);
/* Signs our content in this epoch; group, epoch, sender and, unless set, wire format are filled
 * in. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_sign_own (const e2ee_mls_group * group,
    e2ee_mls_authenticated_content * auth, e2ee_mls_buffer * signature);
/* Frames signed content in its wire format. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_seal_handshake (e2ee_mls_group * group,
    const e2ee_mls_authenticated_content * auth, e2ee_mls_buffer * message);

/* ---- group-commit.c ---- */

/* A path of ours over next->tree and next->keys, with @leaf as our leaf: merged there, sealed under
 * the provisional context, and decoded into @out, whose bytes are in @encoded and whose arrays are
 * in @arena. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_make_path (const e2ee_mls_host * host,
    const e2ee_mls_identity * identity, const e2ee_mls_epoch * before, e2ee_mls_epoch * next,
    const e2ee_mls_leaf_node * leaf, const e2ee_mls_extensions * extensions,
    const uint32_t * added, size_t n_added, e2ee_mls_arena * arena, e2ee_mls_path ** path,
    e2ee_mls_buffer * encoded, e2ee_mls_update_path * out);

#endif
