/* The key schedule and the exporter, RFC 9420 sections 8, 8.5, 8.6 and 8.7.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_SCHEDULE_H
#define E2EE_CORE_MLS_SCHEDULE_H

#include "core/mls/labels.h"

/* What one epoch keeps.  Allocate with e2ee_mls_epoch_secrets_new(): locked, wiped when freed. */
typedef struct
{
  e2ee_mls_digest sender_data_secret;
  e2ee_mls_digest encryption_secret;    /* wiped by its user once the secret tree is made */
  e2ee_mls_digest exporter_secret;
  e2ee_mls_digest external_secret;
  e2ee_mls_digest confirmation_key;
  e2ee_mls_digest membership_key;
  e2ee_mls_digest resumption_psk;
  e2ee_mls_digest epoch_authenticator;
  e2ee_mls_digest init_secret;
} e2ee_mls_epoch_secrets;

e2ee_mls_epoch_secrets *e2ee_mls_epoch_secrets_new (void);
/* NULL is allowed. */
void e2ee_mls_epoch_secrets_free (e2ee_mls_epoch_secrets * secrets);

/* From the last epoch's init_secret (or external init's) and the commit_secret (zeros without a
 * path).  @group_context is encoded, of the new epoch. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_joiner_secret (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * init_secret, const e2ee_mls_digest * commit_secret,
    e2ee_bytes group_context, e2ee_mls_digest * out);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_welcome_secret (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * joiner_secret, const e2ee_mls_digest * psk_secret,
    e2ee_mls_digest * out);
/* All secrets of the epoch. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_secrets_derive (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * joiner_secret, const e2ee_mls_digest * psk_secret,
    e2ee_bytes group_context, e2ee_mls_epoch_secrets * out);
/* The same from an epoch_secret that is at hand: random in a new group, section 11. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_epoch_secrets_expand (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * epoch_secret, e2ee_mls_epoch_secrets * out);

/* The external key pair of the epoch, section 8.3. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_external_key_pair (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * external_secret, e2ee_mls_secret * private_key,
    e2ee_mls_buffer * public_key);

/* MLS-Exporter (label, context, out_size).  EXPORT_LENGTH over 65535 bytes or 255 hashes. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_exporter (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * exporter_secret, const char *label, e2ee_bytes context, uint8_t * out,
    size_t out_size);

#endif
