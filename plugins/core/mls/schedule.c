/* The key schedule and the exporter, RFC 9420 section 8.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/schedule.h"

#include "core/crypto/secret.h"

e2ee_mls_epoch_secrets *
e2ee_mls_epoch_secrets_new (void)
{
  return e2ee_secret_alloc (sizeof (e2ee_mls_epoch_secrets));
}

void
e2ee_mls_epoch_secrets_free (e2ee_mls_epoch_secrets * secrets)
{
  e2ee_secret_free (secrets);
}

static void
extract (const e2ee_mls_suite * suite, const e2ee_mls_digest * salt, const e2ee_mls_digest * ikm,
    e2ee_mls_digest * out)
{
  e2ee_hkdf_extract (suite->hash, e2ee_mls_digest_view (suite, salt),
      e2ee_mls_digest_view (suite, ikm), out->data);
}

/* init_secret[n-1] and commit_secret extracted, then "joiner" expanded over the GroupContext. */
e2ee_mls_result
e2ee_mls_joiner_secret (const e2ee_mls_suite * suite, const e2ee_mls_digest * init_secret,
    const e2ee_mls_digest * commit_secret, e2ee_bytes group_context, e2ee_mls_digest * out)
{
  e2ee_mls_digest extracted;
  e2ee_mls_result r;

  extract (suite, init_secret, commit_secret, &extracted);
  r = e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &extracted), "joiner",
      group_context, out->data, suite->nh);
  e2ee_wipe (&extracted, sizeof (extracted));
  return r;
}

/* The point between joiner_secret and epoch_secret where the PSKs come in. */
e2ee_mls_result
e2ee_mls_welcome_secret (const e2ee_mls_suite * suite, const e2ee_mls_digest * joiner_secret,
    const e2ee_mls_digest * psk_secret, e2ee_mls_digest * out)
{
  e2ee_mls_digest member_secret;
  e2ee_mls_result r;

  extract (suite, joiner_secret, psk_secret, &member_secret);
  r = e2ee_mls_derive_secret (suite, e2ee_mls_digest_view (suite, &member_secret), "welcome", out);
  e2ee_wipe (&member_secret, sizeof (member_secret));
  return r;
}

e2ee_mls_result
e2ee_mls_epoch_secrets_derive (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * joiner_secret, const e2ee_mls_digest * psk_secret,
    e2ee_bytes group_context, e2ee_mls_epoch_secrets * out)
{
  e2ee_mls_digest member_secret, epoch_secret;
  e2ee_mls_result r;

  extract (suite, joiner_secret, psk_secret, &member_secret);
  r = e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &member_secret), "epoch",
      group_context, epoch_secret.data, suite->nh);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_secrets_expand (suite, &epoch_secret, out);
  e2ee_wipe (&member_secret, sizeof (member_secret));
  e2ee_wipe (&epoch_secret, sizeof (epoch_secret));
  return r;
}

/* Section 8, table 4. */
e2ee_mls_result
e2ee_mls_epoch_secrets_expand (const e2ee_mls_suite * suite, const e2ee_mls_digest * epoch_secret,
    e2ee_mls_epoch_secrets * out)
{
  const struct
  {
    const char *label;
    e2ee_mls_digest *secret;
  } rows[] = {
    {"sender data", &out->sender_data_secret},
    {"encryption", &out->encryption_secret},
    {"exporter", &out->exporter_secret},
    {"external", &out->external_secret},
    {"confirm", &out->confirmation_key},
    {"membership", &out->membership_key},
    {"resumption", &out->resumption_psk},
    {"authentication", &out->epoch_authenticator},
    {"init", &out->init_secret},
  };
  e2ee_mls_result r = E2EE_MLS_OK;

  for (size_t i = 0; i < sizeof (rows) / sizeof (rows[0]) && r == E2EE_MLS_OK; i++)
    r = e2ee_mls_derive_secret (suite, e2ee_mls_digest_view (suite, epoch_secret), rows[i].label,
        rows[i].secret);
  if (r != E2EE_MLS_OK)
    e2ee_wipe (out, sizeof (*out));
  return r;
}

e2ee_mls_result
e2ee_mls_external_key_pair (const e2ee_mls_suite * suite, const e2ee_mls_digest * external_secret,
    e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  return e2ee_mls_hpke_derive_key_pair (suite, e2ee_mls_digest_view (suite, external_secret),
      private_key, public_key);
}

/* Section 8.5: DeriveSecret with the label, then "exported" over the hash of the context. */
e2ee_mls_result
e2ee_mls_exporter (const e2ee_mls_suite * suite, const e2ee_mls_digest * exporter_secret,
    const char *label, e2ee_bytes context, uint8_t * out, size_t out_size)
{
  e2ee_mls_digest derived, context_hash;
  e2ee_mls_result r;

  if (out_size > UINT16_MAX || out_size > 255 * suite->nh)
    return E2EE_MLS_ERR_EXPORT_LENGTH;
  e2ee_mls_hash (suite, &context, 1, context_hash.data);
  r = e2ee_mls_derive_secret (suite, e2ee_mls_digest_view (suite, exporter_secret), label,
      &derived);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &derived), "exported",
        e2ee_mls_digest_view (suite, &context_hash), out, out_size);
  e2ee_wipe (&derived, sizeof (derived));
  return r;
}
