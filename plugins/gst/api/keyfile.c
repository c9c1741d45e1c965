/* GstE2eeKeyFile: a key provider over a JWK Set file.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: reload_lock, held by whoever makes new keys, then lock, which guards the fields and
 * is held for moments only.  Neither is held while a signal is emitted. */
#include "api/api-private.h"

#include <sodium.h>

#include "api/jwkset.h"
#include "api/secretfile.h"
#include "core/crypto/secret.h"

GST_DEBUG_CATEGORY_STATIC (e2ee_key_file_debug);
#define GST_CAT_DEFAULT e2ee_key_file_debug

struct _GstE2eeKeyFile
{
  GObject parent;

  gchar *path;                  /* set once */

  GMutex reload_lock;
  GMutex lock;
  GPtrArray *jwks;              /* GstE2eeJwk, keys with epochs; never changed, only replaced */
  guint64 epoch;
  GstE2eeCipherSuite default_suite;     /* 0: the length decides */
  gboolean listed;              /* somebody has seen the keys of this epoch */
};

enum
{
  PROP_0,
  PROP_PATH
};

static void key_provider_init (GstE2eeKeyProviderInterface * iface);

G_DEFINE_TYPE_WITH_CODE (GstE2eeKeyFile, gst_e2ee_key_file, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, key_provider_init);
    GST_DEBUG_CATEGORY_INIT (e2ee_key_file_debug, "e2eekeyfile", 0, "E2EE key file"));

static GList *
gst_e2ee_key_file_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  GstE2eeKeyFile *self = GST_E2EE_KEY_FILE (provider);
  GList *keys = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = self->jwks->len; i > 0; i--) {
    GstE2eeJwk *jwk = g_ptr_array_index (self->jwks, i - 1);

    if (gst_e2ee_key_get_usage (jwk->key) & usage)
      keys = g_list_prepend (keys, gst_e2ee_key_ref (jwk->key));
  }
  self->listed = TRUE;
  g_mutex_unlock (&self->lock);
  return keys;
}

static void
key_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = gst_e2ee_key_file_list_keys;
}

static GstE2eeKey *
find_equal (GPtrArray * jwks, const GstE2eeKey * key)
{
  for (guint i = 0; i < jwks->len; i++) {
    GstE2eeJwk *jwk = g_ptr_array_index (jwks, i);

    if (gst_e2ee_key_is_equal (jwk->key, key))
      return jwk->key;
  }
  return NULL;
}

/* Gives every key of @jwks its epoch: that of the key it already was, or @next_epoch.  Tells
 * whether any key is new. */
static gboolean
assign_epochs (GPtrArray * jwks, GPtrArray * old, guint64 next_epoch, gboolean * any_new,
    GError ** error)
{
  *any_new = FALSE;
  for (guint i = 0; i < jwks->len; i++) {
    GstE2eeJwk *jwk = g_ptr_array_index (jwks, i);
    GstE2eeKey *known = find_equal (old, jwk->key), *key;

    key = gst_e2ee_key_new_like (jwk->key, gst_e2ee_key_get_suite (jwk->key),
        known ? gst_e2ee_key_get_epoch (known) : next_epoch, error);
    if (key == NULL)
      return FALSE;
    gst_e2ee_key_unref (jwk->key);
    jwk->key = key;
    if (known == NULL)
      *any_new = TRUE;
  }
  return TRUE;
}

/* Must be called with both locks held.  Takes @jwks. */
static void
publish (GstE2eeKeyFile * self, GPtrArray * jwks, guint64 epoch)
{
  g_ptr_array_unref (self->jwks);
  self->jwks = jwks;
  self->epoch = epoch;
  self->listed = FALSE;
}

/* What was called has left registers and temporaries on the stack: the dynamic linker alone saves
 * all vector registers, with what the last memcpy() had in them, when a function is called for
 * the first time. */
#define STACK_TO_WIPE (32 * 1024)

