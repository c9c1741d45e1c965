/* Our own joins: the key packages under which we ask to be let in, whose private halves we hold.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/meeting/state/state.h"

static const uint8_t state_extension_type[2] = {
  E2EE_EXTENSION_MEETING_STATE >> 8, E2EE_EXTENSION_MEETING_STATE & 255
};

const e2ee_mls_leaf_params e2ee_meeting_leaf_params = {
  .extension_types = { state_extension_type, sizeof (state_extension_type) },
};

/* ---- a leaf of ours ---- */

e2ee_meeting_result
e2ee_meeting_make_identity (e2ee_meeting * m, e2ee_mls_identity ** identity)
{
  uint8_t public_key[crypto_sign_ed25519_PUBLICKEYBYTES];
  uint8_t expanded[crypto_sign_ed25519_SECRETKEYBYTES];
  uint8_t seed[crypto_sign_ed25519_SEEDBYTES];
  e2ee_mls_credential credential = { .type = E2EE_MLS_CREDENTIAL_BASIC };
  e2ee_mls_buffer bound = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  m->host->env->random (m->host->env->user, seed, sizeof (seed));
  crypto_sign_ed25519_seed_keypair (public_key, expanded, seed);
  r = e2ee_identity_bind (e2ee_mls_buffer_view (m->token), m->device, m->ticket.meeting_id,
      E2EE_BYTES (public_key, sizeof (public_key)), e2ee_meeting_unix_time (m), &bound);
  credential.body = e2ee_mls_buffer_view (bound);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_identity_new (&m->mls_host, m->mls_suite, &credential,
            E2EE_BYTES (seed, sizeof (seed)), identity));
  e2ee_mls_buffer_clear (&bound);
  e2ee_wipe (seed, sizeof (seed));
  e2ee_wipe (expanded, sizeof (expanded));
  return r;
}

/* ---- key packages ---- */

void
e2ee_meeting_drop_joiners (e2ee_meeting * m)
{
  for (size_t i = 0; i < E2EE_N_JOINERS; i++) {
    e2ee_mls_joiner_free (m->joins.joiners[i]);
    m->joins.joiners[i] = NULL;
  }
}

static void
remember_join_key (e2ee_meeting * m, e2ee_bytes key)
{
  if (key.size != sizeof (m->joins.keys[0]))
    return;
  memcpy (m->joins.keys[m->joins.next_key], key.data, key.size);
  m->joins.next_key = (m->joins.next_key + 1) % E2EE_N_JOIN_KEYS;
}

/* The one before stays: its Welcome may be on its way. */
static e2ee_meeting_result
renew_joiner (e2ee_meeting * m)
{
  e2ee_mls_identity *identity = NULL;
  e2ee_mls_joiner *joiner = NULL;
  e2ee_meeting_result r;

  r = e2ee_meeting_make_identity (m, &identity);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_joiner_new (&m->mls_host, identity,
            &e2ee_meeting_leaf_params, &joiner));
  if (r == E2EE_MEETING_OK)
    remember_join_key (m, e2ee_mls_identity_signature_key (identity));
  e2ee_mls_identity_unref (identity);
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_mls_joiner_free (m->joins.joiners[1]);
  m->joins.joiners[1] = m->joins.joiners[0];
  m->joins.joiners[0] = joiner;
  m->joins.since_ms = e2ee_meeting_now (m);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_key_package (e2ee_meeting * m, e2ee_bytes * key_package)
{
  e2ee_meeting_result r = E2EE_MEETING_OK;

  *key_package = E2EE_NO_BYTES;
  if (m->joins.joiners[0] == NULL
      || e2ee_meeting_now (m) - m->joins.since_ms >= E2EE_JOINER_LIFE_MS)
    r = renew_joiner (m);
  if (r == E2EE_MEETING_OK)
    *key_package = e2ee_mls_joiner_key_package (m->joins.joiners[0]);
  return r;
}

int
e2ee_meeting_is_own_key_package (const e2ee_meeting * m, e2ee_bytes key_package)
{
  for (size_t i = 0; i < E2EE_N_JOINERS; i++) {
    if (m->joins.joiners[i] != NULL) {
      const e2ee_bytes own = e2ee_mls_joiner_key_package (m->joins.joiners[i]);

      if (own.size == key_package.size && e2ee_equal (own, key_package))
        return 1;
    }
  }
  return 0;
}

/* ---- what became of them ---- */

e2ee_mls_result
e2ee_meeting_open_welcome (e2ee_meeting * m, e2ee_bytes welcome, e2ee_mls_group ** group)
{
  e2ee_mls_result r = E2EE_MLS_ERR_WELCOME_NOT_FOR_US;

  *group = NULL;
  for (size_t i = 0; i < E2EE_N_JOINERS && r == E2EE_MLS_ERR_WELCOME_NOT_FOR_US; i++) {
    if (m->joins.joiners[i] != NULL)
      r = e2ee_mls_group_join (&m->mls_host, m->joins.joiners[i], welcome, E2EE_NO_BYTES, group);
  }
  return r;
}

e2ee_join_owner
e2ee_meeting_whose_join (const e2ee_meeting * m, e2ee_bytes signature_key)
{
  for (size_t i = 0; i < E2EE_N_JOINERS; i++) {
    e2ee_mls_key_package own;

    if (m->joins.joiners[i] != NULL && e2ee_mls_key_package_check (&m->mls_host, m->mls_suite,
            e2ee_mls_joiner_key_package (m->joins.joiners[i]), &own) == E2EE_MLS_OK
        && e2ee_equal (own.leaf.signature_key, signature_key))
      return E2EE_JOIN_OURS;
  }
  for (size_t i = 0; i < E2EE_N_JOIN_KEYS; i++) {
    if (e2ee_equal (E2EE_BYTES (m->joins.keys[i], sizeof (m->joins.keys[i])), signature_key))
      return E2EE_JOIN_OLD;
  }
  return E2EE_JOIN_OTHER;
}
