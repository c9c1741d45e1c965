/* Messages with their bytes changed or cut short, each of which must be refused without a trace.
 *
 * Each byte in turn is inverted, has one bit changed, and ends the message before it.  Each input
 * stands in memory of its own size, so that a read past its end is seen by the tools that watch for
 * that.  Heads and tails of messages and every so many bytes between are tried; all bytes when
 * E2EE_LONG is set.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_CHANGES_H
#define E2EE_TESTS_MLS_CHANGES_H

#include "vectors.h"

/* What one input is for: OK when it was accepted whole, N_RESULTS when the refusal left a trace. */
typedef e2ee_mls_result (*accept_function) (void *user, e2ee_bytes in);

/* Which bytes are tried, and what came of it. */
typedef struct
{
  size_t stride;                /* a prime, so that it falls into step with no structure */
  size_t edge;                  /* bytes at either end that are all tried */
  size_t n_tried;
  size_t n_answers[E2EE_MLS_N_RESULTS + 1];
} changes;

static inline changes
changes_begin (size_t stride, size_t edge)
{
  return (changes) { .stride = getenv ("E2EE_LONG") != NULL ? 1 : stride, .edge = edge };
}

static inline void
changes_print (const changes * what)
{
  printf ("# %zu changed:", what->n_tried);
  for (size_t i = 0; i <= E2EE_MLS_N_RESULTS; i++) {
    if (what->n_answers[i] > 0)
      printf (" %zu %s", what->n_answers[i],
          i < E2EE_MLS_N_RESULTS ? e2ee_mls_result_name ((e2ee_mls_result) i) : "with a trace");
  }
  printf ("\n");
}

/* @in up to @size, with @mask put over the byte at @at. */
static inline void
check_refused (changes * what, accept_function accept, void *user, e2ee_bytes in, size_t size,
    size_t at, uint8_t mask)
{
  uint8_t *copy = malloc (size > 0 ? size : 1);
  e2ee_mls_result r;

  CHECK (copy != NULL);
  if (size > 0)
    memcpy (copy, in.data, size);
  if (at < size)
    copy[at] ^= mask;
  r = accept (user, E2EE_BYTES (copy, size));
  free (copy);
  what->n_tried++;
  what->n_answers[r]++;
  if (r == E2EE_MLS_OK || r == E2EE_MLS_N_RESULTS)
    check_fail (__FILE__, __LINE__, "byte %zu of %zu ^ %02x, %zu bytes kept: %s", at, in.size,
        (unsigned) mask, size, r == E2EE_MLS_OK ? "accepted" : "left a trace");
}

static inline void
check_changes (changes * what, accept_function accept, void *user, e2ee_bytes in)
{
  for (size_t i = 0; i < in.size; i++) {
    if (i >= what->edge && in.size - i > what->edge && i % what->stride != 0)
      continue;
    check_refused (what, accept, user, in, in.size, i, 0xff);
    check_refused (what, accept, user, in, in.size, i, (uint8_t) (1u << (i % 8)));
    check_refused (what, accept, user, in, i, i, 0);
    CHECK_RETURN_IF_FAILED ();
  }
}

#endif
