/* VP9 with spatial and temporal layers (svc.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "svc.h"

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>
#include <string.h>

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#define SSRC 0x5c5c5c5c
#define MAX_PAYLOAD 500

typedef struct
{
  vpx_codec_ctx_t encoder;
  vpx_image_t *image;
  guint n_spatial;
  gboolean flexible;
  guint16 seq;
  guint16 picture_id;
  guint8 tl0picidx;
} Svc;

static void
open_encoder (Svc * svc)
{
  vpx_codec_enc_cfg_t cfg;
  vpx_svc_extra_cfg_t layers = { 0 };

  vpx_codec_enc_config_default (vpx_codec_vp9_cx (), &cfg, 0);
  cfg.g_w = SVC_WIDTH;
  cfg.g_h = SVC_HEIGHT;
  cfg.g_timebase = (vpx_rational_t) { 1, 30 };
  cfg.g_threads = 1;
  cfg.g_lag_in_frames = 0;
  /* Else what a layer has learnt of its symbols is used by the others, and none can be left out. */
  cfg.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
  cfg.rc_end_usage = VPX_CBR;
  cfg.rc_target_bitrate = 200 * svc->n_spatial;
  cfg.rc_min_quantizer = 4;
  cfg.rc_max_quantizer = 56;
  cfg.rc_dropframe_thresh = 0;
  cfg.kf_max_dist = 9999;
  cfg.ss_number_layers = svc->n_spatial;
  cfg.ts_number_layers = SVC_TEMPORAL_LAYERS;
  cfg.ts_rate_decimator[0] = 2;
  cfg.ts_rate_decimator[1] = 1;
  cfg.temporal_layering_mode = VP9E_TEMPORAL_LAYERING_MODE_0101;
  for (guint s = 0; s < svc->n_spatial; s++) {
    cfg.ss_target_bitrate[s] = 200;
    cfg.layer_target_bitrate[s * SVC_TEMPORAL_LAYERS] = 120;
    cfg.layer_target_bitrate[s * SVC_TEMPORAL_LAYERS + 1] = 200;
    layers.scaling_factor_num[s] = 1;
    layers.scaling_factor_den[s] = 1 << (svc->n_spatial - 1 - s);
  }
  for (guint i = 0; i < svc->n_spatial * SVC_TEMPORAL_LAYERS; i++) {
    layers.min_quantizers[i] = 4;
    layers.max_quantizers[i] = 56;
    layers.speed_per_layer[i] = 8;
  }
  fail_unless_equals_int (vpx_codec_enc_init (&svc->encoder, vpx_codec_vp9_cx (), &cfg, 0),
      VPX_CODEC_OK);
  vpx_codec_control (&svc->encoder, VP8E_SET_CPUUSED, 8);
  vpx_codec_control (&svc->encoder, VP9E_SET_SVC, 1);
  fail_unless_equals_int (vpx_codec_control (&svc->encoder, VP9E_SET_SVC_PARAMETERS, &layers),
      VPX_CODEC_OK);
}

/* A bright square that moves. */
static void
draw (vpx_image_t * image, guint i)
{
  guint left = i * 5 % (SVC_WIDTH - 60);

  for (guint y = 0; y < SVC_HEIGHT; y++) {
    guint8 *row = image->planes[VPX_PLANE_Y] + y * image->stride[VPX_PLANE_Y];

    memset (row, 40 + y / 4, SVC_WIDTH);
    if (y >= 80 && y < 140)
      memset (row + left, 200, 60);
  }
  for (guint y = 0; y < SVC_HEIGHT / 2; y++) {
    memset (image->planes[VPX_PLANE_U] + y * image->stride[VPX_PLANE_U], 128, SVC_WIDTH / 2);
    memset (image->planes[VPX_PLANE_V] + y * image->stride[VPX_PLANE_V], 128, SVC_WIDTH / 2);
  }
}

/* libvpx hands the layers of a picture over as a superframe (VP9 specification, annex B).  Their
 * sizes; a single layer comes without an index. */
static guint
read_index (const guint8 * data, gsize size, gsize sizes[8])
{
  guint8 last = data[size - 1];
  guint n = (last & 7) + 1, width = ((last >> 3) & 3) + 1;
  const guint8 *p;

  if ((last & 0xe0) != 0xc0) {
    sizes[0] = size;
    return 1;
  }
  p = data + size - (2 + n * width) + 1;
  for (guint i = 0; i < n; i++) {
    sizes[i] = 0;
    for (guint b = 0; b < width; b++)
      sizes[i] |= (gsize) * p++ << (8 * b);
  }
  return n;
}

