/* Rules for leaf nodes and key packages, RFC 9420 sections 7.3 and 10.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/validate.h"

#include <string.h>

#include "core/mls/proposal.h"
#include "core/mls/validate-private.h"

#define DEFAULT_MAX_LIFETIME ((uint64_t) 90 * 24 * 3600)
#define DEFAULT_CLOCK_SKEW ((uint64_t) 3600)

static int
same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

int
e2ee_mls_leaf_supports_extension (const e2ee_mls_leaf_node * leaf, uint16_t type)
{
  return e2ee_mls_extension_is_default (type)
      || e2ee_mls_u16_list_has (leaf->capabilities.extensions, type);
}

int
e2ee_mls_leaf_supports_proposal (const e2ee_mls_leaf_node * leaf, uint16_t type)
{
  return e2ee_mls_proposal_is_default (type)
      || e2ee_mls_u16_list_has (leaf->capabilities.proposals, type);
}

int
e2ee_mls_leaf_supports_credential (const e2ee_mls_leaf_node * leaf, uint16_t type)
{
  return e2ee_mls_u16_list_has (leaf->capabilities.credentials, type);
}

/* Section 7.2: what every implementation has is never listed. */
static e2ee_mls_result
check_no_defaults_listed (const e2ee_mls_capabilities * capabilities)
{
  for (size_t i = 0; i < e2ee_mls_u16_list_size (capabilities->extensions); i++) {
    if (e2ee_mls_extension_is_default (e2ee_mls_u16_list_get (capabilities->extensions, i)))
      return E2EE_MLS_ERR_LEAF_DEFAULT_LISTED;
  }
  for (size_t i = 0; i < e2ee_mls_u16_list_size (capabilities->proposals); i++) {
    if (e2ee_mls_proposal_is_default (e2ee_mls_u16_list_get (capabilities->proposals, i)))
      return E2EE_MLS_ERR_LEAF_DEFAULT_LISTED;
  }
  return E2EE_MLS_OK;
}

/* Sections 7.2, 10 and 13: no type twice, and each in the leaf's own capabilities. */
static e2ee_mls_result
check_own_extensions (const e2ee_mls_leaf_node * leaf, const e2ee_mls_extensions * extensions)
{
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;

  if (!e2ee_mls_extensions_unique (extensions))
    return E2EE_MLS_ERR_DUPLICATE_EXTENSION;
  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (!e2ee_mls_leaf_supports_extension (leaf, extension.type))
      return E2EE_MLS_ERR_LEAF_EXTENSION_UNLISTED;
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
check_capabilities (const e2ee_mls_suite * suite, const e2ee_mls_leaf_node * leaf)
{
  const e2ee_mls_capabilities *capabilities = &leaf->capabilities;
  e2ee_mls_result r = check_no_defaults_listed (capabilities);

  if (r != E2EE_MLS_OK)
    return r;
  if (!e2ee_mls_u16_list_has (capabilities->versions, E2EE_MLS_VERSION)
      || !e2ee_mls_u16_list_has (capabilities->cipher_suites, suite->id))
    return E2EE_MLS_ERR_LEAF_CAPABILITIES;
  if (!e2ee_mls_leaf_supports_credential (leaf, leaf->credential.type))
    return E2EE_MLS_ERR_LEAF_CREDENTIAL_UNLISTED;
  return check_own_extensions (leaf, &leaf->extensions);
}

e2ee_mls_result
e2ee_mls_leaf_meets_requirements (const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_required_capabilities * required)
{
  for (size_t i = 0; i < e2ee_mls_u16_list_size (required->extensions); i++) {
    if (!e2ee_mls_leaf_supports_extension (leaf, e2ee_mls_u16_list_get (required->extensions, i)))
      return E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES;
  }
  for (size_t i = 0; i < e2ee_mls_u16_list_size (required->proposals); i++) {
    if (!e2ee_mls_leaf_supports_proposal (leaf, e2ee_mls_u16_list_get (required->proposals, i)))
      return E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES;
  }
  for (size_t i = 0; i < e2ee_mls_u16_list_size (required->credentials); i++) {
    if (!e2ee_mls_leaf_supports_credential (leaf,
            e2ee_mls_u16_list_get (required->credentials, i)))
      return E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES;
  }
  return E2EE_MLS_OK;
}

/* Sections 7.3 and 13: required_capabilities, and every extension that the group uses. */
static e2ee_mls_result
check_group_extensions (const e2ee_mls_leaf_node * leaf, const e2ee_mls_extensions * extensions)
{
  e2ee_mls_required_capabilities required;
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;
  e2ee_mls_result r = e2ee_mls_required_capabilities_find (extensions, &required);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_meets_requirements (leaf, &required);
  if (r != E2EE_MLS_OK)
    return r;
  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (!e2ee_mls_leaf_supports_extension (leaf, extension.type))
      return E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES;
  }
  return E2EE_MLS_OK;
}

/* The range is a rule of ours that section 7.2 tells every application to have, and holds in old
 * trees too; the time is only looked at while a leaf is new. */
