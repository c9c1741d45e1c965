/* The table of frame formats.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"

#include <string.h>

static const e2ee_format *const formats[] = {
  &e2ee_format_sframe,
  &e2ee_format_livekit,
  &e2ee_format_jitsi,
#ifdef HAVE_SRTP
  &e2ee_format_srtp,
#endif
};

#define N_FORMATS (sizeof formats / sizeof formats[0])

const e2ee_format *
e2ee_format_find (e2ee_format_id id)
{
  for (size_t i = 0; i < N_FORMATS; i++) {
    if (formats[i]->id == id)
      return formats[i];
  }
  return NULL;
}

const e2ee_format *
e2ee_format_find_by_name (const char *name)
{
  for (size_t i = 0; name != NULL && i < N_FORMATS; i++) {
    if (strcmp (formats[i]->name, name) == 0)
      return formats[i];
  }
  return NULL;
}
