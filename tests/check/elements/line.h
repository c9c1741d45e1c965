/* A line that loses, delays, reorders and repeats packets, the same ones in every run.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* In thousandths, and milliseconds of the test's own time. */
typedef struct
{
  const gchar *name;
  guint loss;
  guint repeated;
  guint jitter;                 /* added to the delay, at most; puts packets out of order */
  guint cut_from;               /* nothing gets through from here */
  guint cut_to;
} LineQuality;

#define LINE_DELAY 30

typedef struct _Line Line;

Line *line_new (const LineQuality * quality, guint64 seed);
void line_free (Line * line);

/* From now on as if it were another line; what is under way stays so. */
void line_set_quality (Line * line, const LineQuality * quality);

/* (transfer full) */
void line_send (Line * line, guint64 now_ms, GstBuffer * packet);
/* The next packet that has arrived, or NULL. (transfer full) */
GstBuffer *line_receive (Line * line, guint64 now_ms);

G_END_DECLS
