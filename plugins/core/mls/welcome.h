/* Welcome and GroupSecrets, RFC 9420 section 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_WELCOME_H
#define E2EE_CORE_MLS_WELCOME_H

#include "core/mls/commit.h"
#include "core/mls/groupinfo.h"

typedef struct
{
  e2ee_bytes new_member;        /* KeyPackageRef */
  e2ee_mls_hpke_ciphertext encrypted_group_secrets;
} e2ee_mls_encrypted_group_secrets;

typedef struct
{
  uint16_t cipher_suite;
  e2ee_mls_encrypted_group_secrets *secrets;
  size_t n_secrets;
  e2ee_bytes encrypted_group_info;
} e2ee_mls_welcome;

void e2ee_mls_welcome_read (e2ee_mls_reader * reader, e2ee_mls_welcome * out);
void e2ee_mls_welcome_write (e2ee_mls_writer * writer, const e2ee_mls_welcome * in);

typedef struct
{
  e2ee_bytes joiner_secret;
  int has_path_secret;
  e2ee_bytes path_secret;
  e2ee_mls_psk_id *psks;
  size_t n_psks;
} e2ee_mls_group_secrets;

void e2ee_mls_group_secrets_read (e2ee_mls_reader * reader, e2ee_mls_group_secrets * out);
void e2ee_mls_group_secrets_write (e2ee_mls_writer * writer, const e2ee_mls_group_secrets * in);

/* GroupInfo under welcome_key and welcome_nonce (from e2ee_mls_welcome_secret() in schedule.h). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_welcome_seal_info (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * welcome_secret, e2ee_bytes group_info, e2ee_mls_buffer * out);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_welcome_open_info (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * welcome_secret, e2ee_bytes encrypted, e2ee_mls_buffer * group_info);

/* GroupSecrets of one new member, label "Welcome", context encrypted_group_info. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_welcome_seal_secrets (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_bytes init_key, const e2ee_mls_group_secrets * secrets,
    e2ee_bytes encrypted_group_info, e2ee_mls_buffer * kem_output, e2ee_mls_buffer * ciphertext);
/* Finds the entry of @ref and opens it; WELCOME_NOT_FOR_US when there is none.  *@plaintext is the
 * encoded GroupSecrets, to be wiped by its owner. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_welcome_open_secrets (const e2ee_mls_suite * suite,
    const e2ee_mls_welcome * welcome, const e2ee_mls_digest * ref, e2ee_bytes init_private,
    e2ee_mls_buffer * plaintext);

#endif
