/* A JWK Set in the making (keyset.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "keyset.h"

#include <sodium.h>

/* libsodium puts the end of an allocation at the end of a page: a multiple keeps structs aligned.
 */
#define ALIGNMENT 16

static void *
locked_malloc (size_t size)
{
  return sodium_malloc ((size + ALIGNMENT - 1) & ~(size_t) (ALIGNMENT - 1));
}

gboolean
keygen_init (void)
{
  if (sodium_init () < 0)
    return FALSE;
  json_set_alloc_funcs (locked_malloc, sodium_free);
  return TRUE;
}

KeygenSecret
keygen_random_key (GstE2eeCipherSuite suite)
{
  gsize size = gst_e2ee_cipher_suite_get_key_size (suite);
  KeygenSecret secret = { sodium_malloc (size), size };

  if (secret.bytes == NULL)
    g_error ("no memory for secrets");
  randombytes_buf (secret.bytes, size);
  return secret;
}

json_t *
keygen_set_new (void)
{
  return json_pack ("{s:[]}", "keys");
}

static json_t *
encode (const guint8 * base_key, gsize size)
{
  gsize space = sodium_base64_ENCODED_LEN (size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = sodium_malloc (space);
  json_t *k;

  if (text == NULL)
    g_error ("no memory for secrets");
  sodium_bin2base64 (text, space, base_key, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  k = json_string (text);
  sodium_free (text);
  return k;
}

void
keygen_set_add (json_t * set, guint64 key_id, GstE2eeCipherSuite suite, GstE2eeKeyUsage usage,
    const KeygenSecret * base_key)
{
  gchar *kid = g_strdup_printf ("%" G_GUINT64_FORMAT, key_id);
  json_t *jwk, *ops = json_array ();

  if (usage & GST_E2EE_KEY_USAGE_ENCRYPT)
    json_array_append_new (ops, json_string ("encrypt"));
  if (usage & GST_E2EE_KEY_USAGE_DECRYPT)
    json_array_append_new (ops, json_string ("decrypt"));
  jwk = json_pack ("{s:s, s:s, s:s, s:o, s:o}", "kty", "oct", "kid", kid,
      "alg", gst_e2ee_cipher_suite_get_name (suite), "key_ops", ops,
      "k", encode (base_key->bytes, base_key->size));
  if (jwk == NULL || json_array_append_new (json_object_get (set, "keys"), jwk) != 0)
    g_error ("no memory for secrets");
  g_free (kid);
}
