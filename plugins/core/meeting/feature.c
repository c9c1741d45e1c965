/* Names of features (feature.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/feature.h"

#include <stddef.h>
#include <string.h>

static const char *const names[E2EE_N_FEATURES] = {
  "recording", "transcription", "captions", "streaming", "breakout", "notes", "whiteboard",
  "pstn", "sip-h323", "guest", "screenshare", "chat"
};

const char *
e2ee_feature_name (e2ee_feature feature)
{
  return (unsigned) feature < E2EE_N_FEATURES ? names[feature] : NULL;
}

int
e2ee_feature_find (const char *name)
{
  for (int i = 0; i < E2EE_N_FEATURES; i++)
    if (strcmp (names[i], name) == 0)
      return i;
  return -1;
}
