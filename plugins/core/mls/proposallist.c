/* The proposals of one commit: judged as a list and applied; RFC 9420 sections 12.2 and 12.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/crypto/secret.h"
#include "core/mls/proposallist-private.h"

/* What the list does to a leaf of the tree before the commit. */
enum
{
  UNTOUCHED,
  UPDATED,
  REMOVED
};

static int
same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || e2ee_equal (a, b));
}

/* ---- one by one, section 12.1 ---- */

static e2ee_mls_result
add_alone (const e2ee_mls_list_check * check, const e2ee_mls_extensions * extensions,
    const e2ee_mls_key_package * key_package)
{
  const e2ee_mls_leaf_check leaf_check = {
    .host = check->host,
    .suite = e2ee_mls_tree_suite (check->tree),
    .group_extensions = extensions,
    .source = E2EE_MLS_LEAF_KEY_PACKAGE,
    .place = { check->context->group_id, 0 },
    .credential_place = E2EE_MLS_AT_ADD,
    .check_lifetime = 1,
  };

  return e2ee_mls_key_package_validate (&leaf_check, key_package);
}

static e2ee_mls_result
update_alone (const e2ee_mls_list_check * check, const e2ee_mls_extensions * extensions,
    const e2ee_mls_leaf_node * leaf, uint32_t sender)
{
  e2ee_mls_leaf_check leaf_check = {
    .host = check->host,
    .suite = e2ee_mls_tree_suite (check->tree),
    .group_extensions = extensions,
    .source = E2EE_MLS_LEAF_UPDATE,
    .place = { check->context->group_id, sender },
    .credential_place = E2EE_MLS_AT_UPDATE,
    .old = e2ee_mls_tree_leaf (check->tree, sender),
  };

  if (leaf_check.old == NULL)
    return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
  if (same (leaf->encryption_key, leaf_check.old->encryption_key))
    return E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED;
  return e2ee_mls_leaf_validate (&leaf_check, leaf);
}

