/* GstE2eeKey: one base key in locked memory, which the keys of a meeting's epoch share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/api-private.h"

#include "core/crypto/secret.h"
#include "core/frame/suite.h"

#define BOTH_USAGES (GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT)

struct _GstE2eeKey
{
  GstMiniObject parent;

  guint64 key_id;
  GstE2eeCipherSuite suite;
  GstE2eeKeyUsage usage;
  guint64 epoch;
  gchar *sender;
  gchar *subject;               /* of a meeting's member, NULL otherwise */
  gchar *leaf;                  /* likewise, in decimal */
  gboolean of_group;
  GstE2eeSecret *base_key;
};

GST_DEFINE_MINI_OBJECT_TYPE (GstE2eeKey, gst_e2ee_key);

struct _GstE2eeSecret
{
  guint8 *bytes;                /* locked */
  gsize size;
};

GstE2eeSecret *
gst_e2ee_secret_new (e2ee_bytes bytes)
{
  guint8 *copy = e2ee_secret_dup (bytes);
  GstE2eeSecret *secret;

  if (copy == NULL)
    return NULL;
  secret = g_atomic_rc_box_new0 (GstE2eeSecret);
  secret->bytes = copy;
  secret->size = bytes.size;
  return secret;
}

GstE2eeSecret *
gst_e2ee_secret_ref (GstE2eeSecret * secret)
{
  return g_atomic_rc_box_acquire (secret);
}

static void
secret_wipe (gpointer data)
{
  GstE2eeSecret *secret = data;

  e2ee_secret_free (secret->bytes);
}

void
gst_e2ee_secret_unref (GstE2eeSecret * secret)
{
  g_atomic_rc_box_release_full (secret, secret_wipe);
}

e2ee_bytes
gst_e2ee_secret_view (const GstE2eeSecret * secret)
{
  return E2EE_BYTES (secret->bytes, secret->size);
}

static void
gst_e2ee_key_free (GstE2eeKey * key)
{
  gst_e2ee_secret_unref (key->base_key);
  g_free (key->sender);
  g_free (key->subject);
  g_free (key->leaf);
  g_free (key);
}

static void
refuse_size (const e2ee_suite * suite, gsize size, GError ** error)
{
  gchar *range = suite->secret_min == suite->secret_max ?
      g_strdup_printf ("%zu", suite->secret_min) :
      g_strdup_printf ("%zu to %zu", suite->secret_min, suite->secret_max);

  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "the key has %" G_GSIZE_FORMAT " bytes, %s takes %s", size, suite->name, range);
  g_free (range);
}

static gboolean
check (guint64 key_id, GstE2eeCipherSuite suite_id, gsize size, GstE2eeKeyUsage usage,
    GError ** error)
{
  const e2ee_suite *suite = e2ee_suite_find (suite_id);

  if (suite == NULL) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "%d is not a cipher suite", (gint) suite_id);
    return FALSE;
  }
  if (size < suite->secret_min || size > suite->secret_max) {
    refuse_size (suite, size, error);
    return FALSE;
  }
  if (key_id > suite->max_kid) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "the key id is %" G_GUINT64_FORMAT ", %s takes 0 to %" G_GUINT64_FORMAT, key_id,
        suite->name, (guint64) suite->max_kid);
    return FALSE;
  }
  if ((usage & BOTH_USAGES) == 0 || (usage & ~BOTH_USAGES) != 0) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "the key is neither for encrypting nor for decrypting");
    return FALSE;
  }
  return TRUE;
}

/* Takes @base_key. */
static GstE2eeKey *
key_new (guint64 key_id, GstE2eeCipherSuite suite, GstE2eeSecret * base_key,
    GstE2eeKeyUsage usage, guint64 epoch, const gchar * sender)
{
  GstE2eeKey *key = g_new0 (GstE2eeKey, 1);

  gst_mini_object_init (GST_MINI_OBJECT_CAST (key), 0, GST_TYPE_E2EE_KEY, NULL, NULL,
      (GstMiniObjectFreeFunction) gst_e2ee_key_free);
  key->key_id = key_id;
  key->suite = suite;
  key->usage = usage;
  key->epoch = epoch;
  key->sender = g_strdup (sender);
  key->base_key = base_key;
  return key;
}

