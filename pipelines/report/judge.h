/* The verdict over one call: were the two heard by each other, and by nobody else?
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <jansson.h>
#include "evidence.h"

G_BEGIN_DECLS

/* What one participant left behind. */
typedef struct
{
  gchar *name;
  json_t *stats;
  EvidenceFile *evidence;
} Witness;

/* Both directions must have more than so many percent of the frames that were encrypted. */
#define JUDGE_PERCENT 95

/* The summary: {"ok": bool, "failures": [text], "directions": [...], "eve": {...}, "recorder":
 * {...}, "shield": {...}}; docs/demo.md.  @recording: the file that @bob recorded, or tried to. */
json_t *judge_call (const Witness * alice, const Witness * bob, const Witness * eve,
    const gchar * recording, const gchar * snapshot);

/* For a person, on standard output. */
void judge_print (const json_t * summary);

G_END_DECLS