/* Section 12.1.4; reinit and branch are uses of their own, never of a running group. */
static e2ee_mls_result
psk_alone (const e2ee_mls_list_check * check, const e2ee_mls_psk_id * id)
{
  if (id->type == E2EE_MLS_PSK_RESUMPTION && id->usage != E2EE_MLS_RESUMPTION_APPLICATION)
    return E2EE_MLS_ERR_PSK_USAGE;
  if (id->type != E2EE_MLS_PSK_EXTERNAL && id->type != E2EE_MLS_PSK_RESUMPTION)
    return E2EE_MLS_ERR_UNSUPPORTED_PSK;
  if (id->psk_nonce.size != e2ee_mls_tree_suite (check->tree)->nh)
    return E2EE_MLS_ERR_PSK_NONCE;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_proposal_validate_alone (const e2ee_mls_list_check * check,
    const e2ee_mls_extensions * extensions, const e2ee_mls_listed_proposal * listed)
{
  const e2ee_mls_proposal *proposal = listed->proposal;

  switch (proposal->type) {
    case E2EE_MLS_PROPOSAL_ADD:
      return add_alone (check, extensions, &proposal->u.add);
    case E2EE_MLS_PROPOSAL_UPDATE:
      if (!listed->by_reference)
        return E2EE_MLS_ERR_PROPOSAL_UPDATE_BY_VALUE;
      if (listed->sender == check->committer)
        return E2EE_MLS_ERR_PROPOSAL_OWN_UPDATE;
      return update_alone (check, extensions, &proposal->u.update, listed->sender);
    case E2EE_MLS_PROPOSAL_REMOVE:
      if (proposal->u.remove == check->committer)
        return E2EE_MLS_ERR_PROPOSAL_REMOVES_COMMITTER;
      if (e2ee_mls_tree_leaf (check->tree, proposal->u.remove) == NULL)
        return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
      return E2EE_MLS_OK;
    case E2EE_MLS_PROPOSAL_PSK:
      return psk_alone (check, &proposal->u.psk);
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      return E2EE_MLS_OK;
    case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
      return E2EE_MLS_ERR_PROPOSAL_EXTERNAL_INIT;
    default:
      return E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL;
  }
}

/* ---- as a list, section 12.2 ---- */

static e2ee_mls_result
no_psk_twice (const e2ee_mls_listed_proposal * proposals, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (proposals[i].proposal->type != E2EE_MLS_PROPOSAL_PSK)
      continue;
    for (size_t j = 0; j < i; j++) {
      if (proposals[j].proposal->type == E2EE_MLS_PROPOSAL_PSK
          && e2ee_mls_psk_id_same_key (&proposals[i].proposal->u.psk,
              &proposals[j].proposal->u.psk))
        return E2EE_MLS_ERR_PROPOSAL_DUPLICATE_PSK;
    }
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
no_init_key_twice (const e2ee_mls_listed_proposal * proposals, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (proposals[i].proposal->type != E2EE_MLS_PROPOSAL_ADD)
      continue;
    for (size_t j = 0; j < i; j++) {
      if (proposals[j].proposal->type == E2EE_MLS_PROPOSAL_ADD
          && same (proposals[i].proposal->u.add.init_key, proposals[j].proposal->u.add.init_key))
        return E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY;
    }
  }
  return E2EE_MLS_OK;
}

/* Marks what happens to each leaf, once at most, and counts. */
static e2ee_mls_result
mark_leaves (const e2ee_mls_list_check * check, const e2ee_mls_listed_proposal * proposals,
    size_t n, uint8_t * marks)
{
  const uint32_t limit = check->host->max_members != 0
      ? check->host->max_members : E2EE_MLS_MAX_LEAVES;
  size_t members = e2ee_mls_tree_n_members (check->tree);
  size_t added = 0, contexts = 0;

  for (size_t i = 0; i < n; i++) {
    const e2ee_mls_proposal *proposal = proposals[i].proposal;
    uint32_t leaf;

    if (proposal->type == E2EE_MLS_PROPOSAL_ADD)
      added++;
    if (proposal->type == E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS && ++contexts > 1)
      return E2EE_MLS_ERR_PROPOSAL_TWO_CONTEXTS;
    if (proposal->type == E2EE_MLS_PROPOSAL_REMOVE)
      leaf = proposal->u.remove;
    else if (proposal->type == E2EE_MLS_PROPOSAL_UPDATE)
      leaf = proposals[i].sender;
    else
      continue;
    if (marks[leaf] != UNTOUCHED)
      return E2EE_MLS_ERR_PROPOSAL_SAME_LEAF_TWICE;
    marks[leaf] = proposal->type == E2EE_MLS_PROPOSAL_REMOVE ? REMOVED : UPDATED;
    members -= proposal->type == E2EE_MLS_PROPOSAL_REMOVE;
  }
  return added > 0 && members + added > limit ? E2EE_MLS_ERR_TREE_FULL : E2EE_MLS_OK;
}

/* Removes and keys alone leave a tree that is as valid as it was. */
static int
can_break_tree (const e2ee_mls_listed_proposal * proposals, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const uint16_t type = proposals[i].proposal->type;

    if (type == E2EE_MLS_PROPOSAL_ADD || type == E2EE_MLS_PROPOSAL_UPDATE
        || type == E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
      return 1;
  }
  return 0;
}

/* "After processing the Commit the ratchet tree is invalid": the leaves that change are taken out
 * of a copy and each is held against those that are in it before it goes back, so that every pair
 * of the new tree has been compared once. */
static e2ee_mls_result
leaves_fit (const e2ee_mls_list_check * check, const e2ee_mls_listed_proposal * proposals,
    size_t n, const uint8_t * marks)
{
  const uint32_t n_leaves = e2ee_mls_tree_n_leaves (check->tree);
  const e2ee_mls_extensions *extensions = NULL;
  e2ee_mls_tree *scratch = NULL;
  e2ee_mls_result r;

  if (!can_break_tree (proposals, n))
    return E2EE_MLS_OK;
  r = e2ee_mls_tree_copy (check->tree, &scratch);
  if (r != E2EE_MLS_OK)
    return r;
  for (uint32_t leaf = 0; leaf < n_leaves; leaf++) {
    if (marks[leaf] != UNTOUCHED)
      e2ee_mls_tree_blank (scratch, e2ee_mls_node_of_leaf (leaf));
  }
  for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++) {
    const e2ee_mls_proposal *proposal = proposals[i].proposal;

    if (proposal->type == E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
      extensions = &proposal->u.group_context_extensions;
    if (proposal->type != E2EE_MLS_PROPOSAL_UPDATE)
      continue;
    r = e2ee_mls_leaf_validate_in_tree (scratch, &proposal->u.update, E2EE_MLS_NO_NODE);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_set_leaf (scratch, proposals[i].sender, &proposal->u.update);
  }
  for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++) {
    const e2ee_mls_proposal *proposal = proposals[i].proposal;
    const e2ee_mls_leaf_node *leaf = &proposal->u.add.leaf;
    uint32_t other, index;

    if (proposal->type != E2EE_MLS_PROPOSAL_ADD)
      continue;
    other = e2ee_mls_tree_find_signature_key (scratch, leaf->signature_key);
    if (other != E2EE_MLS_NO_NODE && (e2ee_mls_tree_leaf (check->tree, other) == NULL
            || marks[other] == REMOVED))
      r = E2EE_MLS_ERR_PROPOSAL_SAME_CLIENT_TWICE;
    else
      r = e2ee_mls_leaf_validate_in_tree (scratch, leaf, E2EE_MLS_NO_NODE);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_add (scratch, leaf, &index);
  }
  if (r == E2EE_MLS_OK && extensions != NULL)
    r = e2ee_mls_group_extensions_validate (scratch, extensions);
  e2ee_mls_tree_free (scratch);
  return r;
}

