/* What the front of a VP9 frame says.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/vp9.h"

#define FRAME_MARKER 2
#define KEY_FRAME 0
#define SYNC_CODE 0x498342
#define COLOUR_SPACE_RGB 7

typedef struct
{
  e2ee_bytes bytes;
  size_t position;              /* in bits */
  int past_end;
} bit_reader;

static uint32_t
take (bit_reader * reader, unsigned n)
{
  uint32_t value = 0;

  for (; n > 0; n--, reader->position++) {
    size_t byte = reader->position / 8;

    if (byte >= reader->bytes.size) {
      reader->past_end = 1;
      return 0;
    }
    value = value << 1 | (reader->bytes.data[byte] >> (7 - reader->position % 8) & 1);
  }
  return value;
}

/* Section 6.2.2: what stands between sync code and size, whose length depends on the profile. */
static int
skip_colours (bit_reader * reader, uint32_t profile)
{
  int has_subsampling = profile == 1 || profile == 3;

  if (profile >= 2)
    take (reader, 1);           /* 10 or 12 bits */
  if (take (reader, 3) == COLOUR_SPACE_RGB)
    return has_subsampling && take (reader, 1) == 0;

  take (reader, 1);             /* range */
  if (!has_subsampling)
    return 1;
  take (reader, 2);
  return take (reader, 1) == 0;
}

int
e2ee_vp9_read_key_frame (e2ee_bytes frame, uint32_t * width, uint32_t * height)
{
  bit_reader reader = { .bytes = frame };
  uint32_t profile;

  if (take (&reader, 2) != FRAME_MARKER)
    return 0;
  profile = take (&reader, 1);
  profile |= take (&reader, 1) << 1;
  if (profile == 3 && take (&reader, 1) != 0)
    return 0;

  if (take (&reader, 1) != 0)   /* show_existing_frame */
    return 0;
  if (take (&reader, 1) != KEY_FRAME)
    return 0;
  take (&reader, 2);            /* show_frame, error_resilient_mode */
  if (take (&reader, 24) != SYNC_CODE || !skip_colours (&reader, profile))
    return 0;

  *width = take (&reader, 16) + 1;
  *height = take (&reader, 16) + 1;
  return !reader.past_end;
}
