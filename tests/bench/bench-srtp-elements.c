/* What a packet costs in e2eeenc and e2eedec with format=srtp, against srtpenc and srtpdec, which
 * do the same with the same library.
 *
 * Net cost: (pad, element, pad) less (pad, pad).  All cases run in turn in every round; the figure
 * is the median over the rounds, so that the machine's other load moves all.  Packets have two
 * memories, as payloaders make them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/gst.h>
#include <gst/rtp/rtp.h>
#include <gst/e2ee/e2ee.h>
#include <stdlib.h>
#include <string.h>

#define N_ROUNDS 101
#define N_PACKETS 256
#define SSRC 0x01020304
#define RTP_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
#define SRTP_CAPS "application/x-srtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"

static const guint sizes[] = { 60, 200, 1200 };
static guint8 master[28];

enum { PADS, E2EEENC, SRTPENC, E2EEDEC, SRTPDEC, N_CASES };

static const struct
{
  const gchar *factory, *sink, *src;
} cases[N_CASES] = {
  [E2EEENC] = {"e2eeenc", "sink", "src"},
  [SRTPENC] = {"srtpenc", "rtp_sink_0", "rtp_src_0"},
  [E2EEDEC] = {"e2eedec", "sink", "src"},
  [SRTPDEC] = {"srtpdec", "rtp_sink", "rtp_src"},
};

typedef struct
{
  GstPad *src;
  GstPad *sink;
  GstElement *element;          /* NULL: the pads alone */
  GstBuffer *kept[N_PACKETS];
  guint n_kept;
} Chain;

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Chain *chain = gst_pad_get_element_private (pad);

  g_assert (chain->n_kept < N_PACKETS);
  chain->kept[chain->n_kept++] = buffer;
  return GST_FLOW_OK;
}

static void
drop_kept (Chain * chain)
{
  for (guint i = 0; i < chain->n_kept; i++)
    gst_buffer_unref (chain->kept[i]);
  chain->n_kept = 0;
}

static GstE2eeKey *
give_key (GstElement * element, guint64 key_id, gpointer user_data)
{
  return gst_e2ee_key_new (0, GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM, master, sizeof master,
      GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, 1, NULL, NULL);
}

static void
set_up (GstElement * element, guint which)
{
  GstBuffer *key;

  if (which == E2EEENC || which == E2EEDEC) {
    gst_util_set_object_arg (G_OBJECT (element), "format", "srtp");
    g_object_set (element, "mki-size", 0, NULL);
    g_signal_connect (element, "request-key", G_CALLBACK (give_key), NULL);
  } else if (which == SRTPENC) {
    key = gst_buffer_new_memdup (master, sizeof master);
    gst_util_set_object_arg (G_OBJECT (element), "rtp-cipher", "aes-128-gcm");
    gst_util_set_object_arg (G_OBJECT (element), "rtcp-cipher", "aes-128-gcm");
    gst_util_set_object_arg (G_OBJECT (element), "rtp-auth", "null");
    gst_util_set_object_arg (G_OBJECT (element), "rtcp-auth", "null");
    g_object_set (element, "key", key, NULL);
    gst_buffer_unref (key);
  }
}

static GstPad *
get_pad (GstElement * element, const gchar * name)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  return pad ? pad : gst_element_request_pad_simple (element, name);
}

static GstCaps *
caps_for (guint which)
{
  GstCaps *caps = gst_caps_from_string (which >= E2EEDEC ? SRTP_CAPS : RTP_CAPS);

  if (which == SRTPDEC) {
    GstBuffer *key = gst_buffer_new_memdup (master, sizeof master);

    gst_caps_set_simple (caps, "ssrc", G_TYPE_UINT, SSRC, "srtp-key", GST_TYPE_BUFFER, key,
        "srtp-cipher", G_TYPE_STRING, "aes-128-gcm", "srtcp-cipher", G_TYPE_STRING, "aes-128-gcm",
        "srtp-auth", G_TYPE_STRING, "null", "srtcp-auth", G_TYPE_STRING, "null", NULL);
    gst_buffer_unref (key);
  }
  return caps;
}

static void
link_pads (GstPad * src, GstPad * sink)
{
  if (gst_pad_link (src, sink) != GST_PAD_LINK_OK)
    g_error ("pads cannot be linked");
}

