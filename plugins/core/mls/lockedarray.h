/* A growing array in locked memory: a block for each secret would cost pages and system calls.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_LOCKEDARRAY_H
#define E2EE_CORE_MLS_LOCKEDARRAY_H

#include "core/mls/memory.h"

/* All zeros but element_size is empty and ready. */
typedef struct
{
  uint8_t *data;
  size_t n;
  size_t capacity;
  size_t element_size;
} e2ee_mls_locked_array;

/* Room for @more elements, so that as many inserts cannot fail.  Elements may move. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_locked_reserve (e2ee_mls_locked_array * array,
    size_t more);
void *e2ee_mls_locked_at (const e2ee_mls_locked_array * array, size_t index);
/* A zeroed element at @index, in room that has been reserved. */
void *e2ee_mls_locked_insert (e2ee_mls_locked_array * array, size_t index);
/* Wipes it. */
void e2ee_mls_locked_remove (e2ee_mls_locked_array * array, size_t index);
/* Wipes and frees; the array is then empty and ready. */
void e2ee_mls_locked_clear (e2ee_mls_locked_array * array);

#endif
