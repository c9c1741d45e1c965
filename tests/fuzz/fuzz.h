/* What the fuzz targets share: libFuzzer's entry point, and a check that ends the run.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_FUZZ_H
#define E2EE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t * data, size_t size);

#define FUZZ_ASSERT(condition) do { \
    if (!(condition)) { \
      fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      abort (); \
    } \
  } while (0)

#endif