static gsize
write_structure (Svc * svc, guint8 * out)
{
  gsize n = 0;

  out[n++] = (guint8) ((svc->n_spatial - 1) << 5 | 0x18);      /* Y, G */
  for (guint s = 0; s < svc->n_spatial; s++) {
    guint shift = svc->n_spatial - 1 - s;

    GST_WRITE_UINT16_BE (out + n, SVC_WIDTH >> shift);
    GST_WRITE_UINT16_BE (out + n + 2, SVC_HEIGHT >> shift);
    n += 4;
  }
  /* TL0 refers to the TL0 before it, TL1 to the picture before it. */
  memcpy (out + n, "\x02\x04\x02\x34\x01", 5);
  return n + 5;
}

static gsize
write_descriptor (Svc * svc, guint8 * out, guint spatial, guint temporal, gboolean is_key,
    gboolean start, gboolean end)
{
  gsize n = 0;

  out[n++] = 0xa0 | (is_key ? 0 : 0x40) | (svc->flexible ? 0x10 : 0) | (start ? 0x08 : 0)
      | (end ? 0x04 : 0) | (spatial + 1 == svc->n_spatial ? 0x01 : 0);
  GST_WRITE_UINT16_BE (out + n, 0x8000 | svc->picture_id);
  n += 2;
  /* U: what follows in a higher temporal layer needs nothing of that layer before. */
  out[n++] = (guint8) (temporal << 5 | 0x10 | spatial << 1 | (spatial > 0));
  if (!svc->flexible)
    out[n++] = svc->tl0picidx;
  else if (!is_key)
    out[n++] = (temporal == 0 ? 2 : 1) << 1;
  if (is_key && start && spatial == 0) {
    out[0] |= 0x02;
    n += write_structure (svc, out + n);
  }
  return n;
}

static void
add_frame (Svc * svc, GstBufferList * list, guint i, const guint8 * data, gsize size,
    guint spatial, guint temporal, gboolean is_key)
{
  for (gsize offset = 0; offset < size; svc->seq++) {
    guint8 descriptor[64];
    gsize room = MIN (size - offset, MAX_PAYLOAD);
    gboolean end = offset + room == size;
    gsize n = write_descriptor (svc, descriptor, spatial, temporal, is_key, offset == 0, end);
    GstBuffer *packet = gst_rtp_buffer_new_allocate (n + room, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gboolean marker = end && spatial + 1 == svc->n_spatial;

    gst_rtp_buffer_map (packet, GST_MAP_WRITE, &rtp);
    gst_rtp_buffer_set_payload_type (&rtp, 96);
    gst_rtp_buffer_set_ssrc (&rtp, SSRC);
    gst_rtp_buffer_set_seq (&rtp, svc->seq);
    gst_rtp_buffer_set_timestamp (&rtp, i * 3000);
    gst_rtp_buffer_set_marker (&rtp, marker);
    memcpy (gst_rtp_buffer_get_payload (&rtp), descriptor, n);
    memcpy ((guint8 *) gst_rtp_buffer_get_payload (&rtp) + n, data + offset, room);
    gst_rtp_buffer_unmap (&rtp);
    if (marker)
      GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_MARKER);
    GST_BUFFER_PTS (packet) = gst_util_uint64_scale (i, GST_SECOND, 30);
    gst_buffer_list_add (list, packet);
    offset += room;
  }
}

static GstBufferList *
encode (Svc * svc, guint i, gboolean is_key)
{
  GstBufferList *list = gst_buffer_list_new ();
  vpx_codec_iter_t iter = NULL;
  const vpx_codec_cx_pkt_t *packet;
  vpx_svc_layer_id_t id = { 0 };
  gsize sizes[8];
  guint n = 0;

  draw (svc->image, i);
  fail_unless_equals_int (vpx_codec_encode (&svc->encoder, svc->image, i, 1,
          is_key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME), VPX_CODEC_OK);
  vpx_codec_control (&svc->encoder, VP9E_GET_SVC_LAYER_ID, &id);
  svc->picture_id = (svc->picture_id + 1) & 0x7fff;
  svc->tl0picidx += id.temporal_layer_id == 0;

  while ((packet = vpx_codec_get_cx_data (&svc->encoder, &iter)) != NULL) {
    const guint8 *data = packet->data.frame.buf;

    if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
      continue;
    n = read_index (data, packet->data.frame.sz, sizes);
    for (guint s = 0; s < n; data += sizes[s], s++)
      add_frame (svc, list, i, data, sizes[s], s, id.temporal_layer_id, is_key);
  }
  fail_unless_equals_int (n, svc->n_spatial);
  return list;
}

GPtrArray *
svc_vp9 (guint n, guint key_every, guint n_spatial, gboolean flexible)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  Svc svc = { .n_spatial = n_spatial, .flexible = flexible, .seq = 65500, .picture_id = 0x7ff0,
    .tl0picidx = 250 };

  svc.image = vpx_img_alloc (NULL, VPX_IMG_FMT_I420, SVC_WIDTH, SVC_HEIGHT, 16);
  open_encoder (&svc);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (pictures, encode (&svc, i, i % key_every == 0));
  vpx_codec_destroy (&svc.encoder);
  vpx_img_free (svc.image);
  return pictures;
}
