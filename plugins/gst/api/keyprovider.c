/* GstE2eeKeyProvider: the interface of everything that owns keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/e2ee/keyprovider.h>

G_DEFINE_INTERFACE (GstE2eeKeyProvider, gst_e2ee_key_provider, G_TYPE_OBJECT)

static guint keys_changed_signal;

static void
gst_e2ee_key_provider_default_init (GstE2eeKeyProviderInterface * iface)
{
  /**
   * GstE2eeKeyProvider::keys-changed:
   * @self: the provider
   *
   * The keys are others than before: list them again.  Emitted in the thread that changed them,
   * with no lock held.
   *
   * Since: 0.1
   */
  keys_changed_signal = g_signal_new ("keys-changed", G_TYPE_FROM_INTERFACE (iface),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
  GList *keys;

  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), NULL);

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  keys = iface->list_keys ? iface->list_keys (self, usage) : NULL;
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
