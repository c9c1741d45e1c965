/* The plugin: nothing of it loads before the cryptography has proved itself.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/elements.h"
#include "core/crypto/secret.h"

GST_DEBUG_CATEGORY_STATIC (e2ee_plugin_debug);
#define GST_CAT_DEFAULT e2ee_plugin_debug

static gboolean
plugin_init (GstPlugin * plugin)
{
  gboolean registered = FALSE;
  e2ee_result result;

  GST_DEBUG_CATEGORY_INIT (e2ee_plugin_debug, "e2ee", 0, "end-to-end encryption plugin");

  /* A wrong known answer means that this build or this processor computes something else than AES:
   * no element is better than one that encrypts badly. */
  result = e2ee_crypto_init ();
  if (result != E2EE_OK) {
    GST_ERROR ("not loaded: %s (%s)", e2ee_result_text (result), e2ee_result_name (result));
    return FALSE;
  }

  registered |= GST_ELEMENT_REGISTER (e2eeenc, plugin);
  registered |= GST_ELEMENT_REGISTER (e2eedec, plugin);
  registered |= GST_ELEMENT_REGISTER (e2eepolicy, plugin);
  registered |= GST_ELEMENT_REGISTER (shieldoverlay, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, e2ee,
    "End-to-end encrypted meetings: encryption, decryption, policy gate and shield",
    plugin_init, VERSION, GST_LICENSE, PACKAGE_NAME, PACKAGE_ORIGIN)
