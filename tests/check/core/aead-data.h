/* Made-up keys, nonces and messages for AEAD tests: the same in every run.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_AEAD_DATA_H
#define E2EE_TESTS_AEAD_DATA_H

#include "core/crypto/aead.h"

/* xorshift64*, so that wrong offsets and swapped blocks show. */
static inline void
fill (uint8_t * out, size_t size, uint64_t seed)
{
  uint64_t x = seed * UINT64_C (0x9e3779b97f4a7c15) + 1;

  for (size_t i = 0; i < size; i++) {
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    out[i] = (uint8_t) ((x * UINT64_C (0x2545f4914f6cdd1d)) >> 56);
  }
}

/* The context of the key of @seed; on the fastest back end when @backend is NULL. */
static inline e2ee_aead *
aead_of_seed (const e2ee_aead_backend * backend, e2ee_aead_id id, uint64_t seed)
{
  uint8_t key[E2EE_AEAD_MAX_KEY_SIZE];
  const e2ee_bytes view = E2EE_BYTES (key, e2ee_aead_info_get (id)->key_size);
  e2ee_aead *aead = NULL;
  e2ee_result r;

  fill (key, sizeof (key), seed);
  if (backend != NULL)
    r = e2ee_aead_new_on (backend, id, view, &aead);
  else
    r = e2ee_aead_new (id, view, &aead);
  return r == E2EE_OK ? aead : NULL;
}

/* For (each algorithm of each back end), with the row named. */
#define FOR_EACH_ALGORITHM(backend, id) \
  for (size_t backend##_index = 0; e2ee_aead_backend_nth (backend##_index) != NULL; \
      backend##_index++) \
    for (int id##_number = 1; id##_number < E2EE_AEAD_N_IDS; id##_number++) \
      for (const e2ee_aead_backend *backend = e2ee_aead_backend_nth (backend##_index); \
          backend != NULL; backend = NULL) \
        for (e2ee_aead_id id = (e2ee_aead_id) id##_number; \
            backend != NULL && e2ee_aead_backend_has (backend, id) \
            && CHECK_ROW ("%s on %s", e2ee_aead_info_get (id)->name, \
                e2ee_aead_backend_name (backend)) > 0; backend = NULL)

#endif
