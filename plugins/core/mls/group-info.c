/* GroupInfo: made for joiners, and judged by us when we are the joiner; RFC 9420 section 12.4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

/* struct { HPKEPublicKey external_pub; }, with its length. */
static e2ee_mls_result
write_external_pub (e2ee_mls_writer * writer, const e2ee_mls_epoch * epoch)
{
  e2ee_mls_writer data = E2EE_MLS_WRITER_INIT;
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_external_key_pair (e2ee_mls_tree_suite (epoch->tree),
      &epoch->secrets->external_secret, &private_key, &public_key);
  if (r == E2EE_MLS_OK) {
    e2ee_mls_write_vector (&data, e2ee_mls_buffer_view (public_key));
    r = data.result;
  }
  if (r == E2EE_MLS_OK)
    e2ee_mls_extension_write (writer, E2EE_MLS_EXT_EXTERNAL_PUB, e2ee_mls_writer_view (&data));
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_writer_clear (&data);
  return r;
}

static e2ee_mls_result
write_tree (e2ee_mls_writer * writer, const e2ee_mls_epoch * epoch)
{
  e2ee_mls_writer data = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_tree_write (&data, epoch->tree);
  r = data.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_extension_write (writer, E2EE_MLS_EXT_RATCHET_TREE, e2ee_mls_writer_view (&data));
  e2ee_mls_writer_clear (&data);
  return r;
}

e2ee_mls_result
e2ee_mls_epoch_group_info (const e2ee_mls_epoch * epoch, const e2ee_mls_identity * identity,
    uint32_t signer, int with_external_pub, int with_tree, e2ee_mls_buffer * out)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (epoch->tree);
  e2ee_mls_group_info info = { .context = epoch->context, .signer = signer };
  e2ee_mls_writer extensions = E2EE_MLS_WRITER_INIT, writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest tag;
  e2ee_mls_result r = E2EE_MLS_OK;

  e2ee_mls_epoch_confirmation_tag (epoch, &tag);
  info.confirmation_tag = e2ee_mls_digest_view (suite, &tag);
  if (with_external_pub)
    r = write_external_pub (&extensions, epoch);
  if (r == E2EE_MLS_OK && with_tree)
    r = write_tree (&extensions, epoch);
  if (r == E2EE_MLS_OK)
    r = extensions.result;
  info.extensions.list = e2ee_mls_writer_view (&extensions);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_info_sign (suite, &info,
        e2ee_mls_secret_view (identity->signature_private), &signature);
  if (r == E2EE_MLS_OK) {
    e2ee_mls_group_info_write (&writer, &info);
    r = e2ee_mls_writer_finish (&writer, out);
  }
  e2ee_mls_writer_clear (&extensions);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

e2ee_mls_result
e2ee_mls_group_info_wrap (e2ee_bytes group_info, e2ee_mls_buffer * message)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_write_u16 (&writer, E2EE_MLS_VERSION);
  e2ee_mls_write_u16 (&writer, E2EE_MLS_WIRE_GROUP_INFO);
  e2ee_mls_write_raw (&writer, group_info);
  return e2ee_mls_writer_finish (&writer, message);
}

e2ee_mls_result
e2ee_mls_group_info_make (e2ee_mls_group * group, int with_tree, e2ee_mls_buffer * group_info)
{
  e2ee_mls_buffer bare = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = e2ee_mls_group_ready (group);

  *group_info = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_group_info (group->epoch, group->identity, group->own_leaf, 1, with_tree,
        &bare);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_info_wrap (e2ee_mls_buffer_view (bare), group_info);
  e2ee_mls_buffer_clear (&bare);
  return r;
}

/* ---- judged ---- */

static e2ee_mls_result
verify_signer (const e2ee_mls_tree * tree, const e2ee_mls_group_info * info)
{
  const e2ee_mls_leaf_node *signer = e2ee_mls_tree_leaf (tree, info->signer);

  if (signer == NULL)
    return E2EE_MLS_ERR_WELCOME_SIGNER;
  return e2ee_mls_group_info_verify (e2ee_mls_tree_suite (tree), info, signer->signature_key);
}

e2ee_mls_result
e2ee_mls_group_info_check (const e2ee_mls_host * host, const e2ee_mls_suite * suite,
    const e2ee_mls_group_info * info, e2ee_bytes ratchet_tree, e2ee_mls_tree ** out)
{
  const uint32_t limit = host->max_members != 0 ? host->max_members : E2EE_MLS_MAX_LEAVES;
  e2ee_mls_tree *tree = NULL;
  e2ee_bytes in_info;
  e2ee_mls_result r;

  *out = NULL;
  if (info->context.version != E2EE_MLS_VERSION)
    return E2EE_MLS_ERR_UNSUPPORTED_VERSION;
  if (info->context.cipher_suite != suite->id)
    return E2EE_MLS_ERR_WRONG_SUITE;
  if (!e2ee_mls_extensions_unique (&info->extensions))
    return E2EE_MLS_ERR_DUPLICATE_EXTENSION;
  if (e2ee_mls_extensions_find (&info->extensions, E2EE_MLS_EXT_RATCHET_TREE, &in_info))
    ratchet_tree = in_info;
  if (ratchet_tree.size == 0)
    return E2EE_MLS_ERR_TREE_MISSING;
  r = e2ee_mls_tree_decode (suite, ratchet_tree, &tree);
  if (r == E2EE_MLS_OK && e2ee_mls_tree_n_members (tree) > limit)
    r = E2EE_MLS_ERR_TREE_FULL;
  if (r == E2EE_MLS_OK)
    r = verify_signer (tree, info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_validate (host, tree, &info->context);
  if (r == E2EE_MLS_OK)
    *out = tree;
  else
    e2ee_mls_tree_free (tree);
  return r;
}

e2ee_mls_result
e2ee_mls_leaf_supports_context (const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_extensions * extensions)
{
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;

  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (!e2ee_mls_extension_is_default (extension.type)
        && !e2ee_mls_u16_list_has (leaf->capabilities.extensions, extension.type))
      return E2EE_MLS_ERR_EXTENSION_UNSUPPORTED;
  }
  return E2EE_MLS_OK;
}