static e2ee_mls_result
check_lifetime (const e2ee_mls_leaf_check * check, const e2ee_mls_leaf_node * leaf)
{
  const e2ee_mls_host *host = check->host;
  const uint64_t longest = host->max_lifetime > 0 ? host->max_lifetime : DEFAULT_MAX_LIFETIME;
  const uint64_t skew = host->clock_skew > 0 ? host->clock_skew : DEFAULT_CLOCK_SKEW;
  uint64_t now;

  if (leaf->source != E2EE_MLS_LEAF_KEY_PACKAGE)
    return E2EE_MLS_OK;
  if (leaf->not_after < leaf->not_before || leaf->not_after - leaf->not_before > longest)
    return E2EE_MLS_ERR_LEAF_LIFETIME_RANGE;
  if (!check->check_lifetime)
    return E2EE_MLS_OK;
  now = host->unix_time (host->user);
  if (now < leaf->not_before && leaf->not_before - now > skew)
    return E2EE_MLS_ERR_LEAF_LIFETIME;
  if (now > leaf->not_after && now - leaf->not_after > skew)
    return E2EE_MLS_ERR_LEAF_LIFETIME;
  return E2EE_MLS_OK;
}

static e2ee_mls_result
ask_host (const e2ee_mls_leaf_check * check, const e2ee_mls_leaf_node * leaf)
{
  const e2ee_mls_leaf_node *old = check->old;
  const e2ee_mls_credential_check question = {
    .place = check->credential_place,
    .credential = &leaf->credential,
    .signature_key = leaf->signature_key,
    .old_credential = old != NULL ? &old->credential : NULL,
    .old_signature_key = old != NULL ? old->signature_key : E2EE_NO_BYTES,
    .group_id = check->place.group_id,
  };

  if (check->host->check_credential (check->host->user, &question))
    return E2EE_MLS_OK;
  return old != NULL && (!same (old->signature_key, leaf->signature_key)
      || !e2ee_mls_credential_equal (&old->credential, &leaf->credential)) ?
      E2EE_MLS_ERR_SUCCESSOR_REFUSED : E2EE_MLS_ERR_CREDENTIAL_REFUSED;
}

/* What is cheap and needs no trust comes first, the application last: it is asked only about leaves
 * that are right. */
e2ee_mls_result
e2ee_mls_leaf_validate (const e2ee_mls_leaf_check * check, const e2ee_mls_leaf_node * leaf)
{
  const e2ee_mls_suite *suite = check->suite;
  e2ee_mls_result r;

  if (leaf->source != check->source)
    return E2EE_MLS_ERR_LEAF_SOURCE;
  if (leaf->encryption_key.size != suite->kem->n_public
      || leaf->signature_key.size != suite->signer->n_public)
    return E2EE_MLS_ERR_KEY;
  r = check_capabilities (suite, leaf);
  if (r == E2EE_MLS_OK && check->group_extensions != NULL)
    r = check_group_extensions (leaf, check->group_extensions);
  if (r == E2EE_MLS_OK)
    r = check_lifetime (check, leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_node_verify (suite, leaf, &check->place);
  if (r == E2EE_MLS_OK)
    r = ask_host (check, leaf);
  return r;
}

/* One other member: they have different signature keys and support what the other shows. */
static e2ee_mls_result
check_against (const e2ee_mls_leaf_node * leaf, const e2ee_mls_leaf_node * other)
{
  if (same (leaf->signature_key, other->signature_key))
    return E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY;
  if (!e2ee_mls_leaf_supports_credential (other, leaf->credential.type)
      || !e2ee_mls_leaf_supports_credential (leaf, other->credential.type))
    return E2EE_MLS_ERR_LEAF_CREDENTIAL_UNSUPPORTED;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_leaf_validate_in_tree (const e2ee_mls_tree * tree, const e2ee_mls_leaf_node * leaf,
    uint32_t replaced)
{
  const e2ee_mls_leaf_node *old =
      replaced != E2EE_MLS_NO_NODE ? e2ee_mls_tree_leaf (tree, replaced) : NULL;

  if (old != NULL && same (old->encryption_key, leaf->encryption_key))
    return E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED;
  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *other = e2ee_mls_tree_leaf (tree, i);
    e2ee_mls_result r;

    if (other == NULL || i == replaced)
      continue;
    r = check_against (leaf, other);
    if (r != E2EE_MLS_OK)
      return r;
  }
  /* Over parents too: one private key must not open for a leaf and for many. */
  if (e2ee_mls_tree_find_encryption_key (tree, leaf->encryption_key) != E2EE_MLS_NO_NODE)
    return E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_key_package_validate (const e2ee_mls_leaf_check * check,
    const e2ee_mls_key_package * key_package)
{
  const e2ee_mls_leaf_node *leaf = &key_package->leaf;
  e2ee_mls_leaf_check leaf_check = *check;
  e2ee_mls_result r;

  if (key_package->version != E2EE_MLS_VERSION || key_package->cipher_suite != check->suite->id)
    return E2EE_MLS_ERR_KEY_PACKAGE_SUITE;
  if (key_package->init_key.size != check->suite->kem->n_public)
    return E2EE_MLS_ERR_KEY;
  if (same (key_package->init_key, leaf->encryption_key))
    return E2EE_MLS_ERR_KEY_PACKAGE_INIT_KEY;
  r = check_own_extensions (leaf, &key_package->extensions);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_key_package_verify (check->suite, key_package);
  if (r != E2EE_MLS_OK)
    return r;
  leaf_check.source = E2EE_MLS_LEAF_KEY_PACKAGE;
  return e2ee_mls_leaf_validate (&leaf_check, leaf);
}
