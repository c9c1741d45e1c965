/* Devices: one Ed25519 key pair each (device.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/device.h"

#include <stdatomic.h>
#include <string.h>

#include <sodium.h>

#include "core/crypto/jwktext.h"
#include "core/crypto/secret.h"
#include "core/meeting/claims.h"
#include "core/meeting/jwk.h"

#define SEED_SIZE 32
/* A key is some 150 bytes; the rest is for members that are ignored. */
#define MAX_JWK_SIZE 4096

struct e2ee_device
{
  atomic_uint references;
  e2ee_public_key public_key;
  uint8_t *secret_key;          /* locked, libsodium's form */
  uint8_t *seed;                /* right behind it: the private key of RFC 8032, "d" of RFC 8037 */
};

static e2ee_meeting_result
device_new (e2ee_device ** out)
{
  e2ee_device *device;

  if (e2ee_crypto_init () != E2EE_OK)
    return E2EE_MEETING_ERR_CRYPTO;
  device = e2ee_mls_alloc (1, sizeof (*device));
  if (device == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  device->secret_key = e2ee_secret_alloc (crypto_sign_SECRETKEYBYTES + SEED_SIZE);
  if (device->secret_key == NULL) {
    e2ee_mls_free (device);
    return E2EE_MEETING_ERR_NO_MEMORY;
  }
  device->seed = device->secret_key + crypto_sign_SECRETKEYBYTES;
  atomic_init (&device->references, 1);
  *out = device;
  return E2EE_MEETING_OK;
}

/* From the seed. */
static e2ee_meeting_result
complete (e2ee_device * device)
{
  return crypto_sign_seed_keypair (device->public_key.bytes, device->secret_key,
      device->seed) == 0 ? E2EE_MEETING_OK : E2EE_MEETING_ERR_CRYPTO;
}

e2ee_meeting_result
e2ee_device_generate (const e2ee_env * env, e2ee_device ** device)
{
  e2ee_device *made = NULL;
  e2ee_meeting_result r;

  *device = NULL;
  r = device_new (&made);
  if (r != E2EE_MEETING_OK)
    return r;
  env->random (env->user, made->seed, SEED_SIZE);
  r = complete (made);
  if (r != E2EE_MEETING_OK) {
    e2ee_device_unref (made);
    return r;
  }
  *device = made;
  return E2EE_MEETING_OK;
}

/* @jwk is what the parser saw: its "d" is a placeholder of the one in @original. */
static e2ee_meeting_result
read_private (const json_t * jwk, e2ee_bytes original, e2ee_device * device)
{
  const json_t *d = json_object_get (jwk, "d");
  e2ee_public_key claimed;
  e2ee_meeting_result r;
  e2ee_bytes text;

  r = e2ee_jwk_read_public_half (jwk, &claimed);
  if (r != E2EE_MEETING_OK)
    return r;
  if (!json_is_string (d))
    return E2EE_MEETING_ERR_KEY_FORMAT;
  text = e2ee_jwk_text_find (original, json_string_value (d), json_string_length (d));
  if (!e2ee_base64url_read_32 ((const char *) text.data, text.size, device->seed))
    return E2EE_MEETING_ERR_KEY_FORMAT;
  r = complete (device);
  if (r != E2EE_MEETING_OK)
    return r;
  return memcmp (claimed.bytes, device->public_key.bytes, sizeof (claimed.bytes)) == 0
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_KEY_FORMAT;
}

e2ee_meeting_result
e2ee_device_from_jwk (e2ee_bytes text, e2ee_device ** device)
{
  static const char *const readable[] =
      { "kty", "crv", "x", "kid", "alg", "use", "key_ops[]", NULL };
  e2ee_device *made = NULL;
  uint8_t *hidden = NULL;
  json_t *jwk = NULL;
  e2ee_meeting_result r;

  *device = NULL;
  if (text.size == 0 || text.size > MAX_JWK_SIZE)
    return E2EE_MEETING_ERR_KEY_FORMAT;
  r = device_new (&made);
  if (r != E2EE_MEETING_OK)
    return r;
  hidden = e2ee_secret_dup (text);
  if (hidden == NULL) {
    r = E2EE_MEETING_ERR_NO_MEMORY;
    goto out;
  }
  e2ee_jwk_text_hide ((char *) hidden, text.size, readable);
  r = e2ee_json_read (E2EE_BYTES (hidden, text.size), E2EE_MEETING_ERR_KEY_FORMAT, &jwk);
  if (r == E2EE_MEETING_OK)
    r = read_private (jwk, text, made);

out:
  json_decref (jwk);
  e2ee_secret_free (hidden);
  if (r == E2EE_MEETING_OK)
    *device = made;
  else
    e2ee_device_unref (made);
  return r;
}

static void
put_text (e2ee_mls_buffer * buffer, const char *text)
{
  const size_t size = strlen (text);

  memcpy (buffer->data + buffer->size, text, size);
  buffer->size += size;
}

/* Straight into the buffer: printf() may leave copies. */
static void
put_base64url (e2ee_mls_buffer * buffer, const uint8_t bytes[32])
{
  e2ee_base64url_write_32 (bytes, (char *) buffer->data + buffer->size);
  buffer->size += E2EE_BASE64URL_32;
}

e2ee_meeting_result
e2ee_device_to_jwk (const e2ee_device * device, e2ee_mls_buffer * jwk)
{
  static const char head[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"";
  static const char middle[] = "\",\"d\":\"";
  static const char end[] = "\"}";

  *jwk = E2EE_MLS_NO_BUFFER;
  jwk->data = e2ee_mls_alloc (sizeof (head) + sizeof (middle) + sizeof (end)
      + 2 * E2EE_BASE64URL_32, 1);
  if (jwk->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  put_text (jwk, head);
  put_base64url (jwk, device->public_key.bytes);
  put_text (jwk, middle);
  put_base64url (jwk, device->seed);
  put_text (jwk, end);
  return E2EE_MEETING_OK;
}

e2ee_device *
e2ee_device_ref (e2ee_device * device)
{
  atomic_fetch_add (&device->references, 1);
  return device;
}

void
e2ee_device_unref (e2ee_device * device)
{
  if (device == NULL || atomic_fetch_sub (&device->references, 1) != 1)
    return;
  e2ee_secret_free (device->secret_key);
  e2ee_mls_free (device);
}

const e2ee_public_key *
e2ee_device_public_key (const e2ee_device * device)
{
  return &device->public_key;
}

void
e2ee_device_sign (const e2ee_device * device, e2ee_bytes message,
    uint8_t signature[E2EE_SIGNATURE_SIZE])
{
  crypto_sign_detached (signature, NULL, message.data, message.size, device->secret_key);
}