e2ee_mls_result
e2ee_mls_proposal_list_validate_together (const e2ee_mls_list_check * check,
    const e2ee_mls_listed_proposal * proposals, size_t n)
{
  uint8_t *marks = e2ee_mls_alloc (e2ee_mls_tree_n_leaves (check->tree), 1);
  e2ee_mls_result r;

  if (marks == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  r = mark_leaves (check, proposals, n, marks);
  if (r == E2EE_MLS_OK)
    r = no_psk_twice (proposals, n);
  if (r == E2EE_MLS_OK)
    r = no_init_key_twice (proposals, n);
  if (r == E2EE_MLS_OK)
    r = leaves_fit (check, proposals, n, marks);
  e2ee_mls_free (marks);
  return r;
}

const e2ee_mls_extensions *
e2ee_mls_proposal_list_extensions (const e2ee_mls_list_check * check,
    const e2ee_mls_listed_proposal * proposals, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (proposals[i].proposal->type == E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
      return &proposals[i].proposal->u.group_context_extensions;
  }
  return &check->context->extensions;
}

/* The list of an external commit: a short list of what is allowed, each as often as it may be. */
static e2ee_mls_result
external_validate (const e2ee_mls_list_check * check, const e2ee_mls_listed_proposal * proposals,
    size_t n)
{
  size_t inits = 0, removes = 0;

  for (size_t i = 0; i < n; i++) {
    const e2ee_mls_proposal *proposal = proposals[i].proposal;
    const e2ee_mls_leaf_node *removed;
    e2ee_mls_result r;

    if (proposals[i].by_reference)
      return E2EE_MLS_ERR_EXTERNAL_BY_REFERENCE;
    switch (proposal->type) {
      case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
        inits++;
        break;
      case E2EE_MLS_PROPOSAL_REMOVE:
        removed = e2ee_mls_tree_leaf (check->tree, proposal->u.remove);
        if (removed == NULL)
          return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
        if (++removes > 1)
          return E2EE_MLS_ERR_EXTERNAL_REMOVE;
        if (check->external_leaf != NULL
            && same (check->external_leaf->encryption_key, removed->encryption_key))
          return E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED;
        break;
      case E2EE_MLS_PROPOSAL_PSK:
        r = psk_alone (check, &proposal->u.psk);
        if (r != E2EE_MLS_OK)
          return r;
        break;
      default:
        return E2EE_MLS_ERR_EXTERNAL_PROPOSAL;
    }
  }
  if (inits != 1)
    return E2EE_MLS_ERR_EXTERNAL_INIT_COUNT;
  return no_psk_twice (proposals, n);
}

e2ee_mls_result
e2ee_mls_proposal_list_validate (const e2ee_mls_list_check * check,
    const e2ee_mls_listed_proposal * proposals, size_t n)
{
  const e2ee_mls_extensions *extensions;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (check->committer == E2EE_MLS_NO_NODE)
    return external_validate (check, proposals, n);
  extensions = e2ee_mls_proposal_list_extensions (check, proposals, n);
  for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++)
    r = e2ee_mls_proposal_validate_alone (check, extensions, &proposals[i]);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_validate_together (check, proposals, n);
  return r;
}

