/* A tiny TAP harness for the core: plain C11 and stdio, native and WebAssembly alike.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_CHECK_H
#define E2EE_TESTS_CHECK_H

/* A test file is a table of cases and a main:
 *
 *   static void
 *   test_open_refuses_a_flipped_bit (void)
 *   {
 *     CHECK_INT (e2ee_..., E2EE_ERR_TAG);
 *   }
 *
 *   static const check_case cases[] = {
 *     CHECK_CASE (test_open_refuses_a_flipped_bit),
 *   };
 *
 *   CHECK_MAIN (cases)
 *
 * Every case is one line of TAP.  A CHECK that fails marks the case as failed and returns from the
 * function that holds it, so that function returns void; a helper's caller goes on unless it asks
 * CHECK_RETURN_IF_FAILED ().  The program's exit status is 0 only when no case failed.
 *
 * (There is no setjmp for wasm32-wasi in the compilers we support, hence the plain return.) */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/bytes.h"

typedef struct
{
  const char *name;
  void (*run) (void);
} check_case;

static struct
{
  int failed;                   /* the running case */
  const char *skipped;          /* why the running case was skipped, or NULL */
  char row[160];                /* what a table-driven case is looking at */
} check_state;

#define CHECK_N(array) (sizeof (array) / sizeof (array)[0])
#define CHECK_CASE(function) { #function, function }

#define CHECK_MAIN(cases) \
  int \
  main (void) \
  { \
    return check_run (cases, CHECK_N (cases)); \
  }

#define CHECK(condition) do { \
    if (!(condition)) { \
      check_fail (__FILE__, __LINE__, "%s", #condition); \
      return; \
    } \
  } while (0)

/* Integers of any kind and sign up to 64 bits. */
#define CHECK_INT(actual, expected) do { \
    const intmax_t check_a = (intmax_t) (actual); \
    const intmax_t check_e = (intmax_t) (expected); \
    if (check_a != check_e) { \
      check_fail (__FILE__, __LINE__, "%s is %" PRIdMAX " (0x%" PRIxMAX "), not %" PRIdMAX \
          " (0x%" PRIxMAX ")", #actual, check_a, (uintmax_t) check_a, check_e, \
          (uintmax_t) check_e); \
      return; \
    } \
  } while (0)

#define CHECK_STR(actual, expected) do { \
    const char *check_a = (actual); \
    const char *check_e = (expected); \
    if (check_a == NULL || strcmp (check_a, check_e) != 0) { \
      check_fail (__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #actual, \
          check_a != NULL ? check_a : "(null)", check_e); \
      return; \
    } \
  } while (0)

/* Two e2ee_bytes; shows where they part. */
#define CHECK_BYTES(actual, expected) do { \
    const e2ee_bytes check_a = (actual); \
    const e2ee_bytes check_e = (expected); \
    if (!check_same (check_a, check_e)) { \
      check_fail_bytes (__FILE__, __LINE__, #actual, check_a, check_e); \
      return; \
    } \
  } while (0)

#define CHECK_MEM(actual, expected, length) \
  CHECK_BYTES (E2EE_BYTES (actual, length), E2EE_BYTES (expected, length))

#define CHECK_SKIP(reason) do { check_state.skipped = (reason); return; } while (0)

#define CHECK_RETURN_IF_FAILED() do { if (check_state.failed) return; } while (0)

/* Names the row of a table (printf style); printed with a failure until the case ends. */
#define CHECK_ROW(...) snprintf (check_state.row, sizeof (check_state.row), __VA_ARGS__)

#if defined (__GNUC__)
__attribute__ ((format (printf, 3, 4), unused))
#endif
static void
check_fail (const char *file, int line, const char *format, ...)
{
  const char *base = strrchr (file, '/');
  va_list arguments;

  check_state.failed = 1;
  printf ("# %s:%d: ", base != NULL ? base + 1 : file, line);
  if (check_state.row[0] != '\0')
    printf ("[%s] ", check_state.row);
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  printf ("\n");
}

static inline int
check_same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

static inline void
check_print_bytes (const char *what, e2ee_bytes bytes, size_t from)
{
  printf ("#   %s:", what);
  for (size_t i = from; i < bytes.size && i < from + 24; i++)
    printf (" %02x", bytes.data[i]);
  printf ("%s\n", from + 24 < bytes.size ? " ..." : "");
}

static inline void
check_fail_bytes (const char *file, int line, const char *what, e2ee_bytes actual,
    e2ee_bytes expected)
{
  size_t at = 0;

  while (at < actual.size && at < expected.size && actual.data[at] == expected.data[at])
    at++;
  check_fail (file, line, "%s: %zu bytes, expected %zu; they part at byte %zu", what,
      actual.size, expected.size, at);
  check_print_bytes ("actual  ", actual, at);
  check_print_bytes ("expected", expected, at);
}

static inline int
check_run (const check_case * cases, size_t n_cases)
{
  int failures = 0;

  printf ("1..%zu\n", n_cases);
  for (size_t i = 0; i < n_cases; i++) {
    memset (&check_state, 0, sizeof (check_state));
    cases[i].run ();
    if (check_state.failed) {
      failures++;
      printf ("not ok %zu - %s\n", i + 1, cases[i].name);
    } else if (check_state.skipped != NULL) {
      printf ("ok %zu - %s # SKIP %s\n", i + 1, cases[i].name, check_state.skipped);
    } else {
      printf ("ok %zu - %s\n", i + 1, cases[i].name);
    }
    fflush (stdout);
  }
  return failures > 0 ? 1 : 0;
}

#endif
