/* A line that loses, delays, reorders and repeats packets (line.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "line.h"

typedef struct
{
  guint64 due_ms;
  GstBuffer *packet;
} Travelling;

struct _Line
{
  const LineQuality *quality;
  guint64 state;
  GArray *travelling;           /* by due_ms, and as they were sent */
};

/* xorshift64*, below @limit. */
static guint
draw (Line * line, guint limit)
{
  line->state ^= line->state >> 12;
  line->state ^= line->state << 25;
  line->state ^= line->state >> 27;
  return (guint) ((line->state * G_GUINT64_CONSTANT (2685821657736338717)) >> 33) % limit;
}

static void
put (Line * line, guint64 now_ms, GstBuffer * packet)
{
  Travelling travelling = { now_ms + LINE_DELAY + draw (line, line->quality->jitter + 1), packet };
  guint k = line->travelling->len;

  while (k > 0 && g_array_index (line->travelling, Travelling, k - 1).due_ms > travelling.due_ms)
    k--;
  g_array_insert_val (line->travelling, k, travelling);
}

void
line_send (Line * line, guint64 now_ms, GstBuffer * packet)
{
  const LineQuality *quality = line->quality;
  gboolean is_cut = now_ms >= quality->cut_from && now_ms < quality->cut_to;

  if (is_cut || draw (line, 1000) < quality->loss) {
    gst_buffer_unref (packet);
    return;
  }
  if (draw (line, 1000) < quality->repeated)
    put (line, now_ms, gst_buffer_ref (packet));
  put (line, now_ms, packet);
}

GstBuffer *
line_receive (Line * line, guint64 now_ms)
{
  Travelling first;

  if (line->travelling->len == 0)
    return NULL;
  first = g_array_index (line->travelling, Travelling, 0);
  if (first.due_ms > now_ms)
    return NULL;
  g_array_remove_index (line->travelling, 0);
  return first.packet;
}

void
line_set_quality (Line * line, const LineQuality * quality)
{
  line->quality = quality;
}

Line *
line_new (const LineQuality * quality, guint64 seed)
{
  Line *line = g_new0 (Line, 1);

  line->quality = quality;
  line->state = seed;
  line->travelling = g_array_new (FALSE, FALSE, sizeof (Travelling));
  return line;
}

void
line_free (Line * line)
{
  GstBuffer *packet;

  while ((packet = line_receive (line, G_MAXUINT64)) != NULL)
    gst_buffer_unref (packet);
  g_array_unref (line->travelling);
  g_free (line);
}