/* ---- applying, section 12.3 ---- */

static e2ee_mls_result
apply_one (e2ee_mls_tree * tree, const e2ee_mls_listed_proposal * listed,
    e2ee_mls_list_effect * effect)
{
  const e2ee_mls_proposal *proposal = listed->proposal;
  e2ee_mls_result r = E2EE_MLS_OK;

  switch (proposal->type) {
    case E2EE_MLS_PROPOSAL_UPDATE:
      r = e2ee_mls_tree_update (tree, listed->sender, &proposal->u.update);
      effect->updated[effect->n_updated++] = listed->sender;
      break;
    case E2EE_MLS_PROPOSAL_REMOVE:
      r = e2ee_mls_tree_remove (tree, proposal->u.remove);
      effect->removed[effect->n_removed++] = proposal->u.remove;
      break;
    case E2EE_MLS_PROPOSAL_ADD:
      r = e2ee_mls_tree_add (tree, &proposal->u.add.leaf, &effect->added[effect->n_added]);
      effect->added_key_packages[effect->n_added++] = &proposal->u.add;
      break;
    case E2EE_MLS_PROPOSAL_PSK:
      effect->psks[effect->n_psks++] = &proposal->u.psk;
      break;
    case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
      effect->has_external_init = 1;
      effect->external_init = proposal->u.external_init;
      break;
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      effect->has_extensions = 1;
      effect->extensions = proposal->u.group_context_extensions;
      break;
    default:
      r = E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL;
  }
  return r;
}

e2ee_mls_result
e2ee_mls_proposal_list_apply (e2ee_mls_tree * tree, const e2ee_mls_listed_proposal * proposals,
    size_t n, e2ee_mls_arena * arena, e2ee_mls_list_effect * effect)
{
  static const e2ee_mls_proposal_type order[] = {
    E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS, E2EE_MLS_PROPOSAL_UPDATE,
    E2EE_MLS_PROPOSAL_REMOVE, E2EE_MLS_PROPOSAL_ADD, E2EE_MLS_PROPOSAL_PSK,
    E2EE_MLS_PROPOSAL_EXTERNAL_INIT, E2EE_MLS_PROPOSAL_REINIT,
  };
  e2ee_mls_result r = E2EE_MLS_OK;

  memset (effect, 0, sizeof (*effect));
  effect->needs_path = n == 0;
  if (n == 0)
    return E2EE_MLS_OK;
  effect->added = e2ee_mls_arena_alloc (arena, n, sizeof (*effect->added));
  effect->added_key_packages = e2ee_mls_arena_alloc (arena, n,
      sizeof (*effect->added_key_packages));
  effect->removed = e2ee_mls_arena_alloc (arena, n, sizeof (*effect->removed));
  effect->updated = e2ee_mls_arena_alloc (arena, n, sizeof (*effect->updated));
  effect->psks = e2ee_mls_arena_alloc (arena, n, sizeof (*effect->psks));
  if (effect->added == NULL || effect->added_key_packages == NULL || effect->removed == NULL
      || effect->updated == NULL || effect->psks == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (size_t step = 0; step < sizeof (order) / sizeof (order[0]); step++) {
    for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++) {
      if (proposals[i].proposal->type == order[step])
        r = apply_one (tree, &proposals[i], effect);
    }
  }
  for (size_t i = 0; i < n; i++)
    effect->needs_path |= e2ee_mls_proposal_needs_path (proposals[i].proposal->type);
  return r;
}
