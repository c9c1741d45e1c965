/* Two elements between two people of a meeting (call.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

#include <gst/rtp/rtp.h>

GstHarness *
call_harness (const gchar * factory, GstE2eeMeeting * meeting, Media * media)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  fail_unless (element != NULL, "no element %s", factory);
  g_object_set (element, "key-provider", meeting, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  return h;
}

static gboolean
is_video (const Media * media)
{
  return g_str_equal (gst_structure_get_string (gst_caps_get_structure (media->caps, 0), "media"),
      "video");
}

Call *
call_new (Room * room, Media * media)
{
  Call *call = g_new0 (Call, 1);

  call->room = room;
  call->media = media;
  call->seq = 1000;
  call->enc = call_harness ("e2eeenc", room->people[0].meeting, media);
  call->dec = call_harness ("e2eedec", room->people[1].meeting, media);
  call->on_wire = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  call->sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  call->came = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  room_settle (room);
  return call;
}

Call *
call_vp8 (const gchar * names)
{
  Room *room = room_new (names, GST_E2EE_FLOOR_ALLOW);

  room_join (room);
  return call_new (room, media_vp8 (16, "keyframe-max-dist=4", NULL));
}

Call *
call_opus (const gchar * names)
{
  Room *room = room_new (names, GST_E2EE_FLOOR_ALLOW);

  room_join (room);
  return call_new (room, media_opus (16));
}

void
call_free (Call * call)
{
  gst_harness_teardown (call->enc);
  gst_harness_teardown (call->dec);
  g_ptr_array_unref (call->on_wire);
  g_ptr_array_unref (call->sent);
  g_ptr_array_unref (call->came);
  media_free (call->media);
  room_free (call->room);
  g_free (call);
}

static void
move (GstHarness * from, GPtrArray * to)
{
  GPtrArray *lists = media_collect (from);

  for (guint i = 0; i < lists->len; i++)
    g_ptr_array_add (to, gst_buffer_list_ref (g_ptr_array_index (lists, i)));
  g_ptr_array_unref (lists);
}

void
call_send (Call * call, guint n)
{
  for (guint i = 0; i < n; i++) {
    GstBufferList *list = g_ptr_array_index (call->media->lists, call->next);
    guint before = call->on_wire->len;

    list = media_renumber (list, &call->seq, call->timestamp += 3000);
    fail_unless_equals_int (gst_pad_push_list (call->enc->srcpad, list), GST_FLOW_OK);
    move (call->enc, call->on_wire);
    if (call->on_wire->len > before)
      g_ptr_array_add (call->sent,
          g_bytes_ref (g_ptr_array_index (call->media->frames, call->next)));
    fail_unless_equals_int (call->on_wire->len, call->sent->len);
    call->next = (call->next + 1) % call->media->lists->len;
  }
}

void
call_carry (Call * call)
{
  for (; call->carried < call->on_wire->len; call->carried++) {
    GstBufferList *list = g_ptr_array_index (call->on_wire, call->carried);

    /* What travels is bytes: metas stay behind. */
    list = gst_buffer_list_copy_deep (list);
    for (guint i = 0; i < gst_buffer_list_length (list); i++) {
      GstBuffer *packet = gst_buffer_list_get_writable (list, i);
      GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (packet);

      if (meta)
        gst_buffer_remove_meta (packet, &meta->meta);
    }
    fail_unless_equals_int (gst_pad_push_list (call->dec->srcpad, list), GST_FLOW_OK);
    move (call->dec, call->came);
  }
}

void
call_run (Call * call, guint n)
{
  for (guint i = 0; i < n; i++) {
    call_send (call, 1);
    call_carry (call);
  }
}

void
call_rekey (Call * call)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_rekey (call->room->people[0].meeting, NULL, &error), "%s",
      error ? error->message : "");
  room_settle (call->room);
}

gboolean
call_is_clear_on_wire (Call * call, guint i)
{
  GBytes *bytes = media_join (g_ptr_array_index (call->on_wire, i), is_video (call->media));
  gboolean same = g_bytes_equal (bytes, g_ptr_array_index (call->sent, i));

  g_bytes_unref (bytes);
  return same;
}

guint
call_check_came (Call * call)
{
  guint at = 0;

  for (guint i = 0; i < call->came->len; i++) {
    GBytes *bytes = media_join (g_ptr_array_index (call->came, i), is_video (call->media));

    while (at < call->sent->len && !g_bytes_equal (bytes, g_ptr_array_index (call->sent, at)))
      at++;
    fail_unless (at < call->sent->len, "frame %u that came was never sent", i);
    at++;
    g_bytes_unref (bytes);
  }
  return call->came->len;
}

GstE2eeStatusMeta *
call_meta (GstBufferList * list)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (gst_buffer_list_get (list, 0));

  fail_unless (meta != NULL, "a packet without a status");
  return meta;
}

GstE2eeState
call_state (GstBufferList * list)
{
  return gst_e2ee_status_get_state (call_meta (list)->status);
}

guint64
call_last_key_id (Call * call)
{
  return call_meta (g_ptr_array_index (call->on_wire, call->on_wire->len - 1))->key_id;
}
