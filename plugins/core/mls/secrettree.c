/* The secret tree and the ratchets of each leaf, RFC 9420 section 9.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/secrettree-private.h"

#include <string.h>

#include "core/crypto/secret.h"

e2ee_mls_result
e2ee_mls_secret_tree_empty (const e2ee_mls_suite * suite, uint32_t n_leaves,
    e2ee_mls_secret_tree ** tree)
{
  *tree = NULL;
  if (n_leaves == 0 || n_leaves > E2EE_MLS_MAX_LEAVES || (n_leaves & (n_leaves - 1)) != 0)
    return E2EE_MLS_ERR_ARGUMENT;
  *tree = e2ee_mls_alloc (1, sizeof (**tree));
  if (*tree == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  (*tree)->suite = suite;
  (*tree)->n_leaves = n_leaves;
  (*tree)->nodes.element_size = sizeof (e2ee_mls_node_secret);
  (*tree)->leaves.element_size = sizeof (e2ee_mls_leaf_ratchets);
  (*tree)->skipped.element_size = sizeof (e2ee_mls_skipped_key);
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_secret_tree_new (const e2ee_mls_suite * suite, uint32_t n_leaves,
    const e2ee_mls_digest * encryption_secret, e2ee_mls_secret_tree ** tree)
{
  e2ee_mls_result r = e2ee_mls_secret_tree_empty (suite, n_leaves, tree);
  e2ee_mls_node_secret *root;

  if (r != E2EE_MLS_OK)
    return r;
  r = e2ee_mls_locked_reserve (&(*tree)->nodes, 1);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_secret_tree_free (*tree);
    *tree = NULL;
    return r;
  }
  root = e2ee_mls_locked_insert (&(*tree)->nodes, 0);
  root->node = e2ee_mls_root (n_leaves);
  root->secret = *encryption_secret;
  return E2EE_MLS_OK;
}

void
e2ee_mls_secret_tree_free (e2ee_mls_secret_tree * tree)
{
  if (tree == NULL)
    return;
  e2ee_mls_locked_clear (&tree->nodes);
  e2ee_mls_locked_clear (&tree->leaves);
  e2ee_mls_locked_clear (&tree->skipped);
  e2ee_mls_free (tree);
}

e2ee_mls_node_secret *
e2ee_mls_secret_tree_covering (const e2ee_mls_secret_tree * tree, uint32_t node)
{
  for (size_t i = 0; i < tree->nodes.n; i++) {
    e2ee_mls_node_secret *entry = e2ee_mls_locked_at (&tree->nodes, i);

    if (e2ee_mls_is_in_subtree (node, entry->node))
      return entry;
  }
  return NULL;
}

/* Replaces @entry by its two children, in room that has been reserved. */
static e2ee_mls_result
open_node (e2ee_mls_secret_tree * tree, e2ee_mls_node_secret * entry)
{
  const e2ee_mls_suite *suite = tree->suite;
  const e2ee_bytes secret = e2ee_mls_digest_view (suite, &entry->secret);
  e2ee_mls_node_secret left = {.node = e2ee_mls_left (entry->node) };
  e2ee_mls_node_secret right = {.node = e2ee_mls_right (entry->node) };
  e2ee_mls_result r = e2ee_mls_expand_with_label (suite, secret, "tree", E2EE_BYTES ("left", 4),
      left.secret.data, suite->nh);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_expand_with_label (suite, secret, "tree", E2EE_BYTES ("right", 5),
        right.secret.data, suite->nh);
  if (r == E2EE_MLS_OK) {
    *entry = left;
    *(e2ee_mls_node_secret *) e2ee_mls_locked_insert (&tree->nodes, tree->nodes.n) = right;
  }
  e2ee_wipe (&left, sizeof (left));
  e2ee_wipe (&right, sizeof (right));
  return r;
}

