/* Welcome and GroupSecrets, RFC 9420 section 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/welcome.h"

#include "core/crypto/secret.h"

static void
encrypted_secrets_read (e2ee_mls_reader * reader, e2ee_mls_encrypted_group_secrets * out)
{
  out->new_member = e2ee_mls_read_vector (reader);
  e2ee_mls_hpke_ciphertext_read (reader, &out->encrypted_group_secrets);
}

static void
skip_encrypted_secrets (e2ee_mls_reader * reader)
{
  e2ee_mls_encrypted_group_secrets ignored;

  encrypted_secrets_read (reader, &ignored);
}

void
e2ee_mls_welcome_read (e2ee_mls_reader * reader, e2ee_mls_welcome * out)
{
  e2ee_mls_reader inner;
  size_t n;

  out->cipher_suite = e2ee_mls_read_u16 (reader);
  inner = e2ee_mls_read_begin (reader);
  n = e2ee_mls_read_count (&inner, skip_encrypted_secrets);
  out->secrets = e2ee_mls_read_array (&inner, n, sizeof (out->secrets[0]));
  out->n_secrets = out->secrets != NULL ? n : 0;
  for (size_t i = 0; i < out->n_secrets; i++)
    encrypted_secrets_read (&inner, &out->secrets[i]);
  e2ee_mls_read_end (reader, &inner);
  out->encrypted_group_info = e2ee_mls_read_vector (reader);
}

void
e2ee_mls_welcome_write (e2ee_mls_writer * writer, const e2ee_mls_welcome * in)
{
  size_t begun;

  e2ee_mls_write_u16 (writer, in->cipher_suite);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < in->n_secrets; i++) {
    e2ee_mls_write_vector (writer, in->secrets[i].new_member);
    e2ee_mls_hpke_ciphertext_write (writer, &in->secrets[i].encrypted_group_secrets);
  }
  e2ee_mls_write_end (writer, begun);
  e2ee_mls_write_vector (writer, in->encrypted_group_info);
}

static void
skip_psk_id (e2ee_mls_reader * reader)
{
  e2ee_mls_psk_id ignored;

  e2ee_mls_psk_id_read (reader, &ignored);
}

/* optional<PathSecret> and PathSecret are structs of one vector each. */
void
e2ee_mls_group_secrets_read (e2ee_mls_reader * reader, e2ee_mls_group_secrets * out)
{
  e2ee_mls_reader inner;
  size_t n;

  *out = (e2ee_mls_group_secrets) { 0 };
  out->joiner_secret = e2ee_mls_read_vector (reader);
  out->has_path_secret = e2ee_mls_read_optional (reader);
  if (out->has_path_secret)
    out->path_secret = e2ee_mls_read_vector (reader);
  inner = e2ee_mls_read_begin (reader);
  n = e2ee_mls_read_count (&inner, skip_psk_id);
  out->psks = e2ee_mls_read_array (&inner, n, sizeof (out->psks[0]));
  out->n_psks = out->psks != NULL ? n : 0;
  for (size_t i = 0; i < out->n_psks; i++)
    e2ee_mls_psk_id_read (&inner, &out->psks[i]);
  e2ee_mls_read_end (reader, &inner);
}

void
e2ee_mls_group_secrets_write (e2ee_mls_writer * writer, const e2ee_mls_group_secrets * in)
{
  size_t begun;

  e2ee_mls_write_vector (writer, in->joiner_secret);
  e2ee_mls_write_u8 (writer, in->has_path_secret != 0);
  if (in->has_path_secret)
    e2ee_mls_write_vector (writer, in->path_secret);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < in->n_psks; i++)
    e2ee_mls_psk_id_write (writer, &in->psks[i]);
  e2ee_mls_write_end (writer, begun);
}

typedef struct
{
  uint8_t key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
} welcome_keys;

static e2ee_mls_result
derive_keys (const e2ee_mls_suite * suite, const e2ee_mls_digest * welcome_secret,
    welcome_keys * keys)
{
  const e2ee_bytes secret = e2ee_mls_digest_view (suite, welcome_secret);
  e2ee_mls_result r = e2ee_mls_expand_with_label (suite, secret, "key", E2EE_NO_BYTES, keys->key,
      suite->nk);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_expand_with_label (suite, secret, "nonce", E2EE_NO_BYTES, keys->nonce, suite->nn);
  return r;
}

e2ee_mls_result
e2ee_mls_welcome_seal_info (const e2ee_mls_suite * suite, const e2ee_mls_digest * welcome_secret,
    e2ee_bytes group_info, e2ee_mls_buffer * out)
{
  welcome_keys keys;
  e2ee_mls_result r = derive_keys (suite, welcome_secret, &keys);

  *out = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_seal (suite, E2EE_BYTES (keys.key, suite->nk),
        E2EE_BYTES (keys.nonce, suite->nn), E2EE_NO_BYTES, group_info, out);
  e2ee_wipe (&keys, sizeof (keys));
  return r;
}

e2ee_mls_result
e2ee_mls_welcome_open_info (const e2ee_mls_suite * suite, const e2ee_mls_digest * welcome_secret,
    e2ee_bytes encrypted, e2ee_mls_buffer * group_info)
{
  welcome_keys keys;
  e2ee_mls_result r = derive_keys (suite, welcome_secret, &keys);

  *group_info = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_open (suite, E2EE_BYTES (keys.key, suite->nk),
        E2EE_BYTES (keys.nonce, suite->nn), E2EE_NO_BYTES, encrypted, group_info);
  e2ee_wipe (&keys, sizeof (keys));
  return r;
}

e2ee_mls_result
e2ee_mls_welcome_seal_secrets (const e2ee_mls_suite * suite, const e2ee_env * env,
    e2ee_bytes init_key, const e2ee_mls_group_secrets * secrets, e2ee_bytes encrypted_group_info,
    e2ee_mls_buffer * kem_output, e2ee_mls_buffer * ciphertext)
{
  e2ee_mls_writer plaintext = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *kem_output = *ciphertext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_group_secrets_write (&plaintext, secrets);
  r = plaintext.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_encrypt_with_label (suite, env, init_key, "Welcome", encrypted_group_info,
        e2ee_mls_writer_view (&plaintext), kem_output, ciphertext);
  e2ee_mls_writer_clear (&plaintext);
  return r;
}

e2ee_mls_result
e2ee_mls_welcome_open_secrets (const e2ee_mls_suite * suite, const e2ee_mls_welcome * welcome,
    const e2ee_mls_digest * ref, e2ee_bytes init_private, e2ee_mls_buffer * plaintext)
{
  *plaintext = E2EE_MLS_NO_BUFFER;
  for (size_t i = 0; i < welcome->n_secrets; i++) {
    const e2ee_mls_hpke_ciphertext *sealed = &welcome->secrets[i].encrypted_group_secrets;

    if (e2ee_equal (welcome->secrets[i].new_member, e2ee_mls_digest_view (suite, ref)))
      return e2ee_mls_decrypt_with_label (suite, init_private, "Welcome",
          welcome->encrypted_group_info, sealed->kem_output, sealed->ciphertext, plaintext);
  }
  return E2EE_MLS_ERR_WELCOME_NOT_FOR_US;
}
