/* At which buffer a stream may begin again after buffers were kept back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include "rtp/codec.h"

G_BEGIN_DECLS

typedef enum
{
  E2EE_ENTRY_BY_FLAG,           /* no DELTA_UNIT: raw, audio, text, parsed video */
  E2EE_ENTRY_RTP_KEY_FRAME,     /* the packet that holds the first byte of a key frame */
  E2EE_ENTRY_NEVER              /* key frames of this stream cannot be recognised */
} E2eeEntryKind;

typedef struct
{
  E2eeEntryKind kind;
  const E2eeRtpCodec *codec;    /* of E2EE_ENTRY_RTP_KEY_FRAME */
  gboolean anywhere;            /* no buffer depends on one before it: all but encoded video */
} E2eeEntry;

/* What @caps say about entry points; by flag when there are none. */
E2eeEntry e2ee_entry_from_caps (const GstCaps * caps);

/* Whether a decoder that has seen nothing can start at @buffer. */
gboolean e2ee_entry_is_possible (const E2eeEntry * entry, GstBuffer * buffer);

G_END_DECLS
