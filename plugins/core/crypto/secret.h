/* Memory for secrets: locked where the system lets us, never dumped, wiped when freed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_SECRET_H
#define E2EE_CORE_CRYPTO_SECRET_H

#include "core/bytes.h"
#include "core/result.h"

/* Starts the libraries and runs the known-answer self-test once (selftest.h); later calls answer
 * the same at once.  Any thread.  Every other function of core/crypto needs its E2EE_OK.
 * Errors: SELF_TEST, UNSUPPORTED. */
E2EE_MUST_USE e2ee_result e2ee_crypto_init (void);

/* Zeroed secret memory of @size bytes, NULL when there is none (or @size is 0).  Aligned for every
 * type, and to 64 bytes when @size is a multiple of 64.  Takes whole pages and several system
 * calls: for keys, not for messages.  Free with e2ee_secret_free(). */
E2EE_MUST_USE void *e2ee_secret_alloc (size_t size);

/* A secret copy of @bytes, NULL when there is no memory (or nothing to copy). */
E2EE_MUST_USE uint8_t *e2ee_secret_dup (e2ee_bytes bytes);

/* Wipes and frees; NULL is allowed. */
void e2ee_secret_free (void *secret);

/* Wipes memory that the compiler may think dead: the stack and structs. */
void e2ee_wipe (void *memory, size_t size);

/* 1 when the two views are equal, in a time that depends on the sizes alone. */
int e2ee_equal (e2ee_bytes a, e2ee_bytes b);

#endif
