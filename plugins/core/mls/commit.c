/* UpdatePath and Commit, RFC 9420 sections 7.6 and 12.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/commit.h"

void
e2ee_mls_hpke_ciphertext_read (e2ee_mls_reader * reader, e2ee_mls_hpke_ciphertext * out)
{
  out->kem_output = e2ee_mls_read_vector (reader);
  out->ciphertext = e2ee_mls_read_vector (reader);
}

void
e2ee_mls_hpke_ciphertext_write (e2ee_mls_writer * writer, const e2ee_mls_hpke_ciphertext * in)
{
  e2ee_mls_write_vector (writer, in->kem_output);
  e2ee_mls_write_vector (writer, in->ciphertext);
}

static void
skip_ciphertext (e2ee_mls_reader * reader)
{
  e2ee_mls_hpke_ciphertext ignored;

  e2ee_mls_hpke_ciphertext_read (reader, &ignored);
}

static void
path_node_read (e2ee_mls_reader * reader, e2ee_mls_path_node * out)
{
  e2ee_mls_reader inner;
  size_t n;

  out->encryption_key = e2ee_mls_read_vector (reader);
  inner = e2ee_mls_read_begin (reader);
  n = e2ee_mls_read_count (&inner, skip_ciphertext);
  out->ciphertexts = e2ee_mls_read_array (&inner, n, sizeof (out->ciphertexts[0]));
  out->n_ciphertexts = out->ciphertexts != NULL ? n : 0;
  for (size_t i = 0; i < out->n_ciphertexts; i++)
    e2ee_mls_hpke_ciphertext_read (&inner, &out->ciphertexts[i]);
  e2ee_mls_read_end (reader, &inner);
}

static void
path_node_write (e2ee_mls_writer * writer, const e2ee_mls_path_node * in)
{
  size_t begun;

  e2ee_mls_write_vector (writer, in->encryption_key);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < in->n_ciphertexts; i++)
    e2ee_mls_hpke_ciphertext_write (writer, &in->ciphertexts[i]);
  e2ee_mls_write_end (writer, begun);
}

static void
skip_path_node (e2ee_mls_reader * reader)
{
  e2ee_mls_read_vector (reader);
  e2ee_mls_read_vector (reader);
}

void
e2ee_mls_update_path_read (e2ee_mls_reader * reader, e2ee_mls_update_path * out)
{
  e2ee_mls_reader inner;
  size_t n;

  e2ee_mls_leaf_node_read (reader, &out->leaf);
  inner = e2ee_mls_read_begin (reader);
  n = e2ee_mls_read_count (&inner, skip_path_node);
  out->nodes = e2ee_mls_read_array (&inner, n, sizeof (out->nodes[0]));
  out->n_nodes = out->nodes != NULL ? n : 0;
  for (size_t i = 0; i < out->n_nodes; i++)
    path_node_read (&inner, &out->nodes[i]);
  e2ee_mls_read_end (reader, &inner);
}

void
e2ee_mls_update_path_write (e2ee_mls_writer * writer, const e2ee_mls_update_path * in)
{
  size_t begun;

  e2ee_mls_leaf_node_write (writer, &in->leaf);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < in->n_nodes; i++)
    path_node_write (writer, &in->nodes[i]);
  e2ee_mls_write_end (writer, begun);
}

static void
skip_proposal_or_ref (e2ee_mls_reader * reader)
{
  e2ee_mls_proposal_or_ref ignored;

  e2ee_mls_proposal_or_ref_read (reader, &ignored);
}

void
e2ee_mls_commit_read (e2ee_mls_reader * reader, e2ee_mls_commit * out)
{
  e2ee_mls_reader inner = e2ee_mls_read_begin (reader);
  const size_t n = e2ee_mls_read_count (&inner, skip_proposal_or_ref);

  *out = (e2ee_mls_commit) { 0 };
  out->proposals = e2ee_mls_read_array (&inner, n, sizeof (out->proposals[0]));
  out->n_proposals = out->proposals != NULL ? n : 0;
  for (size_t i = 0; i < out->n_proposals; i++)
    e2ee_mls_proposal_or_ref_read (&inner, &out->proposals[i]);
  e2ee_mls_read_end (reader, &inner);

  out->has_path = e2ee_mls_read_optional (reader);
  if (out->has_path)
    e2ee_mls_update_path_read (reader, &out->path);
}

void
e2ee_mls_commit_write (e2ee_mls_writer * writer, const e2ee_mls_commit * in)
{
  const size_t begun = e2ee_mls_write_begin (writer);

  for (size_t i = 0; i < in->n_proposals; i++)
    e2ee_mls_proposal_or_ref_write (writer, &in->proposals[i]);
  e2ee_mls_write_end (writer, begun);
  e2ee_mls_write_u8 (writer, in->has_path != 0);
  if (in->has_path)
    e2ee_mls_update_path_write (writer, &in->path);
}
