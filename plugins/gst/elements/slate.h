/* What stands in the place of raw media that is private: a dark picture with a few words, silence.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/policyenums.h"

G_BEGIN_DECLS

typedef struct _E2eeSlate E2eeSlate;

E2eeSlate *e2ee_slate_new (void);
/* NULL is allowed. */
void e2ee_slate_free (E2eeSlate * slate);

/* The words depend on what the branch does: a recording is "paused". */
void e2ee_slate_set_feature (E2eeSlate * slate, GstE2eePolicyFeature feature);
/* FALSE: there is nothing to stand in for media of this kind (encoded, or in memory that is not
 * the system's). */
gboolean e2ee_slate_set_caps (E2eeSlate * slate, const GstCaps * caps);

/* As large and as long as @buffer, with its timestamps and nothing else of it.  The picture is
 * drawn once and shared.  NULL when there is nothing to stand in for it. */
GstBuffer *e2ee_slate_make (E2eeSlate * slate, GstBuffer * buffer);

G_END_DECLS
