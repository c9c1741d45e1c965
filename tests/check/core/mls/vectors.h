/* The official MLS test vectors, read from the folder that the build or the environment names.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_VECTORS_H
#define E2EE_TESTS_MLS_VECTORS_H

#include "../check.h"

#include "core/mls/memory.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <jansson.h>

#ifndef E2EE_TEST_VECTORS
#define E2EE_TEST_VECTORS ""
#endif

/* One file; every string of bytes that was read from it lives until vectors_close(). */
typedef struct
{
  json_t *root;
  e2ee_mls_arena arena;
} vectors;

/* The environment goes before the build. */
static inline const char *
vectors_folder (void)
{
  const char *folder = getenv ("E2EE_VECTORS");

  return folder != NULL ? folder : E2EE_TEST_VECTORS;
}

static inline int
vectors_present (void)
{
  char path[4096];
  struct stat status;

  snprintf (path, sizeof path, "%s/mls", vectors_folder ());
  return stat (path, &status) == 0;
}

#define VECTORS_OR_SKIP() do { \
    if (!vectors_present ()) \
      CHECK_SKIP ("no folder with the MLS vectors; set E2EE_VECTORS"); \
  } while (0)

/* Opens mls/@name, an array of @n_cases.  Fails the case and returns 0 when it is not. */
static inline int
vectors_open (vectors * file, const char *name, size_t n_cases)
{
  char path[4096];

  file->arena = (e2ee_mls_arena) E2EE_MLS_ARENA_INIT;
  snprintf (path, sizeof path, "%s/mls/%s", vectors_folder (), name);
  file->root = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);
  if (file->root == NULL) {
    check_fail (__FILE__, __LINE__, "cannot read mls/%s in the vectors folder", name);
    return 0;
  }
  printf ("# mls/%s: %zu cases\n", name, json_array_size (file->root));
  if (json_array_size (file->root) != n_cases) {
    check_fail (__FILE__, __LINE__, "%zu cases in %s, not %zu", json_array_size (file->root),
        name, n_cases);
    json_decref (file->root);
    return 0;
  }
  return 1;
}

static inline void
vectors_close (vectors * file)
{
  json_decref (file->root);
  e2ee_mls_arena_clear (&file->arena);
}

static inline e2ee_bytes
vectors_decode (vectors * file, const char *hex)
{
  const size_t size = strlen (hex) / 2;
  uint8_t *bytes = e2ee_mls_arena_alloc (&file->arena, size, 1);

  for (size_t i = 0; i < size; i++) {
    unsigned byte;

    if (sscanf (hex + 2 * i, "%2x", &byte) != 1)
      check_fail (__FILE__, __LINE__, "not hexadecimal: %.16s", hex + 2 * i);
    bytes[i] = (uint8_t) byte;
  }
  return E2EE_BYTES (bytes, size);
}

/* The bytes of the member @name; empty for null.  Fails the case when there is no such member. */
static inline e2ee_bytes
vectors_bytes (vectors * file, const json_t * row, const char *name)
{
  const json_t *value = json_object_get (row, name);

  if (json_is_null (value))
    return E2EE_NO_BYTES;
  if (!json_is_string (value)) {
    check_fail (__FILE__, __LINE__, "no bytes \"%s\"", name);
    return E2EE_NO_BYTES;
  }
  return vectors_decode (file, json_string_value (value));
}

static inline uint64_t
vectors_number (const json_t * row, const char *name)
{
  const json_t *value = json_object_get (row, name);

  if (!json_is_integer (value))
    check_fail (__FILE__, __LINE__, "no number \"%s\"", name);
  return (uint64_t) json_integer_value (value);
}

static inline const char *
vectors_text (const json_t * row, const char *name)
{
  const char *text = json_string_value (json_object_get (row, name));

  if (text == NULL)
    check_fail (__FILE__, __LINE__, "no text \"%s\"", name);
  return text != NULL ? text : "";
}

#endif
