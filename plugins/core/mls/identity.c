/* Who we are: a signature key and a credential, and what our leaves say; RFC 9420 section 5.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

/* Clocks differ: a leaf made now must be valid where it is earlier. */
#define DEFAULT_LIFETIME_BEFORE 3600
#define DEFAULT_LIFETIME_AFTER (30 * 24 * 3600)

e2ee_mls_result
e2ee_mls_identity_new (const e2ee_mls_host * host, unsigned suite_id,
    const e2ee_mls_credential * credential, e2ee_bytes signature_private,
    e2ee_mls_identity ** out)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_find (suite_id);
  e2ee_mls_identity *identity;
  e2ee_mls_result r;

  *out = NULL;
  if (suite == NULL)
    return E2EE_MLS_ERR_UNSUPPORTED_SUITE;
  if (credential->type != E2EE_MLS_CREDENTIAL_BASIC)
    return E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL;
  identity = e2ee_mls_alloc (1, sizeof (*identity));
  if (identity == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  atomic_init (&identity->references, 1);
  identity->suite = suite;
  r = e2ee_mls_buffer_dup (credential->body, &identity->body);
  if (r == E2EE_MLS_OK && signature_private.size == 0) {
    r = e2ee_mls_signature_key_generate (suite, host->env, &identity->signature_private,
        &identity->signature_public);
  } else if (r == E2EE_MLS_OK) {
    r = e2ee_mls_signature_key_public (suite, signature_private, &identity->signature_public);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_secret_dup (signature_private, &identity->signature_private);
  }
  identity->credential.type = credential->type;
  identity->credential.body = e2ee_mls_buffer_view (identity->body);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_identity_unref (identity);
    return r;
  }
  *out = identity;
  return E2EE_MLS_OK;
}

e2ee_mls_identity *
e2ee_mls_identity_ref (e2ee_mls_identity * identity)
{
  atomic_fetch_add_explicit (&identity->references, 1, memory_order_relaxed);
  return identity;
}

void
e2ee_mls_identity_unref (e2ee_mls_identity * identity)
{
  if (identity == NULL
      || atomic_fetch_sub_explicit (&identity->references, 1, memory_order_acq_rel) != 1)
    return;
  e2ee_mls_secret_clear (&identity->signature_private);
  e2ee_mls_buffer_clear (&identity->signature_public);
  e2ee_mls_buffer_clear (&identity->body);
  e2ee_mls_free (identity);
}

e2ee_bytes
e2ee_mls_identity_signature_key (const e2ee_mls_identity * identity)
{
  return e2ee_mls_buffer_view (identity->signature_public);
}

/* ---- leaves ---- */

/* The contents of a list of uint16: @first, then @more as it stands. */
static e2ee_mls_result
make_list (e2ee_mls_arena * arena, const uint16_t * first, size_t n_first, e2ee_bytes more,
    e2ee_bytes * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  for (size_t i = 0; i < n_first; i++)
    e2ee_mls_write_u16 (&writer, first[i]);
  e2ee_mls_write_raw (&writer, more);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (arena, e2ee_mls_writer_view (&writer), out);
  e2ee_mls_writer_clear (&writer);
  return r;
}

static e2ee_mls_result
make_suites (e2ee_mls_arena * arena, const e2ee_mls_suite * own, e2ee_bytes * out)
{
  uint16_t ids[16];
  const e2ee_mls_suite *suite;
  size_t n = 0;

  ids[n++] = own->id;
  for (size_t i = 0; n < 16 && (suite = e2ee_mls_suite_nth (i)) != NULL; i++) {
    if (suite != own)
      ids[n++] = suite->id;
  }
  return make_list (arena, ids, n, E2EE_NO_BYTES, out);
}

/* Others would refuse a leaf that carries what it does not list (section 7.3). */
static int
lists_its_extensions (const e2ee_mls_leaf_node * leaf)
{
  e2ee_mls_extensions left = leaf->extensions;
  e2ee_mls_extension extension;

  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (!e2ee_mls_extension_is_default (extension.type)
        && !e2ee_mls_u16_list_has (leaf->capabilities.extensions, extension.type))
      return 0;
  }
  return e2ee_mls_extensions_unique (&leaf->extensions);
}

e2ee_mls_result
e2ee_mls_leaf_make (const e2ee_mls_host * host, const e2ee_mls_identity * identity,
    const e2ee_mls_leaf_params * params, e2ee_mls_arena * arena, e2ee_mls_leaf_node * leaf)
{
  static const e2ee_mls_leaf_params defaults;
  const uint16_t version = E2EE_MLS_VERSION;
  e2ee_mls_capabilities *capabilities = &leaf->capabilities;
  e2ee_mls_result r;

  *leaf = (e2ee_mls_leaf_node) { .source = E2EE_MLS_LEAF_KEY_PACKAGE };
  if (params == NULL)
    params = &defaults;
  if ((params->extension_types.size | params->proposal_types.size
          | params->credential_types.size) & 1)
    return E2EE_MLS_ERR_ARGUMENT;
  r = e2ee_mls_arena_dup (arena, e2ee_mls_identity_signature_key (identity),
      &leaf->signature_key);
  leaf->credential.type = identity->credential.type;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (arena, identity->credential.body, &leaf->credential.body);
  if (r == E2EE_MLS_OK)
    r = make_list (arena, &version, 1, E2EE_NO_BYTES, &capabilities->versions);
  if (r == E2EE_MLS_OK)
    r = make_suites (arena, identity->suite, &capabilities->cipher_suites);
  if (r == E2EE_MLS_OK)
    r = make_list (arena, NULL, 0, params->extension_types, &capabilities->extensions);
  if (r == E2EE_MLS_OK)
    r = make_list (arena, NULL, 0, params->proposal_types, &capabilities->proposals);
  if (r == E2EE_MLS_OK)
    r = make_list (arena, &identity->credential.type, 1, params->credential_types,
        &capabilities->credentials);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (arena, params->leaf_extensions.list, &leaf->extensions.list);
  leaf->not_before = params->not_before;
  leaf->not_after = params->not_after;
  if (params->not_before == 0 && params->not_after == 0) {
    const uint64_t now = host->unix_time (host->user);

    leaf->not_before = now > DEFAULT_LIFETIME_BEFORE ? now - DEFAULT_LIFETIME_BEFORE : 0;
    leaf->not_after = now + DEFAULT_LIFETIME_AFTER;
  }
  if (r == E2EE_MLS_OK && !lists_its_extensions (leaf))
    r = E2EE_MLS_ERR_ARGUMENT;
  return r;
}
