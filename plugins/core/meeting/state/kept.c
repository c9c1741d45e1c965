/* Messages that came too early.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/meeting/state/kept.h"

static void
drop (e2ee_kept * kept, size_t index)
{
  kept->n_bytes -= kept->messages[index].size;
  e2ee_mls_buffer_clear (&kept->messages[index]);
  memmove (&kept->messages[index], &kept->messages[index + 1],
      (kept->n - index - 1) * sizeof (*kept->messages));
  kept->n--;
}

void
e2ee_kept_clear (e2ee_kept * kept)
{
  while (kept->n > 0)
    drop (kept, kept->n - 1);
}

void
e2ee_kept_add (e2ee_kept * kept, e2ee_bytes message)
{
  if (message.size > E2EE_MAX_KEPT_BYTES)
    return;
  /* The newest are those that a Welcome is followed by. */
  while (kept->n == E2EE_MAX_KEPT_MESSAGES || kept->n_bytes + message.size > E2EE_MAX_KEPT_BYTES)
    drop (kept, 0);
  if (e2ee_mls_buffer_dup (message, &kept->messages[kept->n]) == E2EE_MLS_OK) {
    kept->n++;
    kept->n_bytes += message.size;
  }
}

void
e2ee_kept_take (e2ee_kept * kept, e2ee_kept * taken)
{
  *taken = *kept;
  memset (kept, 0, sizeof (*kept));
}
