/* A growing array in locked memory.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/lockedarray.h"

#include <string.h>

#include "core/crypto/secret.h"

#define FIRST_CAPACITY 8

e2ee_mls_result
e2ee_mls_locked_reserve (e2ee_mls_locked_array * array, size_t more)
{
  size_t capacity = array->capacity > 0 ? array->capacity : FIRST_CAPACITY;
  uint8_t *data;

  if (more <= array->capacity - array->n)
    return E2EE_MLS_OK;
  while (capacity - array->n < more)
    capacity *= 2;
  data = e2ee_secret_alloc (capacity * array->element_size);
  if (data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  if (array->n > 0)
    memcpy (data, array->data, array->n * array->element_size);
  e2ee_secret_free (array->data);
  array->data = data;
  array->capacity = capacity;
  return E2EE_MLS_OK;
}

void *
e2ee_mls_locked_at (const e2ee_mls_locked_array * array, size_t index)
{
  return array->data + index * array->element_size;
}

void *
e2ee_mls_locked_insert (e2ee_mls_locked_array * array, size_t index)
{
  uint8_t *at = e2ee_mls_locked_at (array, index);

  memmove (at + array->element_size, at, (array->n - index) * array->element_size);
  array->n++;
  memset (at, 0, array->element_size);
  return at;
}

void
e2ee_mls_locked_remove (e2ee_mls_locked_array * array, size_t index)
{
  uint8_t *at = e2ee_mls_locked_at (array, index);

  array->n--;
  memmove (at, at + array->element_size, (array->n - index) * array->element_size);
  e2ee_wipe (e2ee_mls_locked_at (array, array->n), array->element_size);
}

void
e2ee_mls_locked_clear (e2ee_mls_locked_array * array)
{
  e2ee_secret_free (array->data);
  array->data = NULL;
  array->n = array->capacity = 0;
}
