/* What the secret tree and its stored form share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_SECRETTREE_PRIVATE_H
#define E2EE_CORE_MLS_SECRETTREE_PRIVATE_H

#include "core/mls/lockedarray.h"
#include "core/mls/secrettree.h"
#include "core/mls/treemath.h"

#define E2EE_MLS_N_RATCHETS 2

/* A node whose subtree has not been opened yet.  Once it has been, the two children stand in its
 * place, so that the entries never cover one another: the deletion schedule of section 9.2. */
typedef struct
{
  uint32_t node;
  e2ee_mls_digest secret;
} e2ee_mls_node_secret;

/* @generation is that of the next key; one past UINT32_MAX when there is none. */
typedef struct
{
  uint64_t generation;
  e2ee_mls_digest secret;
} e2ee_mls_ratchet_state;

typedef struct
{
  uint32_t leaf;
  e2ee_mls_ratchet_state ratchets[E2EE_MLS_N_RATCHETS];
} e2ee_mls_leaf_ratchets;

/* The key of a message that was overtaken. */
typedef struct
{
  uint32_t leaf;
  uint32_t ratchet;
  uint32_t generation;
  e2ee_mls_message_key key;
} e2ee_mls_skipped_key;

struct e2ee_mls_secret_tree
{
  const e2ee_mls_suite *suite;
  uint32_t n_leaves;
  e2ee_mls_locked_array nodes;           /* e2ee_mls_node_secret, in no order */
  e2ee_mls_locked_array leaves;          /* e2ee_mls_leaf_ratchets, ascending */
  e2ee_mls_locked_array skipped;         /* e2ee_mls_skipped_key; of one ratchet, ascending */
};

/* A tree without any secret. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_empty (const e2ee_mls_suite * suite,
    uint32_t n_leaves, e2ee_mls_secret_tree ** tree);

/* The entry whose subtree @node lies in, or NULL when the secret has been used. */
e2ee_mls_node_secret *e2ee_mls_secret_tree_covering (const e2ee_mls_secret_tree * tree,
    uint32_t node);

/* The index of the first entry of leaves that is not below @leaf. */
size_t e2ee_mls_secret_tree_position (const e2ee_mls_secret_tree * tree, uint32_t leaf);

#endif
