/* How much one client may say: so much at once, and so much a second in the long run.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whoever joins a full room describes himself to 63 others, with a dozen candidates each. */
#define BUDGET_MESSAGES 2000
#define BUDGET_MESSAGES_A_SECOND 100
#define BUDGET_BYTES (8 * 1024 * 1024)
#define BUDGET_BYTES_A_SECOND (1024 * 1024)

typedef struct
{
  gdouble messages;             /* left */
  gdouble bytes;
  gint64 at;                    /* microseconds, when that was so */
} Budget;

void budget_init (Budget * budget, gint64 now);

/* One message of @bytes.  FALSE: it is too much, and nothing was taken. */
gboolean budget_spend (Budget * budget, gsize bytes, gint64 now);

G_END_DECLS