GstE2eeKey *
gst_e2ee_key_new_of_group (guint64 key_id, GstE2eeCipherSuite suite, GstE2eeSecret * base_key,
    GstE2eeKeyUsage usage, guint64 epoch, const GstE2eeKeySender * sender)
{
  GstE2eeKey *key = key_new (key_id, suite, gst_e2ee_secret_ref (base_key), usage, epoch,
      sender->name);

  key->of_group = TRUE;
  key->subject = g_strdup (sender->subject);
  key->leaf = g_strdup_printf ("%u", sender->leaf);
  return key;
}

/**
 * gst_e2ee_key_new:
 * @key_id: the key id: any 64-bit number for SFrame (RFC 9605 section 4.3), the place in the key
 * ring for LiveKit (0 to 255) and Jitsi (0 to 15)
 * @suite: the cipher suite
 * @base_key: (array length=size) (element-type guint8): the secret to derive from, for SFrame as RFC
 * 9605 section 4.4.2 does; copied into locked memory, the caller keeps and wipes its own
 * @size: its length in bytes: for SFrame 16 with AES-128 and 32 with AES-256; 1 to 256 for a
 * passphrase, 28, 44 or 30 for SRTP, 16 to 256 for other suites
 * @usage: for encrypting, decrypting or both
 * @epoch: when the key became valid, in any count that grows: the newest epoch encrypts
 * @sender: (nullable): who encrypts with it, UTF-8; %NULL when that is not known
 * @error: %GST_LIBRARY_ERROR_SETTINGS for an unknown suite, a length or a key id that it does not
 * take or an empty usage; %GST_LIBRARY_ERROR_INIT when the self-test of the cryptographic libraries failed;
 * %GST_RESOURCE_ERROR_NO_SPACE_LEFT when there is no memory for secrets.  Never holds key bytes.
 *
 * Makes an immutable key.
 *
 * Returns: (transfer full): the key, %NULL on failure; release it with gst_e2ee_key_unref()
 *
 * Since: 0.1
 */
GstE2eeKey *
gst_e2ee_key_new (guint64 key_id, GstE2eeCipherSuite suite, gconstpointer base_key, gsize size,
    GstE2eeKeyUsage usage, guint64 epoch, const gchar * sender, GError ** error)
{
  GstE2eeSecret *secret;

  g_return_val_if_fail (base_key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check (key_id, suite, size, usage, error))
    return NULL;
  if (e2ee_crypto_init () != E2EE_OK) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_INIT,
        "the self-test of the cryptographic libraries failed");
    return NULL;
  }
  secret = gst_e2ee_secret_new (E2EE_BYTES (base_key, size));
  if (secret == NULL) {
    g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        "no memory for secrets");
    return NULL;
  }
  return key_new (key_id, suite, secret, usage, epoch, sender);
}

GstE2eeKey *
gst_e2ee_key_new_like (const GstE2eeKey * key, GstE2eeCipherSuite suite, guint64 epoch,
    GError ** error)
{
  e2ee_bytes base_key = gst_e2ee_secret_view (key->base_key);

  return gst_e2ee_key_new (key->key_id, suite, base_key.data, base_key.size, key->usage, epoch,
      key->sender, error);
}

/**
 * gst_e2ee_key_ref:
 * @key: a #GstE2eeKey
 *
 * Takes a reference; atomic.
 *
 * Returns: (transfer full): @key
 *
 * Since: 0.1
 */
GstE2eeKey *
gst_e2ee_key_ref (GstE2eeKey * key)
{
  return (GstE2eeKey *) gst_mini_object_ref (GST_MINI_OBJECT_CAST (key));
}

/**
 * gst_e2ee_key_unref:
 * @key: (transfer full): a #GstE2eeKey
 *
 * Gives a reference back; atomic.  The last one wipes the secret.
 *
 * Since: 0.1
 */