static Chain *
chain_new (guint which)
{
  Chain *chain = g_new0 (Chain, 1);
  GstCaps *caps = caps_for (which);
  GstSegment segment;

  chain->src = gst_pad_new ("src", GST_PAD_SRC);
  chain->sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_element_private (chain->sink, chain);
  gst_pad_set_chain_function (chain->sink, sink_chain);
  gst_pad_set_active (chain->src, TRUE);
  gst_pad_set_active (chain->sink, TRUE);
  if (cases[which].factory) {
    GstPad *pad;

    chain->element = gst_element_factory_make (cases[which].factory, NULL);
    if (chain->element == NULL)
      g_error ("no element %s", cases[which].factory);
    set_up (chain->element, which);
    pad = get_pad (chain->element, cases[which].sink);
    link_pads (chain->src, pad);
    gst_object_unref (pad);
    pad = get_pad (chain->element, cases[which].src);
    link_pads (pad, chain->sink);
    gst_object_unref (pad);
    gst_element_set_state (chain->element, GST_STATE_PLAYING);
  } else {
    link_pads (chain->src, chain->sink);
  }
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (chain->src, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (chain->src, gst_event_new_caps (caps));
  gst_pad_push_event (chain->src, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  return chain;
}

static void
chain_free (Chain * chain)
{
  drop_kept (chain);
  if (chain->element)
    gst_element_set_state (chain->element, GST_STATE_NULL);
  gst_clear_object (&chain->element);
  gst_object_unref (chain->src);
  gst_object_unref (chain->sink);
  g_free (chain);
}

static GstBuffer *
make_packet (guint size, guint16 seq)
{
  GstBuffer *packet = gst_rtp_buffer_new_allocate (0, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  gst_rtp_buffer_map (packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_ssrc (&rtp, SSRC);
  gst_rtp_buffer_set_seq (&rtp, seq);
  gst_rtp_buffer_unmap (&rtp);
  return gst_buffer_append (packet, gst_buffer_new_allocate (NULL, size - 12, NULL));
}

/* Takes the packets. */
static gdouble
time_push (Chain * chain, GstBuffer ** packets)
{
  GstClockTime start = gst_util_get_timestamp ();
  gdouble ns;

  for (guint i = 0; i < N_PACKETS; i++)
    gst_pad_push (chain->src, packets[i]);
  ns = (gdouble) (gst_util_get_timestamp () - start) / N_PACKETS;
  g_assert_cmpint (chain->n_kept, ==, N_PACKETS);
  return ns;
}

static int
compare_doubles (const void *a, const void *b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble * values)
{
  qsort (values, N_ROUNDS, sizeof values[0], compare_doubles);
  return values[N_ROUNDS / 2];
}

static void
bench (guint size)
{
  static gdouble ns[N_CASES][N_ROUNDS];
  Chain *chains[N_CASES];
  guint16 seq = 1;

  for (guint i = 0; i < N_CASES; i++)
    chains[i] = chain_new (i);
  for (guint round = 0; round < N_ROUNDS; round++, seq += N_PACKETS) {
    for (guint i = PADS; i <= SRTPENC; i++) {
      GstBuffer *packets[N_PACKETS];

      for (guint k = 0; k < N_PACKETS; k++)
        packets[k] = make_packet (size, seq + k);
      ns[i][round] = time_push (chains[i], packets);
    }
    drop_kept (chains[PADS]);
    for (guint i = E2EEDEC; i <= SRTPDEC; i++) {
      Chain *from = chains[i - E2EEDEC + E2EEENC];

      from->n_kept = 0;
      ns[i][round] = time_push (chains[i], from->kept);
      drop_kept (chains[i]);
    }
  }
  for (guint i = 0; i < N_CASES; i++) {
    chain_free (chains[i]);
    ns[i][0] = median (ns[i]);
  }
  g_print ("%5u bytes  e2eeenc %6.0f ns  srtpenc %6.0f ns  e2eedec %6.0f ns  srtpdec %6.0f ns\n",
      size, ns[E2EEENC][0] - ns[PADS][0], ns[SRTPENC][0] - ns[PADS][0], ns[E2EEDEC][0] - ns[PADS][0],
      ns[SRTPDEC][0] - ns[PADS][0]);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_print ("AEAD_AES_128_GCM, net of pads\n");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    /* What was sent under a key is not sent again in this process. */
    memset (master, 1 + (int) i, sizeof master);
    bench (sizes[i]);
  }
  return 0;
}