size_t
e2ee_mls_secret_tree_position (const e2ee_mls_secret_tree * tree, uint32_t leaf)
{
  size_t low = 0, high = tree->leaves.n;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;

    if (((e2ee_mls_leaf_ratchets *) e2ee_mls_locked_at (&tree->leaves, middle))->leaf < leaf)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The ratchets of a leaf; made from the tree when they are asked for first. */
static e2ee_mls_result
get_ratchets (e2ee_mls_secret_tree * tree, uint32_t leaf, e2ee_mls_leaf_ratchets ** out)
{
  static const char *const labels[E2EE_MLS_N_RATCHETS] = {
    [E2EE_MLS_RATCHET_HANDSHAKE] = "handshake",
    [E2EE_MLS_RATCHET_APPLICATION] = "application",
  };
  const e2ee_mls_suite *suite = tree->suite;
  const uint32_t node = e2ee_mls_node_of_leaf (leaf);
  e2ee_mls_leaf_ratchets made = {.leaf = leaf };
  e2ee_mls_node_secret *entry;
  e2ee_mls_result r;
  size_t position;

  *out = NULL;
  if (leaf >= tree->n_leaves)
    return E2EE_MLS_ERR_SENDER_UNKNOWN;
  position = e2ee_mls_secret_tree_position (tree, leaf);
  if (position < tree->leaves.n) {
    *out = e2ee_mls_locked_at (&tree->leaves, position);
    if ((*out)->leaf == leaf)
      return E2EE_MLS_OK;
    *out = NULL;
  }

  r = e2ee_mls_locked_reserve (&tree->leaves, 1);
  if (r != E2EE_MLS_OK)
    return r;
  for (;;) {
    r = e2ee_mls_locked_reserve (&tree->nodes, 1);
    if (r != E2EE_MLS_OK)
      goto out;
    entry = e2ee_mls_secret_tree_covering (tree, node);
    if (entry == NULL) {
      r = E2EE_MLS_ERR_STORE;
      goto out;
    }
    if (entry->node == node)
      break;
    r = open_node (tree, entry);
    if (r != E2EE_MLS_OK)
      goto out;
  }
  for (unsigned i = 0; i < E2EE_MLS_N_RATCHETS; i++) {
    r = e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &entry->secret), labels[i],
        E2EE_NO_BYTES, made.ratchets[i].secret.data, suite->nh);
    if (r != E2EE_MLS_OK)
      goto out;
  }
  e2ee_mls_locked_remove (&tree->nodes,
      (size_t) (entry - (e2ee_mls_node_secret *) tree->nodes.data));
  *out = e2ee_mls_locked_insert (&tree->leaves, position);
  **out = made;
out:
  e2ee_wipe (&made, sizeof (made));
  return r;
}

/* Section 9.1.  Neither changes @state but through step(). */
static e2ee_mls_result
ratchet_key (const e2ee_mls_suite * suite, const e2ee_mls_ratchet_state * state,
    e2ee_mls_message_key * key)
{
  const e2ee_bytes secret = e2ee_mls_digest_view (suite, &state->secret);
  const uint32_t generation = (uint32_t) state->generation;
  e2ee_mls_result r = e2ee_mls_derive_tree_secret (suite, secret, "key", generation, key->key,
      suite->nk);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_derive_tree_secret (suite, secret, "nonce", generation, key->nonce, suite->nn);
  return r;
}

static e2ee_mls_result
ratchet_step (const e2ee_mls_suite * suite, e2ee_mls_ratchet_state * state)
{
  e2ee_mls_digest next;
  e2ee_mls_result r = e2ee_mls_derive_tree_secret (suite,
      e2ee_mls_digest_view (suite, &state->secret), "secret", (uint32_t) state->generation,
      next.data, suite->nh);

  if (r == E2EE_MLS_OK) {
    memcpy (state->secret.data, next.data, suite->nh);
    state->generation++;
  }
  e2ee_wipe (&next, sizeof (next));
  return r;
}

e2ee_mls_result
e2ee_mls_secret_tree_next (e2ee_mls_secret_tree * tree, uint32_t leaf, e2ee_mls_ratchet ratchet,
    uint32_t * generation, e2ee_mls_message_key * key)
{
  e2ee_mls_leaf_ratchets *ratchets;
  e2ee_mls_ratchet_state *state;
  e2ee_mls_result r = get_ratchets (tree, leaf, &ratchets);

  if (r != E2EE_MLS_OK)
    return r;
  state = &ratchets->ratchets[ratchet];
  if (state->generation > UINT32_MAX)
    return E2EE_MLS_ERR_GENERATION_EXHAUSTED;
  *generation = (uint32_t) state->generation;
  r = ratchet_key (tree->suite, state, key);
  if (r == E2EE_MLS_OK)
    r = ratchet_step (tree->suite, state);
  if (r != E2EE_MLS_OK)
    e2ee_wipe (key, sizeof (*key));
  return r;
}

/* tree->skipped.n when there is none. */
static size_t
find_skipped (const e2ee_mls_secret_tree * tree, uint32_t leaf, e2ee_mls_ratchet ratchet,
    uint32_t generation)
{
  size_t i;

  for (i = 0; i < tree->skipped.n; i++) {
    const e2ee_mls_skipped_key *entry = e2ee_mls_locked_at (&tree->skipped, i);

    if (entry->leaf == leaf && entry->ratchet == (uint32_t) ratchet
        && entry->generation == generation)
      break;
  }
  return i;
}

