/* Memory for secrets, on libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/secret.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#ifndef __wasm__

/* sodium_malloc() puts the memory at the end of its pages, in front of a guard page, so its
 * alignment is that of its size. */
#define ALIGNMENT 16

static void *
allocate (size_t size)
{
  return sodium_malloc ((size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

void
e2ee_secret_free (void *secret)
{
  sodium_free (secret);
}

#else

/* WebAssembly has neither page protection nor locking, and without them sodium_free() is free(): it
 * does not wipe.  So the size stands in front of the memory. */
#define ALIGNMENT 64

static void *
allocate (size_t size)
{
  const size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  uint8_t *memory = aligned_alloc (ALIGNMENT, ALIGNMENT + rounded);

  if (memory == NULL)
    return NULL;
  memcpy (memory, &rounded, sizeof (rounded));
  return memory + ALIGNMENT;
}

void
e2ee_secret_free (void *secret)
{
  uint8_t *memory;
  size_t rounded;

  if (secret == NULL)
    return;
  memory = (uint8_t *) secret - ALIGNMENT;
  memcpy (&rounded, memory, sizeof (rounded));
  sodium_memzero (secret, rounded);
  free (memory);
}

#endif

void *
e2ee_secret_alloc (size_t size)
{
  void *secret;

  if (size == 0 || size > SIZE_MAX - 4 * 65536)
    return NULL;
  secret = allocate (size);
  if (secret != NULL)
    memset (secret, 0, size);
  return secret;
}

uint8_t *
e2ee_secret_dup (e2ee_bytes bytes)
{
  uint8_t *secret = e2ee_secret_alloc (bytes.size);

  if (secret != NULL)
    memcpy (secret, bytes.data, bytes.size);
  return secret;
}

void
e2ee_wipe (void *memory, size_t size)
{
  if (size > 0)
    sodium_memzero (memory, size);
}

int
e2ee_equal (e2ee_bytes a, e2ee_bytes b)
{
  if (a.size != b.size)
    return 0;
  return a.size == 0 || sodium_memcmp (a.data, b.data, a.size) == 0;
}
