/* Memory of the MLS room: all of it is wiped when it is given back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_MEMORY_H
#define E2EE_CORE_MLS_MEMORY_H

#include "core/bytes.h"
#include "core/mls/result.h"

/* Three kinds of memory, by who frees and what it holds:
 *   e2ee_mls_alloc   objects and public bytes; wiped on free all the same
 *   e2ee_mls_arena   everything that one decoded message points to; freed at once
 *   e2ee_mls_secret  keys: locked (core/crypto/secret.h)
 * No other allocator is called in this room. */

/* Zeroed; NULL when there is none or @size is 0.  @n * @size is checked for overflow. */
E2EE_MUST_USE void *e2ee_mls_alloc (size_t n, size_t size);
/* Wipes the whole block first; NULL is allowed. */
void e2ee_mls_free (void *memory);

/* For tests: who gives and takes the blocks behind e2ee_mls_alloc() and the arenas, such as an
 * allocator that fails the n-th time or looks at what is freed.  NULL restores malloc and free.
 * Not thread-safe: set it before anything is allocated. */
typedef struct
{
  void *(*alloc) (void *user, size_t size);
  /* @memory has been wiped. */
  void (*free) (void *user, void *memory, size_t size);
  void *user;
} e2ee_mls_allocator;

void e2ee_mls_set_allocator (const e2ee_mls_allocator * allocator);

/* An owned string of bytes. */
typedef struct
{
  uint8_t *data;
  size_t size;
} e2ee_mls_buffer;

#define E2EE_MLS_NO_BUFFER ((e2ee_mls_buffer) { NULL, 0 })

static inline e2ee_bytes
e2ee_mls_buffer_view (e2ee_mls_buffer buffer)
{
  return E2EE_BYTES (buffer.data, buffer.size);
}

/* A copy of @bytes in *@out, which must hold nothing; empty bytes give an empty buffer. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_buffer_dup (e2ee_bytes bytes, e2ee_mls_buffer * out);
/* Wipes, frees and empties. */
void e2ee_mls_buffer_clear (e2ee_mls_buffer * buffer);

/* An owned secret in locked memory.  Takes pages: for long-lived keys, not for each message. */
typedef struct
{
  uint8_t *data;
  size_t size;
} e2ee_mls_secret;

#define E2EE_MLS_NO_SECRET ((e2ee_mls_secret) { NULL, 0 })

static inline e2ee_bytes
e2ee_mls_secret_view (e2ee_mls_secret secret)
{
  return E2EE_BYTES (secret.data, secret.size);
}

/* @size zeros to be filled in.  *@out must hold nothing. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_init (e2ee_mls_secret * out, size_t size);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_secret_dup (e2ee_bytes bytes, e2ee_mls_secret * out);
void e2ee_mls_secret_clear (e2ee_mls_secret * secret);

/* Blocks that are freed together.  Zero-initialised is empty and ready. */
typedef struct
{
  struct e2ee_mls_arena_block *last;
} e2ee_mls_arena;

#define E2EE_MLS_ARENA_INIT { NULL }

/* Zeroed and aligned for every type; NULL when there is none, or @n * @size overflows or is 0. */
E2EE_MUST_USE void *e2ee_mls_arena_alloc (e2ee_mls_arena * arena, size_t n, size_t size);
/* A copy in the arena; *@out has NULL data for empty bytes. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_arena_dup (e2ee_mls_arena * arena, e2ee_bytes bytes,
    e2ee_bytes * out);
/* Wipes and frees all blocks; the arena is then empty and ready. */
void e2ee_mls_arena_clear (e2ee_mls_arena * arena);

#endif
