/* A key package and its private half, RFC 9420 section 10.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

static e2ee_mls_joiner *
joiner_alloc (const e2ee_mls_host * host, const e2ee_mls_suite * suite)
{
  e2ee_mls_joiner *joiner = e2ee_mls_alloc (1, sizeof (*joiner));

  if (joiner != NULL) {
    joiner->host = host;
    joiner->suite = suite;
  }
  return joiner;
}

void
e2ee_mls_joiner_free (e2ee_mls_joiner * joiner)
{
  if (joiner == NULL)
    return;
  e2ee_mls_identity_unref (joiner->identity);
  e2ee_mls_buffer_clear (&joiner->message);
  e2ee_mls_secret_clear (&joiner->init_private);
  e2ee_mls_secret_clear (&joiner->encryption_private);
  e2ee_mls_free (joiner);
}

/* joiner->key_package from joiner->message. */
static e2ee_mls_result
read_message (e2ee_mls_joiner * joiner)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_result r;

  r = e2ee_mls_message_decode (e2ee_mls_buffer_view (joiner->message), &arena, &message);
  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_KEY_PACKAGE)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r == E2EE_MLS_OK)
    joiner->key_package = message.u.key_package;
  e2ee_mls_arena_clear (&arena);
  return r;
}

/* Signs leaf and key package, and keeps the message. */
static e2ee_mls_result
sign (e2ee_mls_joiner * joiner, e2ee_mls_key_package * key_package)
{
  const e2ee_bytes private_key = e2ee_mls_secret_view (joiner->identity->signature_private);
  e2ee_mls_buffer leaf_signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message message = { .wire_format = E2EE_MLS_WIRE_KEY_PACKAGE };
  e2ee_mls_result r;

  r = e2ee_mls_leaf_node_sign (joiner->suite, &key_package->leaf, NULL, private_key,
      &leaf_signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_key_package_sign (joiner->suite, key_package, private_key, &signature);
  if (r == E2EE_MLS_OK) {
    message.u.key_package = *key_package;
    r = e2ee_mls_message_encode (&message, &joiner->message);
  }
  e2ee_mls_buffer_clear (&leaf_signature);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

e2ee_mls_result
e2ee_mls_joiner_new (const e2ee_mls_host * host, e2ee_mls_identity * identity,
    const e2ee_mls_leaf_params * params, e2ee_mls_joiner ** out)
{
  const e2ee_mls_suite *suite = identity->suite;
  e2ee_mls_key_package key_package = { .version = E2EE_MLS_VERSION, .cipher_suite = suite->id };
  e2ee_mls_buffer init_public = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer encryption_public = E2EE_MLS_NO_BUFFER;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_joiner *joiner = joiner_alloc (host, suite);
  e2ee_mls_result r;

  *out = NULL;
  if (joiner == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  joiner->identity = e2ee_mls_identity_ref (identity);
  r = e2ee_mls_leaf_make (host, identity, params, &arena, &key_package.leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_generate_key_pair (suite, host->env, &joiner->init_private, &init_public);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_generate_key_pair (suite, host->env, &joiner->encryption_private,
        &encryption_public);
  key_package.init_key = e2ee_mls_buffer_view (init_public);
  key_package.leaf.encryption_key = e2ee_mls_buffer_view (encryption_public);
  if (r == E2EE_MLS_OK)
    r = sign (joiner, &key_package);
  if (r == E2EE_MLS_OK)
    r = read_message (joiner);
  e2ee_mls_buffer_clear (&init_public);
  e2ee_mls_buffer_clear (&encryption_public);
  e2ee_mls_arena_clear (&arena);
  if (r == E2EE_MLS_OK)
    *out = joiner;
  else
    e2ee_mls_joiner_free (joiner);
  return r;
}

/* KEY unless @private_key is the other half of @public_key. */
static e2ee_mls_result
is_pair (const e2ee_mls_suite * suite, e2ee_bytes private_key, e2ee_bytes public_key)
{
  e2ee_mls_buffer derived = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_hpke_public_of (suite, private_key, &derived);
  if (r == E2EE_MLS_OK && !e2ee_mls_same (e2ee_mls_buffer_view (derived), public_key))
    r = E2EE_MLS_ERR_KEY;
  e2ee_mls_buffer_clear (&derived);
  return r;
}

e2ee_mls_result
e2ee_mls_joiner_import (const e2ee_mls_host * host, e2ee_bytes key_package,
    e2ee_bytes signature_private, e2ee_bytes init_private, e2ee_bytes encryption_private,
    e2ee_mls_joiner ** out)
{
  e2ee_mls_joiner *joiner = joiner_alloc (host, NULL);
  const e2ee_mls_leaf_node *leaf;
  e2ee_mls_result r;

  *out = NULL;
  if (joiner == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  leaf = &joiner->key_package.leaf;
  r = e2ee_mls_buffer_dup (key_package, &joiner->message);
  if (r == E2EE_MLS_OK)
    r = read_message (joiner);
  if (r == E2EE_MLS_OK) {
    joiner->suite = e2ee_mls_suite_find (joiner->key_package.cipher_suite);
    if (joiner->suite == NULL)
      r = E2EE_MLS_ERR_UNSUPPORTED_SUITE;
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_identity_new (host, joiner->suite->id, &leaf->credential, signature_private,
        &joiner->identity);
  if (r == E2EE_MLS_OK && !e2ee_mls_same (e2ee_mls_identity_signature_key (joiner->identity),
          leaf->signature_key))
    r = E2EE_MLS_ERR_KEY;
  if (r == E2EE_MLS_OK)
    r = is_pair (joiner->suite, init_private, joiner->key_package.init_key);
  if (r == E2EE_MLS_OK)
    r = is_pair (joiner->suite, encryption_private, leaf->encryption_key);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_secret_dup (init_private, &joiner->init_private);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_secret_dup (encryption_private, &joiner->encryption_private);
  if (r == E2EE_MLS_OK)
    *out = joiner;
  else
    e2ee_mls_joiner_free (joiner);
  return r;
}

e2ee_bytes
e2ee_mls_joiner_key_package (const e2ee_mls_joiner * joiner)
{
  return e2ee_mls_buffer_view (joiner->message);
}

e2ee_mls_result
e2ee_mls_key_package_check (const e2ee_mls_host * host, unsigned suite_id, e2ee_bytes in,
    e2ee_mls_key_package * key_package)
{
  const e2ee_mls_leaf_check check = {
    .host = host,
    .suite = e2ee_mls_suite_find (suite_id),
    .source = E2EE_MLS_LEAF_KEY_PACKAGE,
    .credential_place = E2EE_MLS_AT_KEY_PACKAGE,
    .check_lifetime = 1,
  };
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_result r;

  memset (key_package, 0, sizeof (*key_package));
  if (check.suite == NULL)
    return E2EE_MLS_ERR_UNSUPPORTED_SUITE;
  r = e2ee_mls_message_decode (in, &arena, &message);
  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_KEY_PACKAGE)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_key_package_validate (&check, &message.u.key_package);
  if (r == E2EE_MLS_OK)
    *key_package = message.u.key_package;
  e2ee_mls_arena_clear (&arena);
  return r;
}
