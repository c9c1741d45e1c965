/* Packets made to order, and a regroup whose callback writes down what it is handed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/rtp/gstrtpbuffer.h>
#include "rtp/codec.h"
#include "rtp/regroup.h"

#define KIT_SSRC 0x11223344
#define KIT_PT 96

/* What is 0 or NULL is left out or plain. */
typedef struct
{
  guint16 seq;
  guint32 timestamp;
  gboolean marker;
  const gchar *payload;         /* text; NULL: none */
  gsize size;                   /* of a @payload that is no text, or of a made-up one */
  guint32 ssrc;                 /* 0: KIT_SSRC */
  guint n_csrcs;
  guint extension_id;           /* profile bits of the header extension */
  gsize extension_size;         /* a multiple of 4 */
  guint padding;
  guint pt;                     /* 0: KIT_PT */
} KitPacket;

GstBuffer *kit_packet (const KitPacket * spec);
/* A VP8 packet: @start puts S=1, PID=0 in front of @text, otherwise S=0. */
GstBuffer *kit_vp8 (guint16 seq, guint32 timestamp, gboolean start, gboolean marker,
    const gchar * text);
GstBuffer *kit_opus (guint16 seq, const gchar * text);
/* The same packet in two memories, cut at @offset. */
GstBuffer *kit_cut (GstBuffer * packet, gsize offset);

typedef enum
{
  KIT_WRITE,
  KIT_DROP,
  KIT_HOLD,
  KIT_BEGIN_ONLY,
  KIT_BEGIN_AND_HOLD
} KitAction;

typedef struct
{
  E2eeRtpRegroup *regroup;
  KitAction action;
  gint grow;                    /* bytes put behind the frame, or taken off */
  gsize slack;                  /* asked for by write_begin() and not used */
  E2eeRtpStampFunc stamp;
  gpointer stamp_data;

  GPtrArray *frames;            /* GBytes: handed over */
  GArray *infos;                /* E2eeRtpFrame, without data */
  GPtrArray *held;              /* E2eeRtpHeld */
  GPtrArray *out;               /* GstBuffer: every packet that left, in order */
  GArray *batches;              /* guint: 0 for a buffer, or the length of a list */
} Kit;

Kit *kit_new (const E2eeRtpCodec * codec, guint mtu);
Kit *kit_new_between (const E2eeRtpPacking * in, const E2eeRtpPacking * out, guint mtu);
void kit_free (Kit * kit);
/* Pushes (transfer full) and pulls everything. */
void kit_push (Kit * kit, GstBuffer * packet);
void kit_push_list (Kit * kit, GstBufferList * list);
void kit_pull (Kit * kit);

guint16 kit_seq (GstBuffer * packet);
gboolean kit_marker (GstBuffer * packet);
GBytes *kit_payload (GstBuffer * packet);
/* "5 6 9": sequence numbers out. (transfer full) */
gchar *kit_seqs (Kit * kit);
/* "AAA|BB": frames handed over, as text. (transfer full) */
gchar *kit_frames (Kit * kit);

#define kit_assert_seqs(kit, expected) \
  G_STMT_START { \
    gchar *kit_text = kit_seqs (kit); \
    fail_unless_equals_string (kit_text, expected); \
    g_free (kit_text); \
  } G_STMT_END

#define kit_assert_frames(kit, expected) \
  G_STMT_START { \
    gchar *kit_text = kit_frames (kit); \
    fail_unless_equals_string (kit_text, expected); \
    g_free (kit_text); \
  } G_STMT_END

#define kit_assert_stat(kit, name, expected) \
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats ((kit)->regroup)->name, expected)
