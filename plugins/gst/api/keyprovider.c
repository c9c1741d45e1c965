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

static gboolean
all_are_for (GPtrArray * keys, GstE2eeKeyUsage usage)
{
  for (guint i = 0; i < keys->len; i++)
    if (!(gst_e2ee_key_get_usage (g_ptr_array_index (keys, i)) & usage))
      return FALSE;
  return TRUE;
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
 * Returns: (transfer full) (element-type GstE2eeKey): the keys; may be empty, never %NULL
 *
 * Since: 0.1
 */
GPtrArray *
gst_e2ee_key_provider_list_keys (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage)
{
  GstE2eeKeyProviderInterface *iface;
  GPtrArray *listed = NULL, *fit;

  fit = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_e2ee_key_unref);
  g_return_val_if_fail (GST_IS_E2EE_KEY_PROVIDER (self), fit);

  iface = GST_E2EE_KEY_PROVIDER_GET_IFACE (self);
  if (iface->list_keys)
    listed = iface->list_keys (self, usage);
  if (listed == NULL)
    return fit;
  /* Language bindings make arrays that do not free what they hold; a key must be wiped in the
   * end. */
  g_ptr_array_set_free_func (listed, (GDestroyNotify) gst_e2ee_key_unref);
  if (all_are_for (listed, usage)) {
    g_ptr_array_unref (fit);
    return listed;
  }

  for (guint i = 0; i < listed->len; i++) {
    GstE2eeKey *key = g_ptr_array_index (listed, i);

    if (gst_e2ee_key_get_usage (key) & usage)
      g_ptr_array_add (fit, gst_e2ee_key_ref (key));
  }
  g_ptr_array_unref (listed);
  return fit;
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
