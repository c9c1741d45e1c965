/* Authenticated encryption behind one interface, several libraries behind it.
 *
 * A context holds one expanded key and is made once per key, never per message.  It is not
 * thread-safe (libraries keep scratch state in it); use one per thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_AEAD_H
#define E2EE_CORE_CRYPTO_AEAD_H

#include "core/bytes.h"
#include "core/result.h"

#define E2EE_AEAD_NONCE_SIZE 12
#define E2EE_AEAD_MAX_KEY_SIZE 96
#define E2EE_AEAD_MAX_TAG_SIZE 16
/* Of plaintext, ciphertext and additional data each: above any frame, below any cipher's limit. */
#define E2EE_AEAD_MAX_MESSAGE_SIZE ((size_t) 1 << 30)

typedef enum
{
  E2EE_AEAD_AES_128_GCM = 1,
  E2EE_AEAD_AES_256_GCM,
  E2EE_AEAD_CHACHA20_POLY1305,
  /* RFC 9605 section 4.5.1; the key is enc_key || auth_key, the tag the first 10, 8 or 4 bytes of
   * the HMAC.  The 256-bit forms are those of draft-barnes-sframe-iana-256. */
  E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80,
  E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64,
  E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32,
  E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80,
  E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64,
  E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32,
  E2EE_AEAD_N_IDS
} e2ee_aead_id;

typedef struct
{
  e2ee_aead_id id;
  const char *name;
  size_t key_size;
  size_t tag_size;
} e2ee_aead_info;

/* NULL for an id that does not exist.  Static. */
const e2ee_aead_info *e2ee_aead_info_get (e2ee_aead_id id);

/* A library that implements some of the algorithms: "ipsec-mb", "gcrypt", "sodium", "bearssl". */
typedef struct e2ee_aead_backend e2ee_aead_backend;

/* The @index-th back end that this build has and this processor can run, fastest first; NULL past
 * the last.  For tests and benchmarks, which compare them. */
const e2ee_aead_backend *e2ee_aead_backend_nth (size_t index);
const char *e2ee_aead_backend_name (const e2ee_aead_backend * backend);
int e2ee_aead_backend_has (const e2ee_aead_backend * backend, e2ee_aead_id id);

typedef struct e2ee_aead e2ee_aead;

/* Makes the context of one key on the fastest back end that has @id.  The key is copied into locked
 * memory; the caller keeps and wipes its own.  *@aead is NULL on failure.
 * Errors: UNSUPPORTED, KEY_SIZE, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_aead_new (e2ee_aead_id id, e2ee_bytes key, e2ee_aead ** aead);

/* As e2ee_aead_new(), on one back end. */
E2EE_MUST_USE e2ee_result e2ee_aead_new_on (const e2ee_aead_backend * backend, e2ee_aead_id id,
    e2ee_bytes key, e2ee_aead ** aead);

/* Wipes and frees; NULL is allowed. */
void e2ee_aead_free (e2ee_aead * aead);

const e2ee_aead_info *e2ee_aead_get_info (const e2ee_aead * aead);
const char *e2ee_aead_get_backend_name (const e2ee_aead * aead);

/* Writes ciphertext || tag, plaintext.size + tag_size bytes, to @out.  @out may be plaintext.data
 * itself or memory that does not overlap it.  The caller answers for @nonce being new under
 * this key.  Allocates nothing.  Error: TOO_LARGE, and nothing was touched; on any other failure,
 * which would be one of the library behind it, @out is wiped. */
E2EE_MUST_USE e2ee_result e2ee_aead_seal (e2ee_aead * aead,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE], e2ee_bytes aad, e2ee_bytes plaintext, uint8_t * out);

/* Opens ciphertext || tag into @out, sealed.size - tag_size bytes; same overlap rule.  Allocates
 * nothing.  Errors: TRUNCATED, TOO_LARGE, TAG; then @out holds zeros or what it held before, never
 * plaintext.  The tag is compared in constant time. */
E2EE_MUST_USE e2ee_result e2ee_aead_open (e2ee_aead * aead,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE], e2ee_bytes aad, e2ee_bytes sealed, uint8_t * out);

#endif
