/* What a back end tells aead.c about itself.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_AEAD_PRIVATE_H
#define E2EE_CORE_CRYPTO_AEAD_PRIVATE_H

#include "core/crypto/aead.h"

/* The state of a context lies in secret memory at a multiple of this, which is what vector code
 * likes best; it starts as zeros. */
#define E2EE_AEAD_STATE_ALIGNMENT 64

/* One algorithm of one back end.  Sizes have been checked and no pointer but an empty aad's is NULL
 * when these are called.  @out is either the input itself or does not overlap it. */
typedef struct
{
  e2ee_aead_id id;
  size_t state_size;

  /* On failure nothing needs to be cleared. */
  e2ee_result (*init) (void *state, const e2ee_aead_info * info, const uint8_t * key);
  /* Gives back what @state holds outside of itself; may be NULL.  The caller wipes @state. */
  void (*clear) (void *state);

  e2ee_result (*seal) (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
      uint8_t * out, uint8_t * tag);
  /* TAG when @tag is wrong; the caller then wipes @out. */
  e2ee_result (*open) (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
      const uint8_t * tag, uint8_t * out);
} e2ee_aead_algorithm;

struct e2ee_aead_backend
{
  const char *name;
  /* Sets the library up; 0 when this processor cannot run it.  Called once, by one thread. */
  int (*start) (void);
  const e2ee_aead_algorithm *algorithms;
  size_t n_algorithms;
};

#ifdef HAVE_IPSEC_MB
extern const e2ee_aead_backend e2ee_aead_ipsec_mb;
#endif
#ifdef HAVE_GCRYPT
extern const e2ee_aead_backend e2ee_aead_gcrypt;
#endif
#ifdef HAVE_BEARSSL
extern const e2ee_aead_backend e2ee_aead_bearssl;
#endif
extern const e2ee_aead_backend e2ee_aead_sodium;

/* For e2ee_crypto_init(): asks every back end whether it can run. */
void e2ee_aead_start_backends (void);

/* Forgets them again, so that no context can be made after a failed self-test. */
void e2ee_aead_stop_backends (void);

#endif
