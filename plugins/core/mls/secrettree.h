/* The secret tree and the ratchets of each leaf, RFC 9420 section 9.
 *
 * Everything is in locked memory and wiped as soon as it has been used: section 9.2's deletion
 * schedule.  Work and memory that one message can cause are bounded.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_SECRETTREE_H
#define E2EE_CORE_MLS_SECRETTREE_H

#include "core/mls/codec.h"
#include "core/mls/labels.h"

/* How far a message may be ahead of its ratchet, RFC 9420 section 15.3. */
#define E2EE_MLS_MAX_FORWARD 1000
/* Keys that are kept for messages that were overtaken, per ratchet; the oldest go first. */
#define E2EE_MLS_MAX_SKIPPED 64

typedef enum
{
  E2EE_MLS_RATCHET_HANDSHAKE,
  E2EE_MLS_RATCHET_APPLICATION
} e2ee_mls_ratchet;

/* nk and nn bytes; wiped by its holder. */
typedef struct
{
  uint8_t key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
} e2ee_mls_message_key;

typedef struct e2ee_mls_secret_tree e2ee_mls_secret_tree;

/* @n_leaves of the full tree, ARGUMENT when not a power of two.  Costs memory for the paths that
 * are used only. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_new (const e2ee_mls_suite * suite,
    uint32_t n_leaves, const e2ee_mls_digest * encryption_secret, e2ee_mls_secret_tree ** tree);
void e2ee_mls_secret_tree_free (e2ee_mls_secret_tree * tree);

/* Sending: the next key of our leaf, which the ratchet forgets.  GENERATION_EXHAUSTED. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_next (e2ee_mls_secret_tree * tree,
    uint32_t leaf, e2ee_mls_ratchet ratchet, uint32_t * generation, e2ee_mls_message_key * key);

/* Receiving: the key of a generation.  Changes nothing that can be seen: a message that does not
 * authenticate must not move the ratchet.  REPLAYED when it has been used or dropped,
 * TOO_FAR_AHEAD, SENDER_UNKNOWN for a leaf outside the tree. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_peek (e2ee_mls_secret_tree * tree,
    uint32_t leaf, e2ee_mls_ratchet ratchet, uint32_t generation, e2ee_mls_message_key * key);
/* After it has authenticated: the key is forgotten, and those skipped are kept. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_consume (e2ee_mls_secret_tree * tree,
    uint32_t leaf, e2ee_mls_ratchet ratchet, uint32_t generation);

/* For the store, in a form of our own. */
void e2ee_mls_secret_tree_write (e2ee_mls_writer * writer, const e2ee_mls_secret_tree * tree);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_tree_read (e2ee_mls_reader * reader,
    const e2ee_mls_suite * suite, e2ee_mls_secret_tree ** tree);

#endif