/* Must be called with reload_lock held. */
static gboolean
load (GstE2eeKeyFile * self, GError ** error)
{
  GPtrArray *jwks = NULL;
  e2ee_bytes text = E2EE_NO_BYTES;
  gboolean any_new, ok = FALSE;

  if (e2ee_crypto_init () != E2EE_OK) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_INIT,
        "the self-test of the cryptographic libraries failed");
    goto out;
  }
  if (!gst_e2ee_secret_file_read (self->path, &text, error))
    goto out;
  jwks = gst_e2ee_jwk_set_parse (text, self->default_suite, error);
  if (jwks == NULL || !assign_epochs (jwks, self->jwks, self->epoch + 1, &any_new, error)) {
    gchar *name = g_filename_display_name (self->path);

    g_prefix_error (error, "%s: ", name);
    g_free (name);
    goto out;
  }
  GST_INFO_OBJECT (self, "%u keys", jwks->len);
  g_mutex_lock (&self->lock);
  publish (self, g_steal_pointer (&jwks), any_new ? self->epoch + 1 : self->epoch);
  g_mutex_unlock (&self->lock);
  ok = TRUE;

out:
  g_clear_pointer (&jwks, g_ptr_array_unref);
  e2ee_secret_free ((void *) text.data);
  sodium_stackzero (STACK_TO_WIPE);
  return ok;
}

