/* What a frame costs in e2eeenc and e2eedec, against one bare AES-GCM call of its size.
 *
 * Net cost: (pad, element, pad) less (pad, pad).  All cases run in turn in every round; the figure
 * is the median over the rounds of net / bare, so that the machine's other load moves both.
 * Frames come as whole buffers, and as RTP in every packetization: Opus packets up to 1,200 bytes,
 * VP8 frames split for an mtu of 1,200 above (then the regrouping and splitting is in the figure).
 * With `packet` there is one AES-GCM call a packet.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/gst.h>
#include <gst/rtp/rtp.h>
#include <gst/e2ee/e2ee.h>
#include <stdlib.h>
#include <string.h>

#include "core/crypto/aead.h"
#include "core/crypto/secret.h"

#define N_ROUNDS 61
#define BYTES_PER_ROUND (2 * 1000 * 1000)
#define MAX_FRAMES 512
#define MTU 1200
/* What a payloader puts into a packet behind RTP header and descriptor, so that packets that are
 * protected one by one need not be split. */
#define ROOM (MTU - 13 - 34)

static const gsize sizes[] = { 80, 1200, 20000, 100000 };

/* In the codec's packets, and in SFrame packets of frames and of payloads. */
static const gchar *const packetizations[] = { "codec", "frame", "packet" };