void
gst_e2ee_key_unref (GstE2eeKey * key)
{
  gst_mini_object_unref (GST_MINI_OBJECT_CAST (key));
}

/**
 * gst_e2ee_key_get_key_id:
 * @key: a #GstE2eeKey
 *
 * Returns: the key id, which every protected frame carries in clear
 *
 * Since: 0.1
 */
guint64
gst_e2ee_key_get_key_id (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, 0);

  return key->key_id;
}

/**
 * gst_e2ee_key_get_suite:
 * @key: a #GstE2eeKey
 *
 * Returns: the cipher suite
 *
 * Since: 0.1
 */
GstE2eeCipherSuite
gst_e2ee_key_get_suite (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, 0);

  return key->suite;
}

/**
 * gst_e2ee_key_get_usage:
 * @key: a #GstE2eeKey
 *
 * Returns: the directions in which it may be used
 *
 * Since: 0.1
 */
GstE2eeKeyUsage
gst_e2ee_key_get_usage (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, 0);

  return key->usage;
}

/**
 * gst_e2ee_key_get_epoch:
 * @key: a #GstE2eeKey
 *
 * Returns: when it became valid, in its provider's count
 *
 * Since: 0.1
 */
guint64
gst_e2ee_key_get_epoch (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, 0);

  return key->epoch;
}

/**
 * gst_e2ee_key_get_sender:
 * @key: a #GstE2eeKey
 *
 * Returns: (transfer none) (nullable): who encrypts with it, owned by @key; %NULL when not known
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_key_get_sender (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return key->sender;
}

/**
 * gst_e2ee_key_is_of_sender:
 * @key: a #GstE2eeKey
 * @sender: who is meant: a member's account or, in decimal, his leaf; for keys from elsewhere the
 * name of gst_e2ee_key_get_sender()
 *
 * The name that a member shows is his own to choose, and is no answer to who he is; it counts only
 * where the keys come from a file, whose owner wrote it.
 *
 * Returns: %TRUE when frames under this key come from @sender
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_is_of_sender (const GstE2eeKey * key, const gchar * sender)
{
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (sender != NULL, FALSE);

  if (key->subject)
    return g_str_equal (key->subject, sender) || g_str_equal (key->leaf, sender);
  return g_strcmp0 (key->sender, sender) == 0;
}

/**
 * gst_e2ee_key_is_of_group:
 * @key: a #GstE2eeKey
 *
 * A key of a meeting's epoch is made for one stream of one member and was never used before, so its
 * frames are counted from 0; any other may be in use elsewhere or have been before, and is counted
 * from a random number.
 *
 * Returns: %TRUE when one element alone encrypts with it
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_is_of_group (const GstE2eeKey * key)
{
  g_return_val_if_fail (key != NULL, FALSE);

  return key->of_group;
}

/**
 * gst_e2ee_key_peek_base_key: (skip)
 * @key: a #GstE2eeKey
 * @size: (out): its length in bytes
 *
 * The secret itself, for whoever derives from it.  Not for language bindings, which would copy it
 * into memory that nobody wipes.
 *
 * Returns: (transfer none): the secret, valid as long as @key; copy it nowhere but into locked
 * memory
 *
 * Since: 0.1
 */
const guint8 *
gst_e2ee_key_peek_base_key (const GstE2eeKey * key, gsize * size)
{
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (size != NULL, NULL);

  *size = key->base_key->size;
  return key->base_key->bytes;
}

/**
 * gst_e2ee_key_is_equal:
 * @a: a #GstE2eeKey
 * @b: another
 *
 * Whether both are the same key: key id, cipher suite and secret, compared in constant time.  What
 * is said about a key (usage, epoch, sender) is not compared, so that a new label for a known key
 * does not cost its replay window.
 *
 * Returns: %TRUE when frames of one are frames of the other
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_is_equal (const GstE2eeKey * a, const GstE2eeKey * b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->key_id == b->key_id && a->suite == b->suite
      && (a->base_key == b->base_key || e2ee_equal (gst_e2ee_secret_view (a->base_key),
              gst_e2ee_secret_view (b->base_key)));
}
