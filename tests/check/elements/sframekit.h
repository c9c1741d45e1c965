/* Media in SFrame packets: sealed by one e2eeenc, to be opened by an e2eedec.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "media.h"

G_BEGIN_DECLS

#define RTP_HEADER 12
#define SFRAME_MTU 300
/* What a payloader's mtu must be smaller by: descriptor, longest header, longest tag. */
#define SFRAME_ROOM (1 + 17 + 16)

/* Bits of the descriptor. */
#define SFRAME_S 0x80
#define SFRAME_E 0x40
#define SFRAME_T 0x20

typedef struct
{
  Media *media;                 /* plain */
  gboolean vp8;
  GPtrArray *sealed;            /* GstBufferList a frame, as e2eeenc sent it */
  GstCaps *caps;                /* of what is sealed */
} SealedCall;

/* An element of @factory with @json as its key file, and @properties in gst-launch's words
 * ("packetization=frame"), nullable.  No caps have come yet. */
GstHarness *sframe_harness (const gchar * factory, const gchar * json, const gchar * properties);

/* All frames of @media (transfer full) under KEYS_1, with e2eeenc @properties. */
SealedCall *sealed_call_new (Media * media, gboolean vp8, const gchar * properties);
void sealed_call_free (SealedCall * call);
/* Media whose packets leave room for SFRAME_MTU. */
Media *sframe_media (gboolean vp8, guint n);

/* An e2eedec for @call with @properties. */
GstHarness *sealed_call_dec (SealedCall * call, const gchar * json, const gchar * properties);
void push_list (GstHarness * h, GstBufferList * list);
void push_sealed (GstHarness * h, SealedCall * call, guint i);

/* What came out of @h is frames @from, @from + 1, ... of @call, byte for byte. */
void expect_plain (GstHarness * h, SealedCall * call, guint from, guint n);

/* The first byte behind the RTP header. */
guint8 descriptor_of (GstBuffer * packet);
/* A writable copy of @packet, whose descriptor is XORed with @bits. */
GstBuffer *flip_descriptor (GstBuffer * packet, guint8 bits);
/* Force-key-unit events that came upstream. */
guint count_key_frame_requests (GstHarness * h);

G_END_DECLS
