/* UpdatePath and Commit, RFC 9420 sections 7.6 and 12.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_COMMIT_H
#define E2EE_CORE_MLS_COMMIT_H

#include "core/mls/proposal.h"

typedef struct
{
  e2ee_bytes kem_output;
  e2ee_bytes ciphertext;
} e2ee_mls_hpke_ciphertext;

/* Needs no arena. */
void e2ee_mls_hpke_ciphertext_read (e2ee_mls_reader * reader, e2ee_mls_hpke_ciphertext * out);
void e2ee_mls_hpke_ciphertext_write (e2ee_mls_writer * writer,
    const e2ee_mls_hpke_ciphertext * in);

typedef struct
{
  e2ee_bytes encryption_key;
  e2ee_mls_hpke_ciphertext *ciphertexts;        /* in the order of the copath node's resolution */
  size_t n_ciphertexts;
} e2ee_mls_path_node;

typedef struct
{
  e2ee_mls_leaf_node leaf;
  e2ee_mls_path_node *nodes;    /* from the leaf's side to the root */
  size_t n_nodes;
} e2ee_mls_update_path;

void e2ee_mls_update_path_read (e2ee_mls_reader * reader, e2ee_mls_update_path * out);
void e2ee_mls_update_path_write (e2ee_mls_writer * writer, const e2ee_mls_update_path * in);

typedef struct
{
  e2ee_mls_proposal_or_ref *proposals;
  size_t n_proposals;
  int has_path;
  e2ee_mls_update_path path;
} e2ee_mls_commit;

void e2ee_mls_commit_read (e2ee_mls_reader * reader, e2ee_mls_commit * out);
void e2ee_mls_commit_write (e2ee_mls_writer * writer, const e2ee_mls_commit * in);

#endif
