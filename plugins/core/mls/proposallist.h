/* The proposals of one commit: resolved, judged as a list, applied; RFC 9420 sections 12.2 and 12.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_PROPOSALLIST_H
#define E2EE_CORE_MLS_PROPOSALLIST_H

#include "core/mls/commit.h"
#include "core/mls/validate.h"

/* One proposal of a commit with the one who proposed it; references have been resolved. */
typedef struct
{
  const e2ee_mls_proposal *proposal;
  uint32_t sender;              /* leaf index; NO_NODE for the external committer */
  int by_reference;
} e2ee_mls_listed_proposal;

typedef struct
{
  const e2ee_mls_host *host;
  const e2ee_mls_tree *tree;    /* before the commit */
  const e2ee_mls_group_context *context;        /* before the commit */
  uint32_t committer;           /* NO_NODE for an external one */
  /* The path's leaf of an external committer, to compare with a leaf that it removes. */
  const e2ee_mls_leaf_node *external_leaf;
} e2ee_mls_list_check;

/* All rules of section 12.2 for a member's commit, or those for an external one, each with its own
 * value in result.h. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_proposal_list_validate (const e2ee_mls_list_check * check,
    const e2ee_mls_listed_proposal * proposals, size_t n_proposals);

/* What a list does to the group, section 12.3. */
typedef struct
{
  uint32_t *added;              /* leaf indices, in the order of their proposals */
  const e2ee_mls_key_package **added_key_packages;
  size_t n_added;
  uint32_t *removed;
  size_t n_removed;
  uint32_t *updated;
  size_t n_updated;
  const e2ee_mls_psk_id **psks; /* in the order of psk_secret */
  size_t n_psks;
  int has_extensions;
  e2ee_mls_extensions extensions;       /* of GroupContextExtensions */
  int has_external_init;
  e2ee_bytes external_init;     /* kem_output */
  int needs_path;
} e2ee_mls_list_effect;

/* Applies a valid list to @tree (a copy of the group's): GroupContextExtensions, Update, Remove, Add.
 * Arrays in @arena; the rest points to the proposals. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_proposal_list_apply (e2ee_mls_tree * tree,
    const e2ee_mls_listed_proposal * proposals, size_t n_proposals, e2ee_mls_arena * arena,
    e2ee_mls_list_effect * effect);

#endif
