/* Media in SFrame packets (sframekit.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sframekit.h"

#include <gst/video/video.h>

GstHarness *
sframe_harness (const gchar * factory, const gchar * json, const gchar * properties)
{
  gchar *path = media_key_file (json);
  gchar *description = g_strdup_printf ("%s key-file=\"%s\" %s", factory, path,
      properties ? properties : "");
  GstElement *element = gst_object_ref_sink (gst_parse_launch (description, NULL));
  GstHarness *h = gst_harness_new_with_element (element, "sink", "src");

  gst_object_unref (element);
  g_free (description);
  media_unlink (path);
  return h;
}

Media *
sframe_media (gboolean vp8, guint n)
{
  gchar *payloader = g_strdup_printf ("mtu=%d", SFRAME_MTU - SFRAME_ROOM);
  Media *media = vp8 ? media_vp8 (n, NULL, payloader) : media_opus (n);

  g_free (payloader);
  return media;
}

SealedCall *
sealed_call_new (Media * media, gboolean vp8, const gchar * properties)
{
  SealedCall *call = g_new0 (SealedCall, 1);
  GstHarness *enc = sframe_harness ("e2eeenc", KEYS_1, properties);

  call->media = media;
  call->vp8 = vp8;
  g_object_set (enc->element, "mtu", SFRAME_MTU, NULL);
  gst_harness_set_src_caps (enc, gst_caps_ref (media->caps));
  for (guint i = 0; i < media->lists->len; i++)
    push_list (enc, media_list (media, i));
  call->sealed = media_collect (enc);
  fail_unless_equals_int (call->sealed->len, media->lists->len);
  call->caps = gst_pad_get_current_caps (enc->sinkpad);
  gst_harness_teardown (enc);
  return call;
}

void
sealed_call_free (SealedCall * call)
{
  g_ptr_array_unref (call->sealed);
  gst_caps_unref (call->caps);
  media_free (call->media);
  g_free (call);
}

GstHarness *
sealed_call_dec (SealedCall * call, const gchar * json, const gchar * properties)
{
  GstHarness *h = sframe_harness ("e2eedec", json, properties);

  gst_harness_set_src_caps (h, gst_caps_ref (call->caps));
  return h;
}

void
push_list (GstHarness * h, GstBufferList * list)
{
  fail_unless_equals_int (gst_pad_push_list (h->srcpad, list), GST_FLOW_OK);
}

void
push_sealed (GstHarness * h, SealedCall * call, guint i)
{
  push_list (h, gst_buffer_list_ref (g_ptr_array_index (call->sealed, i)));
}

void
expect_plain (GstHarness * h, SealedCall * call, guint from, guint n)
{
  GPtrArray *out = media_collect (h);

  fail_unless_equals_int (out->len, n);
  for (guint i = 0; i < n; i++) {
    GBytes *frame = media_join (g_ptr_array_index (out, i), call->vp8);

    fail_unless (g_bytes_equal (frame, g_ptr_array_index (call->media->frames, from + i)),
        "frame %u is not what was sent", from + i);
    g_bytes_unref (frame);
  }
  g_ptr_array_unref (out);
}

guint8
descriptor_of (GstBuffer * packet)
{
  guint8 byte = 0;

  fail_unless_equals_uint64 (gst_buffer_extract (packet, RTP_HEADER, &byte, 1), 1);
  return byte;
}

GstBuffer *
flip_descriptor (GstBuffer * packet, guint8 bits)
{
  GstBuffer *copy = gst_buffer_copy_deep (packet);
  guint8 byte = descriptor_of (packet) ^ bits;

  gst_buffer_fill (copy, RTP_HEADER, &byte, 1);
  return copy;
}

guint
count_key_frame_requests (GstHarness * h)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (h))) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  return n;
}
