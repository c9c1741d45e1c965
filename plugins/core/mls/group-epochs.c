/* Epochs: what each holds, and how long the past ones are kept; RFC 9420 sections 8 and 9.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

e2ee_mls_epoch *
e2ee_mls_epoch_new (void)
{
  return e2ee_mls_alloc (1, sizeof (e2ee_mls_epoch));
}

void
e2ee_mls_epoch_free (e2ee_mls_epoch * epoch)
{
  if (epoch == NULL)
    return;
  e2ee_mls_tree_free (epoch->tree);
  e2ee_mls_tree_keys_free (epoch->keys);
  e2ee_mls_buffer_clear (&epoch->encoded_context);
  e2ee_mls_epoch_secrets_free (epoch->secrets);
  e2ee_mls_secret_tree_free (epoch->ratchets);
  e2ee_mls_free (epoch);
}

e2ee_mls_result
e2ee_mls_epoch_set_context (e2ee_mls_epoch * epoch, const e2ee_mls_group_context * context)
{
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  /* @context may point into what is replaced here. */
  r = e2ee_mls_group_context_encode (context, &encoded);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_buffer_clear (&epoch->encoded_context);
  epoch->encoded_context = encoded;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (encoded), NULL);
  e2ee_mls_group_context_read (&reader, &epoch->context);
  return e2ee_mls_reader_finish (&reader);
}

e2ee_mls_result
e2ee_mls_epoch_start_ratchets (e2ee_mls_epoch * epoch)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (epoch->tree);
  e2ee_mls_result r;

  r = e2ee_mls_secret_tree_new (suite, e2ee_mls_tree_n_leaves (epoch->tree),
      &epoch->secrets->encryption_secret, &epoch->ratchets);
  e2ee_wipe (&epoch->secrets->encryption_secret, sizeof (epoch->secrets->encryption_secret));
  return r;
}

void
e2ee_mls_epoch_confirmation_tag (const e2ee_mls_epoch * epoch, e2ee_mls_digest * tag)
{
  e2ee_mls_confirmation_tag (e2ee_mls_tree_suite (epoch->tree),
      &epoch->secrets->confirmation_key, epoch->context.confirmed_transcript_hash, tag);
}

e2ee_mls_result
e2ee_mls_epoch_set_interim (e2ee_mls_epoch * epoch, e2ee_bytes confirmation_tag)
{
  return e2ee_mls_interim_transcript_hash (e2ee_mls_tree_suite (epoch->tree),
      epoch->context.confirmed_transcript_hash, confirmation_tag, &epoch->interim);
}

/* Leaves what opens late application messages (tree and context verify their signatures) and what
 * a resumption PSK may ask for. */
static void
retire (e2ee_mls_epoch * epoch)
{
  e2ee_mls_epoch_secrets *secrets = epoch->secrets;

  e2ee_mls_tree_keys_free (epoch->keys);
  epoch->keys = NULL;
  e2ee_wipe (&secrets->encryption_secret, sizeof (secrets->encryption_secret));
  e2ee_wipe (&secrets->exporter_secret, sizeof (secrets->exporter_secret));
  e2ee_wipe (&secrets->external_secret, sizeof (secrets->external_secret));
  e2ee_wipe (&secrets->confirmation_key, sizeof (secrets->confirmation_key));
  e2ee_wipe (&secrets->membership_key, sizeof (secrets->membership_key));
  e2ee_wipe (&secrets->epoch_authenticator, sizeof (secrets->epoch_authenticator));
  e2ee_wipe (&secrets->init_secret, sizeof (secrets->init_secret));
}

e2ee_mls_epoch *
e2ee_mls_group_past (const e2ee_mls_group * group, uint64_t number)
{
  for (size_t i = 0; i < group->n_past; i++) {
    if (group->past[i]->context.epoch == number)
      return group->past[i];
  }
  return NULL;
}

static void
forget_oldest (e2ee_mls_group * group)
{
  group->n_past--;
  e2ee_mls_epoch_free (group->past[group->n_past]);
  group->past[group->n_past] = NULL;
}

void
e2ee_mls_group_expire (e2ee_mls_group * group)
{
  const uint64_t now = group->host->env->now_ms (group->host->env->user);

  while (group->n_past > 0 && group->past[group->n_past - 1]->expires_ms <= now)
    forget_oldest (group);
}

void
e2ee_mls_group_move_on (e2ee_mls_group * group, e2ee_mls_epoch * next)
{
  const e2ee_mls_host *host = group->host;
  e2ee_mls_epoch *before = group->epoch;
  size_t limit = host->max_past_epochs != 0
      ? host->max_past_epochs : E2EE_MLS_DEFAULT_PAST_EPOCHS;

  if (limit > E2EE_MLS_MAX_PAST_EPOCHS)
    limit = E2EE_MLS_MAX_PAST_EPOCHS;
  group->epoch = next;
  /* Of an external join: nothing was ever opened in it. */
  if (before->secrets == NULL) {
    e2ee_mls_epoch_free (before);
    return;
  }
  retire (before);
  before->expires_ms = host->env->now_ms (host->env->user)
      + (host->max_past_ms != 0 ? host->max_past_ms : E2EE_MLS_DEFAULT_PAST_MS);
  while (group->n_past >= limit)
    forget_oldest (group);
  for (size_t i = group->n_past; i > 0; i--)
    group->past[i] = group->past[i - 1];
  group->past[0] = before;
  group->n_past++;
  e2ee_mls_group_expire (group);
}
