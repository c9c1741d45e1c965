/* One gate between two pads, what is pushed into it, and what it said.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>

G_BEGIN_DECLS

#define FRAME (20 * GST_MSECOND)
#define NO_STATE ((GstE2eeState) -1)
#define RAW "video/x-raw,format=GRAY8,width=4,height=4,framerate=50/1"
#define AUDIO "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
#define VP8 "video/x-vp8,width=4,height=4,framerate=50/1"
#define RTP_VP8 "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96"
#define RTP_VP9 "application/x-rtp,media=video,encoding-name=VP9,clock-rate=90000,payload=96"
#define RTP_THEORA "application/x-rtp,media=video,encoding-name=THEORA,clock-rate=90000,payload=96"
#define RTP_OPUS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=97"

typedef struct
{
  GstHarness *h;
  GstBus *bus;
} Gate;

/* @caps (nullable) are pushed.  @properties (nullable) in gst-launch's words. */
Gate gate_new (const gchar * caps);
Gate gate_new_full (const gchar * caps, const gchar * properties);
Gate gate_wrap (GstElement * element, const gchar * caps, const gchar * properties);
/* In @pipeline, which the gates of one group share. */
Gate gate_new_in (GstBin * pipeline, const gchar * caps, const gchar * properties);
void gate_free (Gate * gate);

/* Buffers of 16 bytes: what is in them tells the state, their offset the place. */
GstBuffer *stamp (GstBuffer * buffer, GstE2eeState state, guint index);
GstBuffer *make (GstE2eeState state, guint index);
GstBuffer *make_delta (GstE2eeState state, guint index);
/* A VP8 packet: @start with the S bit, @key by the P bit of the frame's first byte. */
GstBuffer *make_rtp (GstE2eeState state, guint index, gboolean start, gboolean key);
/* A packet of 32 bytes that begins with @front. */
GstBuffer *make_rtp_with (GstE2eeState state, guint index, const guint8 * front, gsize size);

void push (Gate * gate, GstBuffer * buffer);
guint64 counter (Gate * gate, const gchar * name);
gboolean is_open (Gate * gate);
/* Pops the next message and compares what it says. */
void expect_message (Gate * gate, gboolean open, const gchar * reason, guint64 dropped);
void expect_no_message (Gate * gate);
/* Pulls everything; returns how many, and fails on a buffer that is not public. */
guint pull_public (Gate * gate);
/* The next of @type, or NULL; others before it are lost. */
GstEvent *pull_event (Gate * gate, GstEventType type);
guint count_events (Gate * gate, GstEventType type);
guint count_key_frame_requests (Gate * gate);
/* The same throws in every run: 0 to @sides - 1. */
gint throw_dice (guint32 * dice, gint sides);

G_END_DECLS