static e2ee_mls_result
check_distance (const e2ee_mls_ratchet_state * state, uint32_t generation)
{
  return generation - state->generation > E2EE_MLS_MAX_FORWARD ?
      E2EE_MLS_ERR_TOO_FAR_AHEAD : E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_secret_tree_peek (e2ee_mls_secret_tree * tree, uint32_t leaf, e2ee_mls_ratchet ratchet,
    uint32_t generation, e2ee_mls_message_key * key)
{
  e2ee_mls_leaf_ratchets *ratchets;
  e2ee_mls_ratchet_state ahead;
  e2ee_mls_result r = get_ratchets (tree, leaf, &ratchets);

  if (r != E2EE_MLS_OK)
    return r;
  ahead = ratchets->ratchets[ratchet];
  if (generation < ahead.generation) {
    const size_t i = find_skipped (tree, leaf, ratchet, generation);

    r = E2EE_MLS_ERR_REPLAYED;
    if (i < tree->skipped.n) {
      *key = ((e2ee_mls_skipped_key *) e2ee_mls_locked_at (&tree->skipped, i))->key;
      r = E2EE_MLS_OK;
    }
    goto out;
  }
  r = check_distance (&ahead, generation);
  while (r == E2EE_MLS_OK && ahead.generation < generation)
    r = ratchet_step (tree->suite, &ahead);
  if (r == E2EE_MLS_OK)
    r = ratchet_key (tree->suite, &ahead, key);
out:
  e2ee_wipe (&ahead, sizeof (ahead));
  if (r != E2EE_MLS_OK)
    e2ee_wipe (key, sizeof (*key));
  return r;
}

/* Keeps the newest MAX_SKIPPED - @more keys of a ratchet, so that @more have room. */
static void
drop_oldest (e2ee_mls_secret_tree * tree, uint32_t leaf, e2ee_mls_ratchet ratchet, size_t more)
{
  size_t kept = 0;

  for (size_t i = tree->skipped.n; i-- > 0;) {
    const e2ee_mls_skipped_key *entry = e2ee_mls_locked_at (&tree->skipped, i);

    if (entry->leaf == leaf && entry->ratchet == (uint32_t) ratchet
        && ++kept > E2EE_MLS_MAX_SKIPPED - more)
      e2ee_mls_locked_remove (&tree->skipped, i);
  }
}

/* Moves @state past @generation, putting aside the newest keys on the way into @aside. */
static e2ee_mls_result
advance (const e2ee_mls_suite * suite, uint32_t generation, e2ee_mls_ratchet_state * state,
    e2ee_mls_message_key * aside)
{
  e2ee_mls_result r = E2EE_MLS_OK;

  while (r == E2EE_MLS_OK && state->generation < generation) {
    if (generation - state->generation <= E2EE_MLS_MAX_SKIPPED)
      r = ratchet_key (suite, state, aside++);
    if (r == E2EE_MLS_OK)
      r = ratchet_step (suite, state);
  }
  if (r == E2EE_MLS_OK)
    r = ratchet_step (suite, state);
  return r;
}

e2ee_mls_result
e2ee_mls_secret_tree_consume (e2ee_mls_secret_tree * tree, uint32_t leaf,
    e2ee_mls_ratchet ratchet, uint32_t generation)
{
  e2ee_mls_leaf_ratchets *ratchets;
  e2ee_mls_ratchet_state state;
  e2ee_mls_message_key aside[E2EE_MLS_MAX_SKIPPED];
  size_t n_aside;
  e2ee_mls_result r = get_ratchets (tree, leaf, &ratchets);

  if (r != E2EE_MLS_OK)
    return r;
  if (generation < ratchets->ratchets[ratchet].generation) {
    const size_t i = find_skipped (tree, leaf, ratchet, generation);

    if (i == tree->skipped.n)
      return E2EE_MLS_ERR_REPLAYED;
    e2ee_mls_locked_remove (&tree->skipped, i);
    return E2EE_MLS_OK;
  }
  r = check_distance (&ratchets->ratchets[ratchet], generation);
  if (r != E2EE_MLS_OK)
    return r;
  state = ratchets->ratchets[ratchet];
  n_aside = generation - state.generation < E2EE_MLS_MAX_SKIPPED ?
      (size_t) (generation - state.generation) : E2EE_MLS_MAX_SKIPPED;
  r = e2ee_mls_locked_reserve (&tree->skipped, n_aside);
  if (r == E2EE_MLS_OK)
    r = advance (tree->suite, generation, &state, aside);
  if (r == E2EE_MLS_OK) {
    drop_oldest (tree, leaf, ratchet, n_aside);
    for (size_t i = 0; i < n_aside; i++) {
      e2ee_mls_skipped_key *entry = e2ee_mls_locked_insert (&tree->skipped, tree->skipped.n);

      entry->leaf = leaf;
      entry->ratchet = (uint32_t) ratchet;
      entry->generation = (uint32_t) (generation - n_aside + i);
      entry->key = aside[i];
    }
    ratchets->ratchets[ratchet] = state;
  }
  e2ee_wipe (&state, sizeof (state));
  e2ee_wipe (aside, sizeof (aside));
  return r;
}
