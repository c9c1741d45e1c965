/* Real payloaders' streams through the regroup, for the tests of each payload format.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "kit.h"

/* SFrame's header and a 16-byte tag. */
#define STREAM_OVERHEAD 26

/* In front of an encoder, and behind the payloader, which is called "pay". */
#define STREAM_BALL \
  "videotestsrc num-buffers=30 pattern=ball ! video/x-raw,width=320,height=240 ! "
#define STREAM_NOISE \
  "videotestsrc num-buffers=12 pattern=snow ! video/x-raw,width=640,height=360 ! "
#define STREAM_SINK " ! fakesink sync=false async=false"

typedef struct
{
  GPtrArray *frames;            /* GBytes: what the encoder made */
  GPtrArray *pushes;            /* GstBuffer or GstBufferList: what the payloader pushed */
} Stream;

/* Runs @description to its end; @layers gives the vp8enc or vp9enc "enc" two temporal layers. */
Stream *stream_new (const gchar * description, gboolean layers);
void stream_free (Stream * stream);

/* Every push of the payloader must leave as one. */
void stream_push (Kit * kit, Stream * stream);
guint16 stream_first_seq (Stream * stream);
void stream_assert_same_frames (GPtrArray * frames, GPtrArray * expected);
/* What left has no gap from @seq on and, unless @mtu is 0, is nowhere larger. */
void stream_assert_contiguous (Kit * kit, guint16 seq, gsize mtu);
/* What left, through a depayloader: GBytes. (transfer full) */
GPtrArray *stream_depayload (Kit * kit, const gchar * depayloader, const gchar * caps);

/* The frames grow under @mtu as if encrypted, shrink again under @back_mtu, and are compared at every
 * step and behind @depayloader. */
void stream_round_trip (Stream * stream, const E2eeRtpCodec * codec, guint mtu, guint back_mtu,
    const gchar * depayloader, const gchar * caps);
