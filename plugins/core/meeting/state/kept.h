/* Messages that came too early: before a Welcome, or past a commit that they overtook.
 *
 * Knows no meeting: messages.c keeps them, and plays them when an epoch has begun.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_KEPT_H
#define E2EE_CORE_MEETING_STATE_KEPT_H

#include "core/mls/mls.h"

#define E2EE_MAX_KEPT_MESSAGES 512
#define E2EE_MAX_KEPT_BYTES ((size_t) 2 << 20)

/* In the order in which they came; zero is none. */
typedef struct
{
  e2ee_mls_buffer messages[E2EE_MAX_KEPT_MESSAGES];
  size_t n;
  size_t n_bytes;
} e2ee_kept;

/* Copies it.  The oldest make room; one that is too long is lost, or one without memory for it. */
void e2ee_kept_add (e2ee_kept * kept, e2ee_bytes message);
/* Everything goes over to @taken, and none is left. */
void e2ee_kept_take (e2ee_kept * kept, e2ee_kept * taken);
void e2ee_kept_clear (e2ee_kept * kept);

#endif
