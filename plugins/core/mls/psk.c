/* Pre-shared keys, RFC 9420 section 8.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/psk.h"

#include "core/crypto/secret.h"

void
e2ee_mls_psk_id_read (e2ee_mls_reader * reader, e2ee_mls_psk_id * out)
{
  *out = (e2ee_mls_psk_id) { 0 };
  out->type = e2ee_mls_read_u8 (reader);
  if (out->type == E2EE_MLS_PSK_EXTERNAL) {
    out->psk_id = e2ee_mls_read_vector (reader);
  } else if (out->type == E2EE_MLS_PSK_RESUMPTION) {
    out->usage = e2ee_mls_read_u8 (reader);
    if (out->usage < E2EE_MLS_RESUMPTION_APPLICATION || out->usage > E2EE_MLS_RESUMPTION_BRANCH)
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
    out->psk_group_id = e2ee_mls_read_vector (reader);
    out->psk_epoch = e2ee_mls_read_u64 (reader);
  } else {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
  out->psk_nonce = e2ee_mls_read_vector (reader);
}

void
e2ee_mls_psk_id_write (e2ee_mls_writer * writer, const e2ee_mls_psk_id * in)
{
  e2ee_mls_write_u8 (writer, in->type);
  if (in->type == E2EE_MLS_PSK_EXTERNAL) {
    e2ee_mls_write_vector (writer, in->psk_id);
  } else {
    e2ee_mls_write_u8 (writer, in->usage);
    e2ee_mls_write_vector (writer, in->psk_group_id);
    e2ee_mls_write_u64 (writer, in->psk_epoch);
  }
  e2ee_mls_write_vector (writer, in->psk_nonce);
}

int
e2ee_mls_psk_id_same_key (const e2ee_mls_psk_id * a, const e2ee_mls_psk_id * b)
{
  if (a->type != b->type)
    return 0;
  if (a->type == E2EE_MLS_PSK_EXTERNAL)
    return e2ee_equal (a->psk_id, b->psk_id);
  return a->usage == b->usage && a->psk_epoch == b->psk_epoch
      && e2ee_equal (a->psk_group_id, b->psk_group_id);
}

/* psk_input_[i]: the key, extracted with zeros and expanded with its PSKLabel. */
static e2ee_mls_result
psk_input (const e2ee_mls_suite * suite, const e2ee_mls_psk_id * id, e2ee_bytes psk, size_t index,
    size_t count, e2ee_mls_digest * out)
{
  const e2ee_mls_digest zeros = { { 0 } };
  e2ee_mls_digest psk_extracted;
  e2ee_mls_writer psk_label = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_psk_id_write (&psk_label, id);
  e2ee_mls_write_u16 (&psk_label, (uint16_t) index);
  e2ee_mls_write_u16 (&psk_label, (uint16_t) count);
  e2ee_hkdf_extract (suite->hash, e2ee_mls_digest_view (suite, &zeros), psk, psk_extracted.data);
  r = psk_label.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &psk_extracted),
        "derived psk", e2ee_mls_writer_view (&psk_label), out->data, suite->nh);
  e2ee_mls_writer_clear (&psk_label);
  e2ee_wipe (&psk_extracted, sizeof (psk_extracted));
  return r;
}

e2ee_mls_result
e2ee_mls_psk_secret (const e2ee_mls_suite * suite, const e2ee_mls_psk_id * ids,
    const e2ee_bytes * psks, size_t n_psks, e2ee_mls_digest * out)
{
  e2ee_mls_digest psk_secret = { { 0 } }, input;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (n_psks > UINT16_MAX)
    return E2EE_MLS_ERR_TOO_LARGE;
  for (size_t i = 0; i < n_psks && r == E2EE_MLS_OK; i++) {
    r = psk_input (suite, &ids[i], psks[i], i, n_psks, &input);
    if (r == E2EE_MLS_OK) {
      e2ee_hkdf_extract (suite->hash, e2ee_mls_digest_view (suite, &input),
          e2ee_mls_digest_view (suite, &psk_secret), out->data);
      psk_secret = *out;
    }
  }
  if (r == E2EE_MLS_OK)
    *out = psk_secret;
  else
    e2ee_wipe (out, sizeof (*out));
  e2ee_wipe (&psk_secret, sizeof (psk_secret));
  e2ee_wipe (&input, sizeof (input));
  return r;
}