static void
gst_e2ee_key_file_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eeKeyFile *self = GST_E2EE_KEY_FILE (object);

  switch (id) {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_e2ee_key_file_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstE2eeKeyFile *self = GST_E2EE_KEY_FILE (object);

  switch (id) {
    case PROP_PATH:
      self->path = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_e2ee_key_file_finalize (GObject * object)
{
  GstE2eeKeyFile *self = GST_E2EE_KEY_FILE (object);

  g_ptr_array_unref (self->jwks);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->reload_lock);
  g_free (self->path);
  G_OBJECT_CLASS (gst_e2ee_key_file_parent_class)->finalize (object);
}

static void
gst_e2ee_key_file_class_init (GstE2eeKeyFileClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gst_e2ee_key_file_get_property;
  object_class->set_property = gst_e2ee_key_file_set_property;
  object_class->finalize = gst_e2ee_key_file_finalize;

  /**
   * GstE2eeKeyFile:path:
   *
   * The file that is read.  An object that was made with g_object_new() holds no key until
   * gst_e2ee_key_file_reload().
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PATH,
      g_param_spec_string ("path", "Path", "The JWK Set file that is read", "",
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

static void
gst_e2ee_key_file_init (GstE2eeKeyFile * self)
{
  g_mutex_init (&self->reload_lock);
  g_mutex_init (&self->lock);
  self->jwks = g_ptr_array_new_with_free_func (gst_e2ee_jwk_free);
}

/**
 * gst_e2ee_key_file_new:
 * @path: (type filename): a JWK Set file, as docs/key-files.md describes it
 * @error: what is wrong with the file; names it and the fault and holds no byte of a key:
 * %GST_RESOURCE_ERROR_NOT_FOUND when it is missing, %GST_RESOURCE_ERROR_OPEN_READ and
 * %GST_RESOURCE_ERROR_READ when it cannot be read, %GST_RESOURCE_ERROR_NOT_AUTHORIZED when group
 * or others may access it, when another user owns it or when it is not a regular file,
 * %GST_LIBRARY_ERROR_SETTINGS when what it says is wrong, %GST_LIBRARY_ERROR_INIT when the self-
 * test of the cryptographic libraries failed, %GST_RESOURCE_ERROR_NO_SPACE_LEFT when there is no
 * memory for secrets
 *
 * Reads @path once; its keys belong to epoch 1.  Nothing watches the file:
 * gst_e2ee_key_file_reload() reads it again.  Blocks for file access, so not on a streaming
 * thread.
 *
 * Returns: (transfer full): the key provider, %NULL on failure
 *
 * Since: 0.1
 */
GstE2eeKeyFile *
gst_e2ee_key_file_new (const gchar * path, GError ** error)
{
  GstE2eeKeyFile *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (GST_TYPE_E2EE_KEY_FILE, "path", path, NULL);
  if (!gst_e2ee_key_file_reload (self, error))
    g_clear_object (&self);
  return self;
}

/**
 * gst_e2ee_key_file_reload:
 * @self: a #GstE2eeKeyFile
 * @error: as of gst_e2ee_key_file_new()
 *
 * Reads the file again and emits #GstE2eeKeyProvider::keys-changed.  A key that was there before
 * (same key id, cipher suite and secret) keeps its epoch, also when its `key_ops` or `sender` are
 * others now; keys that are new or changed all get the next epoch, and so become those to encrypt
 * with. On failure nothing changes and nothing is emitted.  Any thread but a streaming thread.
 *
 * Returns: %TRUE when the file was read
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_file_reload (GstE2eeKeyFile * self, GError ** error)
{
  gboolean ok;

  g_return_val_if_fail (GST_IS_E2EE_KEY_FILE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_mutex_lock (&self->reload_lock);
  ok = load (self, error);
  g_mutex_unlock (&self->reload_lock);
  if (ok)
    gst_e2ee_key_provider_changed (GST_E2EE_KEY_PROVIDER (self));
  return ok;
}

/* Must be called with both locks held.  As long as nobody has seen a key under its old suite, the
 * epoch need not grow; a key of one epoch is never two. */
static GPtrArray *
with_suite (GstE2eeKeyFile * self, GstE2eeCipherSuite suite, guint64 next_epoch, gboolean * changed,
    GError ** error)
{
  GPtrArray *jwks = g_ptr_array_new_with_free_func (gst_e2ee_jwk_free);

  *changed = FALSE;
  for (guint i = 0; i < self->jwks->len; i++) {
    const GstE2eeJwk *old = g_ptr_array_index (self->jwks, i);
    GstE2eeJwk *jwk = g_new (GstE2eeJwk, 1);

    jwk->names_suite = old->names_suite;
    if (old->names_suite || gst_e2ee_key_get_suite (old->key) == suite) {
      jwk->key = gst_e2ee_key_ref (old->key);
    } else {
      *changed = TRUE;
      jwk->key = gst_e2ee_key_new_like (old->key, suite,
          next_epoch != 0 ? next_epoch : gst_e2ee_key_get_epoch (old->key), error);
    }
    if (jwk->key == NULL) {
      gchar *name = g_filename_display_name (self->path);

      g_prefix_error (error, "%s: key number %u (kid %" G_GUINT64_FORMAT "): ", name, i + 1,
          gst_e2ee_key_get_key_id (old->key));
      g_free (name);
      g_free (jwk);
      g_ptr_array_unref (jwks);
      return NULL;
    }
    g_ptr_array_add (jwks, jwk);
  }
  return jwks;
}

/**
 * gst_e2ee_key_file_set_default_suite:
 * @self: a #GstE2eeKeyFile
 * @suite: the cipher suite of keys without `alg`
 * @error: %GST_LIBRARY_ERROR_SETTINGS when a key without `alg` has another length than @suite
 * takes
 *
 * Says what keys without `alg` are for, now and after every reload.  Until it is called their
 * length decides: 16 bytes are for AES_128_GCM_SHA256_128, 32 bytes for AES_256_GCM_SHA512_128.
 * On failure nothing changes.  When a key has changed, #GstE2eeKeyProvider::keys-changed is
 * emitted; changed keys get the next epoch if keys have been listed since the last load, else they
 * keep theirs.  Any thread.
 *
 * Returns: %TRUE when the suite fits every key without `alg`
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_key_file_set_default_suite (GstE2eeKeyFile * self, GstE2eeCipherSuite suite,
    GError ** error)
{
  gboolean changed = FALSE, ok;
  GPtrArray *jwks;
  guint64 next_epoch;

  g_return_val_if_fail (GST_IS_E2EE_KEY_FILE (self), FALSE);
  g_return_val_if_fail (gst_e2ee_cipher_suite_get_key_size (suite) != 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_mutex_lock (&self->reload_lock);
  g_mutex_lock (&self->lock);
  next_epoch = self->listed ? self->epoch + 1 : self->epoch;
  jwks = with_suite (self, suite, self->listed ? next_epoch : 0, &changed, error);
  ok = jwks != NULL;
  if (ok)
    self->default_suite = suite;
  if (ok && changed)
    publish (self, g_steal_pointer (&jwks), next_epoch);
  g_clear_pointer (&jwks, g_ptr_array_unref);
  g_mutex_unlock (&self->lock);
  g_mutex_unlock (&self->reload_lock);
  if (ok && changed)
    gst_e2ee_key_provider_changed (GST_E2EE_KEY_PROVIDER (self));
  return ok;
}
