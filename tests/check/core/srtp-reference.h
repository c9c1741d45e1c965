/* SRTP written down a second time, straight from RFC 3711 and RFC 7714 on libgcrypt, for what comes
 * out of core/frame to be compared with.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_SRTP_REFERENCE_H
#define E2EE_TESTS_SRTP_REFERENCE_H

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"

typedef struct
{
  uint8_t cipher_key[32];
  size_t cipher_key_size;
  uint8_t salt[14];
  size_t salt_size;             /* 12: AEAD; 14: AES-CM and HMAC-SHA1 */
  uint8_t auth_key[20];
} reference_keys;

static inline void
reference_must (gcry_error_t error)
{
  if (error != 0)
    abort ();
}

static inline void
reference_ctr (const uint8_t * key, size_t key_size, const uint8_t iv[16], uint8_t * data,
    size_t size)
{
  gcry_cipher_hd_t cipher;

  reference_must (gcry_cipher_open (&cipher, key_size == 16 ? GCRY_CIPHER_AES128
          : GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CTR, 0));
  reference_must (gcry_cipher_setkey (cipher, key, key_size));
  reference_must (gcry_cipher_setctr (cipher, iv, 16));
  if (size > 0)
    reference_must (gcry_cipher_encrypt (cipher, data, size, NULL, 0));
  gcry_cipher_close (cipher);
}

/* RFC 3711 section 4.3.1, with a key derivation rate of 0. */
static inline void
reference_derive (e2ee_bytes master_key, e2ee_bytes master_salt, uint8_t label, uint8_t * out,
    size_t size)
{
  uint8_t iv[16] = { 0 };

  memcpy (iv, master_salt.data, master_salt.size);
  iv[7] ^= label;
  memset (out, 0, size);
  reference_ctr (master_key.data, master_key.size, iv, out, size);
}

static inline void
reference_keys_init (reference_keys * keys, e2ee_bytes master_key, e2ee_bytes master_salt)
{
  keys->cipher_key_size = master_key.size;
  keys->salt_size = master_salt.size;
  reference_derive (master_key, master_salt, 0, keys->cipher_key, master_key.size);
  reference_derive (master_key, master_salt, 1, keys->auth_key, sizeof keys->auth_key);
  reference_derive (master_key, master_salt, 2, keys->salt, master_salt.size);
}

static inline size_t
reference_header_size (const uint8_t * packet)
{
  size_t size = 12 + 4 * (size_t) (packet[0] & 15);

  if (packet[0] & 0x10)
    size += 4 + 4 * (size_t) e2ee_get_be (packet + size + 2, 2);
  return size;
}

/* RFC 7714 sections 8.1 and 8.2. */
static inline size_t
reference_protect_aead (const reference_keys * keys, uint32_t roc, uint8_t * packet, size_t size)
{
  const size_t header_size = reference_header_size (packet);
  uint8_t iv[12] = { 0 };
  gcry_cipher_hd_t cipher;

  memcpy (iv + 2, packet + 8, 4);
  e2ee_put_be (iv + 6, roc, 4);
  memcpy (iv + 10, packet + 2, 2);
  for (size_t i = 0; i < 12; i++)
    iv[i] ^= keys->salt[i];
  reference_must (gcry_cipher_open (&cipher, keys->cipher_key_size == 16 ? GCRY_CIPHER_AES128
          : GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0));
  reference_must (gcry_cipher_setkey (cipher, keys->cipher_key, keys->cipher_key_size));
  reference_must (gcry_cipher_setiv (cipher, iv, sizeof iv));
  reference_must (gcry_cipher_authenticate (cipher, packet, header_size));
  reference_must (gcry_cipher_final (cipher));
  reference_must (gcry_cipher_encrypt (cipher, packet + header_size, size - header_size, NULL, 0));
  reference_must (gcry_cipher_gettag (cipher, packet + size, 16));
  gcry_cipher_close (cipher);
  return size + 16;
}

/* RFC 3711 sections 4.1.1 and 4.2; the MKI stands in front of the tag and is not authenticated. */
static inline size_t
reference_protect_cm (const reference_keys * keys, uint32_t roc, uint8_t * packet, size_t size,
    e2ee_bytes mki)
{
  const size_t header_size = reference_header_size (packet);
  uint8_t iv[16] = { 0 }, roc_bytes[4];
  gcry_md_hd_t md;

  memcpy (iv + 4, packet + 8, 4);
  e2ee_put_be (iv + 8, roc, 4);
  memcpy (iv + 12, packet + 2, 2);
  for (size_t i = 0; i < 14; i++)
    iv[i] ^= keys->salt[i];
  reference_ctr (keys->cipher_key, keys->cipher_key_size, iv, packet + header_size,
      size - header_size);

  e2ee_put_be (roc_bytes, roc, 4);
  reference_must (gcry_md_open (&md, GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC));
  reference_must (gcry_md_setkey (md, keys->auth_key, sizeof keys->auth_key));
  gcry_md_write (md, packet, size);
  gcry_md_write (md, roc_bytes, 4);
  if (mki.size > 0)
    memcpy (packet + size, mki.data, mki.size);
  memcpy (packet + size + mki.size, gcry_md_read (md, GCRY_MD_SHA1), 10);
  gcry_md_close (md);
  return size + mki.size + 10;
}

/* Protects @packet in place and returns its new size. */
static inline size_t
reference_protect (const reference_keys * keys, uint32_t roc, uint8_t * packet, size_t size,
    e2ee_bytes mki)
{
  if (keys->salt_size == 14)
    return reference_protect_cm (keys, roc, packet, size, mki);
  size = reference_protect_aead (keys, roc, packet, size);
  if (mki.size > 0)
    memcpy (packet + size, mki.data, mki.size);
  return size + mki.size;
}

#endif