static const guint8 secret[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

enum { BARE_SEAL, BARE_OPEN, PADS, ENC, DEC, N_CASES };

typedef struct
{
  GstPad *src;
  GstPad *sink;
  GstElement *element;          /* NULL: the pads alone */
  GstMiniObject *kept[MAX_FRAMES];
  guint n_kept;
} Chain;

static void
keep (Chain * chain, gpointer object)
{
  g_assert (chain->n_kept < MAX_FRAMES);
  chain->kept[chain->n_kept++] = object;
}

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  keep (gst_pad_get_element_private (pad), buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
sink_chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  keep (gst_pad_get_element_private (pad), list);
  return GST_FLOW_OK;
}

static void
drop_kept (Chain * chain)
{
  for (guint i = 0; i < chain->n_kept; i++)
    gst_mini_object_unref (chain->kept[i]);
  chain->n_kept = 0;
}

static GstE2eeKey *
give_key (GstElement * element, guint64 key_id, gpointer user_data)
{
  return gst_e2ee_key_new (1, GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128, secret, sizeof secret,
      GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, 1, NULL, NULL);
}

static Chain *
chain_new (const gchar * factory, const gchar * packetization, GstCaps * caps)
{
  Chain *chain = g_new0 (Chain, 1);
  GstSegment segment;

  chain->src = gst_pad_new ("src", GST_PAD_SRC);
  chain->sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_element_private (chain->sink, chain);
  gst_pad_set_chain_function (chain->sink, sink_chain);
  gst_pad_set_chain_list_function (chain->sink, sink_chain_list);
  gst_pad_set_active (chain->src, TRUE);
  gst_pad_set_active (chain->sink, TRUE);
  if (factory) {
    GstPad *pad;

    chain->element = gst_element_factory_make (factory, NULL);
    if (chain->element == NULL)
      g_error ("no element %s: set GST_PLUGIN_PATH", factory);
    gst_util_set_object_arg (G_OBJECT (chain->element), "packetization", packetization);
    g_signal_connect (chain->element, "request-key", G_CALLBACK (give_key), NULL);
    pad = gst_element_get_static_pad (chain->element, "sink");
    gst_pad_link (chain->src, pad);
    gst_object_unref (pad);
    pad = gst_element_get_static_pad (chain->element, "src");
    gst_pad_link (pad, chain->sink);
    gst_object_unref (pad);
    gst_element_set_state (chain->element, GST_STATE_PLAYING);
  } else {
    gst_pad_link (chain->src, chain->sink);
  }
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (chain->src, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (chain->src, gst_event_new_caps (caps));
  gst_pad_push_event (chain->src, gst_event_new_segment (&segment));
  return chain;
}

static void
chain_free (Chain * chain)
{
  drop_kept (chain);
  if (chain->element) {
    gst_element_set_state (chain->element, GST_STATE_NULL);
    gst_object_unref (chain->element);
  }
  gst_object_unref (chain->src);
  gst_object_unref (chain->sink);
  g_free (chain);
}

static void
push (Chain * chain, GstMiniObject * object)
{
  if (GST_IS_BUFFER_LIST (object))
    gst_pad_push_list (chain->src, GST_BUFFER_LIST_CAST (object));
  else
    gst_pad_push (chain->src, GST_BUFFER_CAST (object));
}

static GstBuffer *
rtp_packet (const guint8 * data, gsize size, guint16 seq, guint32 timestamp, gboolean vp8,
    gboolean first, gboolean last)
{
  GstBuffer *packet = gst_rtp_buffer_new_allocate (size + vp8, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 *payload;

  gst_rtp_buffer_map (packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, seq);
  gst_rtp_buffer_set_timestamp (&rtp, timestamp);
  gst_rtp_buffer_set_marker (&rtp, last);
  payload = gst_rtp_buffer_get_payload (&rtp);
  if (vp8)
    *payload++ = first ? 0x10 : 0x00;
  memcpy (payload, data, size);
  gst_rtp_buffer_unmap (&rtp);
  return packet;
}

/* One frame as it would come to e2eeenc. */
static GstMiniObject *
make_frame (const guint8 * data, gsize size, gboolean rtp, guint16 * seq, guint32 timestamp)
{
  GstBufferList *list;

  if (!rtp)
    return GST_MINI_OBJECT_CAST (gst_buffer_new_memdup (data, size));
  if (size <= MTU)
    return GST_MINI_OBJECT_CAST (rtp_packet (data, size, (*seq)++, timestamp, FALSE, TRUE, TRUE));
  list = gst_buffer_list_new ();
  for (gsize at = 0; at < size; at += ROOM) {
    gsize n = MIN (ROOM, size - at);

    gst_buffer_list_insert (list, -1, rtp_packet (data + at, n, (*seq)++, timestamp, TRUE, at == 0,
            at + n == size));
  }
  return GST_MINI_OBJECT_CAST (list);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble * values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

static gdouble
time_push (Chain * chain, GstMiniObject ** frames, guint n)
{
  GstClockTime start;
  gdouble ns;

  chain->n_kept = 0;
  start = gst_util_get_timestamp ();
  for (guint i = 0; i < n; i++)
    push (chain, frames[i]);
  ns = (gdouble) (gst_util_get_timestamp () - start) / n;
  g_assert_cmpint (chain->n_kept, ==, n);
  return ns;
}

static gdouble
time_aead (e2ee_aead * aead, guint8 * in, guint8 * out, gsize size, guint n, gboolean open)
{
  GstClockTime start = gst_util_get_timestamp ();
  guint8 nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };
  e2ee_result result = E2EE_OK;

  for (guint i = 0; i < n && result == E2EE_OK; i++) {
    if (open) {
      result = e2ee_aead_open (aead, nonce, E2EE_BYTES (secret, 9), E2EE_BYTES (in, size + 16), out);
    } else {
      result = e2ee_aead_seal (aead, nonce, E2EE_BYTES (secret, 9), E2EE_BYTES (in, size), out);
    }
  }
  g_assert (result == E2EE_OK);
  return (gdouble) (gst_util_get_timestamp () - start) / n;
}

static void
bench (const gchar * name, gboolean rtp, const gchar * packetization, gsize size)
{
  gboolean vp8 = rtp && size > MTU;
  GstCaps *caps = gst_caps_from_string (!rtp ? "application/x-bench" : vp8 ?
      "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96" :
      "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96");
  Chain *pads = chain_new (NULL, NULL, caps), *enc = chain_new ("e2eeenc", packetization, caps),
      *dec = chain_new ("e2eedec", packetization, caps);
  guint n = CLAMP (BYTES_PER_ROUND / size, 8, MAX_FRAMES);
  guint8 *data = g_malloc0 (size), *sealed = g_malloc0 (size + 16), *opened = g_malloc0 (size);
  gdouble ns[N_CASES][N_ROUNDS], ratios[2][N_ROUNDS];
  guint32 timestamp = 0;
  guint16 seq = 0;
  e2ee_aead *aead;

  if (e2ee_aead_new (E2EE_AEAD_AES_128_GCM, E2EE_BYTES (secret, sizeof secret), &aead) != E2EE_OK)
    g_error ("no AES-128-GCM");
  for (guint round = 0; round < N_ROUNDS; round++) {
    GstMiniObject *frames[MAX_FRAMES], *again[MAX_FRAMES];

    for (guint i = 0; i < n; i++) {
      frames[i] = make_frame (data, size, rtp, &seq, timestamp += 960);
      again[i] = gst_mini_object_ref (frames[i]);
    }
    ns[PADS][round] = time_push (pads, frames, n);
    drop_kept (pads);
    ns[BARE_SEAL][round] = time_aead (aead, data, sealed, size, n, FALSE);
    ns[ENC][round] = time_push (enc, again, n);
    memcpy (again, enc->kept, n * sizeof *again);
    enc->n_kept = 0;
    ns[BARE_OPEN][round] = time_aead (aead, sealed, opened, size, n, TRUE);
    ns[DEC][round] = time_push (dec, again, n);
    drop_kept (dec);
    ratios[0][round] = (ns[ENC][round] - ns[PADS][round]) / ns[BARE_SEAL][round];
    ratios[1][round] = (ns[DEC][round] - ns[PADS][round]) / ns[BARE_OPEN][round];
  }
  g_print ("%-12s %7" G_GSIZE_FORMAT " B  bare seal %7.0f ns  e2eeenc net %7.0f ns (x%.2f)  "
      "bare open %7.0f ns  e2eedec net %7.0f ns (x%.2f)\n", name, size,
      median (ns[BARE_SEAL], N_ROUNDS), median (ns[ENC], N_ROUNDS) - median (ns[PADS], N_ROUNDS),
      median (ratios[0], N_ROUNDS), median (ns[BARE_OPEN], N_ROUNDS),
      median (ns[DEC], N_ROUNDS) - median (ns[PADS], N_ROUNDS), median (ratios[1], N_ROUNDS));
  e2ee_aead_free (aead);
  g_free (data);
  g_free (sealed);
  g_free (opened);
  chain_free (pads);
  chain_free (enc);
  chain_free (dec);
  gst_caps_unref (caps);
}

int
main (int argc, char **argv)
{
  e2ee_aead *aead;

  gst_init (&argc, &argv);
  if (e2ee_crypto_init () != E2EE_OK)
    g_error ("the self-test failed");
  if (e2ee_aead_new (E2EE_AEAD_AES_128_GCM, E2EE_BYTES (secret, sizeof secret), &aead) == E2EE_OK) {
    g_print ("AES-128-GCM by %s\n", e2ee_aead_get_backend_name (aead));
    e2ee_aead_free (aead);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    bench ("buffer", FALSE, "codec", sizes[i]);
  for (guint j = 0; j < G_N_ELEMENTS (packetizations); j++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      gchar *name = g_strconcat (sizes[i] > MTU ? "VP8" : "Opus", ", ", packetizations[j], NULL);

      bench (name, TRUE, packetizations[j], sizes[i]);
      g_free (name);
    }
  return 0;
}
