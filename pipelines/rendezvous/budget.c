/* How much one client may say.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "budget.h"

void
budget_init (Budget * budget, gint64 now)
{
  budget->messages = BUDGET_MESSAGES;
  budget->bytes = BUDGET_BYTES;
  budget->at = now;
}

gboolean
budget_spend (Budget * budget, gsize bytes, gint64 now)
{
  gdouble seconds = (now - budget->at) / (gdouble) G_USEC_PER_SEC;

  budget->messages = MIN (BUDGET_MESSAGES, budget->messages + seconds * BUDGET_MESSAGES_A_SECOND);
  budget->bytes = MIN (BUDGET_BYTES, budget->bytes + seconds * BUDGET_BYTES_A_SECOND);
  budget->at = now;
  if (budget->messages < 1 || budget->bytes < bytes)
    return FALSE;
  budget->messages -= 1;
  budget->bytes -= bytes;
  return TRUE;
}
