/* Memory of the MLS room: all of it is wiped when it is given back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/memory.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "core/crypto/secret.h"

#define ALIGNMENT alignof (max_align_t)
#define ARENA_BLOCK_SIZE 2048

/* In front of every block: what has to be wiped. */
typedef struct
{
  alignas (max_align_t) size_t size;
} block_head;

struct e2ee_mls_arena_block
{
  struct e2ee_mls_arena_block *previous;
  size_t used;
  size_t size;
  alignas (max_align_t) uint8_t data[];
};

static void *
system_alloc (void *user, size_t size)
{
  return malloc (size);
}

static void
system_free (void *user, void *memory, size_t size)
{
  free (memory);
}

static const e2ee_mls_allocator system_allocator = { system_alloc, system_free, NULL };
static e2ee_mls_allocator allocator = { system_alloc, system_free, NULL };

void
e2ee_mls_set_allocator (const e2ee_mls_allocator * replacement)
{
  allocator = replacement != NULL ? *replacement : system_allocator;
}

void *
e2ee_mls_alloc (size_t n, size_t size)
{
  block_head *head;

  if (n == 0 || size == 0 || n > (SIZE_MAX / 2 - sizeof (block_head)) / size)
    return NULL;
  head = allocator.alloc (allocator.user, sizeof (block_head) + n * size);
  if (head == NULL)
    return NULL;
  head->size = sizeof (block_head) + n * size;
  memset (head + 1, 0, n * size);
  return head + 1;
}

void
e2ee_mls_free (void *memory)
{
  block_head *head;
  size_t size;

  if (memory == NULL)
    return;
  head = (block_head *) memory - 1;
  size = head->size;
  e2ee_wipe (head, size);
  allocator.free (allocator.user, head, size);
}

e2ee_mls_result
e2ee_mls_buffer_dup (e2ee_bytes bytes, e2ee_mls_buffer * out)
{
  *out = E2EE_MLS_NO_BUFFER;
  if (bytes.size == 0)
    return E2EE_MLS_OK;
  out->data = e2ee_mls_alloc (bytes.size, 1);
  if (out->data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  memcpy (out->data, bytes.data, bytes.size);
  out->size = bytes.size;
  return E2EE_MLS_OK;
}

void
e2ee_mls_buffer_clear (e2ee_mls_buffer * buffer)
{
  e2ee_mls_free (buffer->data);
  *buffer = E2EE_MLS_NO_BUFFER;
}

e2ee_mls_result
e2ee_mls_secret_init (e2ee_mls_secret * out, size_t size)
{
  *out = E2EE_MLS_NO_SECRET;
  if (size == 0)
    return E2EE_MLS_OK;
  out->data = e2ee_secret_alloc (size);
  if (out->data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  out->size = size;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_secret_dup (e2ee_bytes bytes, e2ee_mls_secret * out)
{
  e2ee_mls_result r = e2ee_mls_secret_init (out, bytes.size);

  if (r == E2EE_MLS_OK && bytes.size > 0)
    memcpy (out->data, bytes.data, bytes.size);
  return r;
}

void
e2ee_mls_secret_clear (e2ee_mls_secret * secret)
{
  e2ee_secret_free (secret->data);
  *secret = E2EE_MLS_NO_SECRET;
}

void *
e2ee_mls_arena_alloc (e2ee_mls_arena * arena, size_t n, size_t size)
{
  struct e2ee_mls_arena_block *block = arena->last;
  size_t wanted;
  void *memory;

  if (n == 0 || size == 0 || n > (SIZE_MAX / 4) / size)
    return NULL;
  wanted = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (block == NULL || block->size - block->used < wanted) {
    const size_t block_size = wanted > ARENA_BLOCK_SIZE ? wanted : ARENA_BLOCK_SIZE;

    block = e2ee_mls_alloc (1, sizeof (*block) + block_size);
    if (block == NULL)
      return NULL;
    block->previous = arena->last;
    block->size = block_size;
    arena->last = block;
  }
  memory = block->data + block->used;
  block->used += wanted;
  return memory;
}

e2ee_mls_result
e2ee_mls_arena_dup (e2ee_mls_arena * arena, e2ee_bytes bytes, e2ee_bytes * out)
{
  uint8_t *copy;

  *out = E2EE_NO_BYTES;
  if (bytes.size == 0)
    return E2EE_MLS_OK;
  copy = e2ee_mls_arena_alloc (arena, bytes.size, 1);
  if (copy == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  memcpy (copy, bytes.data, bytes.size);
  *out = E2EE_BYTES (copy, bytes.size);
  return E2EE_MLS_OK;
}

void
e2ee_mls_arena_clear (e2ee_mls_arena * arena)
{
  while (arena->last != NULL) {
    struct e2ee_mls_arena_block *block = arena->last;

    arena->last = block->previous;
    e2ee_mls_free (block);
  }
}
