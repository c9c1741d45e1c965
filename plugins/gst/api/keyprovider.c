/* GstE2eeKeyProvider: the interface of everything that owns keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/e2ee/keyprovider.h>

#include <string.h>

G_DEFINE_INTERFACE (GstE2eeKeyProvider, gst_e2ee_key_provider, G_TYPE_OBJECT)

static guint keys_changed_signal;

static void
gst_e2ee_key_provider_default_init (GstE2eeKeyProviderInterface * iface)
{
  /**
   * GstE2eeKeyProvider::keys-changed:
   * @self: the provider
   *
   * The keys, or how media is to be treated, are others than before: ask again.  Emitted in the thread that changed them,
   * with no lock held.
   *
   * Since: 0.1
   */
  keys_changed_signal = g_signal_new ("keys-changed", G_TYPE_FROM_INTERFACE (iface),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* RFC 9605 section 5 gives each key one direction. */
static GList *
keep_usage (GList * keys, GstE2eeKeyUsage usage)
{
  for (GList * link = keys, *next; link; link = next) {
    next = link->next;
    if (gst_e2ee_key_get_usage (link->data) & usage)
      continue;
    gst_e2ee_key_unref (link->data);
    keys = g_list_delete_link (keys, link);
  }
  return keys;
}

/**
 * gst_e2ee_key_provider_list_keys:
 * @self: a #GstE2eeKeyProvider
 * @usage: one direction, or both for the keys of either
 *
 * The keys that may be used for @usage now, in the provider's order.  RFC 9605 section 5 gives each
 * key one direction; keys that an implementation listed but that are not for @usage are left
 * out, so that a careless one cannot make an element encrypt with another's key.  Any thread; call
 * it with no lock held, because an implementation may take its own or emit signals.
 *
 * It is a list and no array because a list owns nothing: who has it owns its links and a reference
 * to each key, in C as in every language binding.  Bindings take the keys out of an array too, and
 * then free it together with them when it has a free function.
 *
 * Returns: (transfer full) (element-type GstE2eeKey): the keys
 *
 * Since: 0.1
 */
GList *
gst_e2ee_key_provider_list_keys (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage)
{
  GstE2eeKeyProviderInterface *iface;

  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), NULL);

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  return iface->list_keys ? keep_usage (iface->list_keys (self, usage), usage) : NULL;
}

/**
 * gst_e2ee_key_provider_find_keys:
 * @self: a #GstE2eeKeyProvider
 * @usage: one direction, or both for the keys of either
 * @key_id: the SFrame key id of a frame
 *
 * The keys of the stream that @key_id is of: that key, and those that its sender used before or will
 * use next under the same stream.  A meeting knows far more keys than anybody uses; this is how an
 * element gets the few that it needs, and those of a stream that was not announced yet.  Of a
 * provider that has only what it lists, the key with this very id.  Not for streaming threads, since
 * a provider may have to ask somebody; call it with no lock held.
 *
 * Returns: (transfer full) (element-type GstE2eeKey): the keys, none when @key_id is nobody's
 *
 * Since: 0.1
 */
GList *
gst_e2ee_key_provider_find_keys (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage,
    guint64 key_id)
{
  GstE2eeKeyProviderInterface *iface;
  GList *keys;

  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), NULL);

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  if (iface->find_keys)
    return keep_usage (iface->find_keys (self, usage, key_id), usage);
  keys = gst_e2ee_key_provider_list_keys (self, usage);
  for (GList * link = keys, *next; link; link = next) {
    next = link->next;
    if (gst_e2ee_key_get_key_id (link->data) == key_id)
      continue;
    gst_e2ee_key_unref (link->data);
    keys = g_list_delete_link (keys, link);
  }
  return keys;
}

/**
 * gst_e2ee_key_provider_can_find:
 * @self: a #GstE2eeKeyProvider
 *
 * Returns: %TRUE when gst_e2ee_key_provider_find_keys() may know keys that are not listed
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_provider_can_find (GstE2eeKeyProvider * self)
{
  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), FALSE);

  return GST_E2EE_KEY_PROVIDER_GET_IFACE (self)->find_keys != NULL;
}

/**
 * gst_e2ee_key_provider_get_media:
 * @self: a #GstE2eeKeyProvider
 * @media: (out caller-allocates): how media is to be treated
 *
 * Whether media is to be protected now, may go clear, or must not flow at all, and what is said of
 * it.  A provider that does not say, such as a key file, protects always.  Any thread, with no
 * lock held.
 *
 * Since: 0.1
 */
void
gst_e2ee_key_provider_get_media (GstE2eeKeyProvider * self, GstE2eeMedia * media)
{
  GstE2eeKeyProviderInterface *iface;

  g_return_if_fail (GST_IS_E2EE_KEY_PROVIDER (self));
  g_return_if_fail (media != NULL);

  memset (media, 0, sizeof *media);
  media->mode = GST_E2EE_MEDIA_MODE_PROTECTED;
  media->state = GST_E2EE_STATE_ON;
  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  if (iface->get_media)
    iface->get_media (self, media);
}

/**
 * gst_e2ee_key_provider_acquire:
 * @self: a #GstE2eeKeyProvider
 * @usage: what for
 * @error: why not
 *
 * For elements: the keys are going to be used.  A key that counts frames from 0
 * (gst_e2ee_key_is_of_group()) must be one element's alone, or a nonce would be used twice; this is
 * where a provider of such keys says no to the second.  Call gst_e2ee_key_provider_release() once for
 * each %TRUE.
 *
 * Returns: %TRUE when the keys may be used
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_provider_acquire (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage, GError ** error)
{
  GstE2eeKeyProviderInterface *iface;

  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  return iface->acquire == NULL || iface->acquire (self, usage, error);
}

/**
 * gst_e2ee_key_provider_release:
 * @self: a #GstE2eeKeyProvider
 * @usage: as it was acquired for
 *
 * For elements: the keys are used no more.
 *
 * Since: 0.1
 */
void
gst_e2ee_key_provider_release (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage)
{
  GstE2eeKeyProviderInterface *iface;

  g_return_if_fail (GST_IS_E2EE_KEY_PROVIDER (self));

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  if (iface->release)
    iface->release (self, usage);
}

/**
 * gst_e2ee_key_provider_changed:
 * @self: a #GstE2eeKeyProvider
 *
 * For implementations: emits #GstE2eeKeyProvider::keys-changed.  Call it with no lock held, because
 * handlers list the keys again at once.
 *
 * Since: 0.1
 */
void
gst_e2ee_key_provider_changed (GstE2eeKeyProvider * self)
{
  g_return_if_fail (GST_IS_E2EE_KEY_PROVIDER (self));

  g_signal_emit (self, keys_changed_signal, 0);
}
