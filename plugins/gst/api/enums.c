/* The enumerations of the public API and what their values are called.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Written by hand: glib-mkenums would cut "aes-" off the nicks of the cipher suites, because all
 * of them begin with it. */
#include <gst/e2ee/e2ee.h>

#include "core/frame/suite.h"

#define ENTRY(value, nick) { value, #value, nick }

static const GEnumValue states[] = {
  ENTRY (GST_E2EE_STATE_UNKNOWN, "unknown"),
  ENTRY (GST_E2EE_STATE_OFF, "off"),
  ENTRY (GST_E2EE_STATE_SWITCHING, "switching"),
  ENTRY (GST_E2EE_STATE_ON, "on"),
  ENTRY (GST_E2EE_STATE_VERIFIED, "verified"),
  ENTRY (GST_E2EE_STATE_DEGRADED, "degraded"),
  {0, NULL, NULL}
};

static const GEnumValue suites[] = {
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_80, "aes-128-ctr-hmac-sha256-80"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, "aes-128-ctr-hmac-sha256-64"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_32, "aes-128-ctr-hmac-sha256-32"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128, "aes-128-gcm-sha256-128"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_256_GCM_SHA512_128, "aes-256-gcm-sha512-128"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_80, "aes-256-ctr-hmac-sha512-80"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_64, "aes-256-ctr-hmac-sha512-64"),
  ENTRY (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_32, "aes-256-ctr-hmac-sha512-32"),
  ENTRY (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, "livekit-pbkdf2"),
  ENTRY (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF, "livekit-hkdf"),
  ENTRY (GST_E2EE_CIPHER_SUITE_JITSI_HKDF, "jitsi-hkdf"),
  ENTRY (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256, "livekit-pbkdf2-256"),
  ENTRY (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256, "livekit-hkdf-256"),
  ENTRY (GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM, "aead-aes-128-gcm"),
  ENTRY (GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_256_GCM, "aead-aes-256-gcm"),
  ENTRY (GST_E2EE_CIPHER_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80, "aes-cm-128-hmac-sha1-80"),
  {0, NULL, NULL}
};

static const GFlagsValue usages[] = {
  ENTRY (GST_E2EE_KEY_USAGE_ENCRYPT, "encrypt"),
  ENTRY (GST_E2EE_KEY_USAGE_DECRYPT, "decrypt"),
  {0, NULL, NULL}
};

static const GEnumValue media_modes[] = {
  ENTRY (GST_E2EE_MEDIA_MODE_CLOSED, "closed"),
  ENTRY (GST_E2EE_MEDIA_MODE_CLEAR, "clear"),
  ENTRY (GST_E2EE_MEDIA_MODE_PROTECTED, "protected"),
  {0, NULL, NULL}
};

GType
gst_e2ee_media_mode_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeMediaMode", media_modes));
  return type;
}

GType
gst_e2ee_state_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeState", states));
  return type;
}

GType
gst_e2ee_cipher_suite_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeCipherSuite", suites));
  return type;
}

GType
gst_e2ee_key_usage_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_flags_register_static ("GstE2eeKeyUsage", usages));
  return type;
}

/**
 * gst_e2ee_state_get_nick:
 * @state: a #GstE2eeState
 *
 * The word for a state in messages, properties and gst-launch: "unknown", "off", "switching", "on",
 * "verified" or "degraded".  A number that is no state is "unknown".
 *
 * Returns: (transfer none): a static string, never %NULL
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_state_get_nick (GstE2eeState state)
{
  for (gsize i = 0; states[i].value_nick; i++)
    if (states[i].value == (gint) state)
      return states[i].value_nick;
  return "unknown";
}

/**
 * gst_e2ee_cipher_suite_get_name:
 * @suite: a #GstE2eeCipherSuite
 *
 * The name of a suite as `alg` of a key file has it; of SFrame's as RFC 9605 section 4.5 writes it,
 * such as "AES_128_GCM_SHA256_128".
 *
 * Returns: (transfer none) (nullable): a static string, %NULL for a number that is no suite
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_cipher_suite_get_name (GstE2eeCipherSuite suite)
{
  const e2ee_suite *found = e2ee_suite_find (suite);

  return found ? found->name : NULL;
}

/**
 * gst_e2ee_cipher_suite_get_key_size:
 * @suite: a #GstE2eeCipherSuite
 *
 * How long a new base key of @suite should be.  RFC 9605 section 4.4.2 would derive from any length;
 * a base key of an SFrame suite here has the strength of the cipher, no less and no more.  Suites of
 * other formats take what their rooms use: passphrases of 1 to 256 bytes, other keys of
 * 16 to 256; SRTP's take a master key and salt of 28, 44 or 30.
 *
 * Returns: 16 for SFrame's suites with AES-128, 28, 44 or 30 for SRTP's, 32 for every other suite, 0
 * for a number that is no suite; in bytes
 *
 * Since: 0.1
 */
gsize
gst_e2ee_cipher_suite_get_key_size (GstE2eeCipherSuite suite)
{
  const e2ee_suite *found = e2ee_suite_find (suite);

  return found ? found->secret_size : 0;
}
