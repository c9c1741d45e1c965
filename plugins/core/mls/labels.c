/* The labelled functions: RFC 9420 sections 5.1, 5.2, 8 and 9.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/labels.h"

#include <string.h>

#include "core/crypto/secret.h"
#include "core/mls/codec.h"

#define PREFIX "MLS 1.0 "

static e2ee_bytes
text (const char *string)
{
  return E2EE_BYTES (string, strlen (string));
}

/* opaque label<V> with the prefix; SignContent, KDFLabel and EncryptContext begin alike. */
static void
write_label (e2ee_mls_writer * writer, const char *label)
{
  e2ee_mls_write_varint (writer, strlen (PREFIX) + strlen (label));
  e2ee_mls_write_raw (writer, text (PREFIX));
  e2ee_mls_write_raw (writer, text (label));
}

/* Section 5.2: Hash (RefHashInput). */
e2ee_mls_result
e2ee_mls_ref_hash (const e2ee_mls_suite * suite, const char *label, e2ee_bytes value,
    e2ee_mls_digest * out)
{
  e2ee_mls_writer head = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_vector (&head, text (label));
  e2ee_mls_write_varint (&head, value.size);
  r = head.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_hash (suite, (e2ee_bytes[]) { e2ee_mls_writer_view (&head), value }, 2, out->data);
  e2ee_mls_writer_clear (&head);
  return r;
}

e2ee_mls_result
e2ee_mls_sign_with_label (const e2ee_mls_suite * suite, e2ee_bytes private_key,
    const char *label, e2ee_bytes content, e2ee_mls_buffer * signature)
{
  const e2ee_mls_signer *signer = suite->signer;
  e2ee_mls_writer sign_content = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *signature = E2EE_MLS_NO_BUFFER;
  if (private_key.size != signer->n_private)
    return E2EE_MLS_ERR_KEY;
  write_label (&sign_content, label);
  e2ee_mls_write_vector (&sign_content, content);
  r = sign_content.result;
  if (r != E2EE_MLS_OK)
    goto out;
  r = E2EE_MLS_ERR_NO_MEMORY;
  signature->data = e2ee_mls_alloc (signer->n_signature, 1);
  if (signature->data == NULL)
    goto out;
  r = signer->sign (private_key.data, e2ee_mls_writer_view (&sign_content), signature->data,
      &signature->size);
out:
  e2ee_mls_writer_clear (&sign_content);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (signature);
  return r;
}

e2ee_mls_result
e2ee_mls_verify_with_label (const e2ee_mls_suite * suite, e2ee_bytes public_key,
    const char *label, e2ee_bytes content, e2ee_bytes signature)
{
  e2ee_mls_writer sign_content = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_label (&sign_content, label);
  e2ee_mls_write_vector (&sign_content, content);
  r = sign_content.result;
  if (r == E2EE_MLS_OK)
    r = suite->signer->verify (public_key, e2ee_mls_writer_view (&sign_content), signature);
  e2ee_mls_writer_clear (&sign_content);
  return r;
}

/* Section 8: Expand (secret, KDFLabel, length). */
e2ee_mls_result
e2ee_mls_expand_with_label (const e2ee_mls_suite * suite, e2ee_bytes secret, const char *label,
    e2ee_bytes context, uint8_t * out, size_t out_size)
{
  e2ee_mls_writer kdf_label = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  if (out_size > UINT16_MAX)
    return E2EE_MLS_ERR_TOO_LARGE;
  e2ee_mls_write_u16 (&kdf_label, (uint16_t) out_size);
  write_label (&kdf_label, label);
  e2ee_mls_write_vector (&kdf_label, context);
  r = kdf_label.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_result_of (e2ee_hkdf_expand (suite->hash, secret,
            e2ee_mls_writer_view (&kdf_label), out, out_size));
  e2ee_mls_writer_clear (&kdf_label);
  return r;
}

e2ee_mls_result
e2ee_mls_derive_secret (const e2ee_mls_suite * suite, e2ee_bytes secret, const char *label,
    e2ee_mls_digest * out)
{
  return e2ee_mls_expand_with_label (suite, secret, label, E2EE_NO_BYTES, out->data, suite->nh);
}

e2ee_mls_result
e2ee_mls_derive_tree_secret (const e2ee_mls_suite * suite, e2ee_bytes secret, const char *label,
    uint32_t generation, uint8_t * out, size_t out_size)
{
  uint8_t context[4];

  e2ee_put_be (context, generation, sizeof (context));
  return e2ee_mls_expand_with_label (suite, secret, label,
      E2EE_BYTES (context, sizeof (context)), out, out_size);
}

/* Section 5.1.3: HPKE with EncryptContext as info and no additional data. */
e2ee_mls_result
e2ee_mls_encrypt_with_label (const e2ee_mls_suite * suite, const e2ee_env * env,
    e2ee_bytes public_key, const char *label, e2ee_bytes context, e2ee_bytes plaintext,
    e2ee_mls_buffer * kem_output, e2ee_mls_buffer * ciphertext)
{
  e2ee_mls_writer info = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *kem_output = *ciphertext = E2EE_MLS_NO_BUFFER;
  write_label (&info, label);
  e2ee_mls_write_vector (&info, context);
  r = info.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_seal (suite, env, public_key, e2ee_mls_writer_view (&info), E2EE_NO_BYTES,
        plaintext, kem_output, ciphertext);
  e2ee_mls_writer_clear (&info);
  return r;
}

e2ee_mls_result
e2ee_mls_decrypt_with_label (const e2ee_mls_suite * suite, e2ee_bytes private_key,
    const char *label, e2ee_bytes context, e2ee_bytes kem_output, e2ee_bytes ciphertext,
    e2ee_mls_buffer * plaintext)
{
  e2ee_mls_writer info = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *plaintext = E2EE_MLS_NO_BUFFER;
  write_label (&info, label);
  e2ee_mls_write_vector (&info, context);
  r = info.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_open (suite, kem_output, private_key, e2ee_mls_writer_view (&info),
        E2EE_NO_BYTES, ciphertext, plaintext);
  e2ee_mls_writer_clear (&info);
  return r;
}
