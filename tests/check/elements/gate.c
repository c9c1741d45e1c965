/* A gate on the bench (gate.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video.h>
#include <string.h>

Gate
gate_wrap (GstElement * element, const gchar * caps, const gchar * properties)
{
  Gate gate = { NULL, gst_bus_new () };
  gchar **words = g_strsplit (properties != NULL ? properties : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    gchar **pair = g_strsplit (words[i], "=", 2);

    if (pair[0] != NULL && pair[1] != NULL)
      gst_util_set_object_arg (G_OBJECT (element), pair[0], pair[1]);
    g_strfreev (pair);
  }
  g_strfreev (words);

  /* Before it starts: something may be said at once. */
  gst_element_set_bus (element, gate.bus);
  gate.h = gst_harness_new_with_element (element, "sink", "src");
  if (caps != NULL)
    gst_harness_set_src_caps_str (gate.h, caps);
  return gate;
}

Gate
gate_new_full (const gchar * caps, const gchar * properties)
{
  GstElement *element = gst_element_factory_make ("e2eepolicy", NULL);
  Gate gate = gate_wrap (element, caps, properties);

  gst_object_unref (element);
  return gate;
}

Gate
gate_new (const gchar * caps)
{
  return gate_new_full (caps, NULL);
}

Gate
gate_new_in (GstBin * pipeline, const gchar * caps, const gchar * properties)
{
  GstElement *element = gst_element_factory_make ("e2eepolicy", NULL);

  gst_bin_add (pipeline, element);
  return gate_wrap (element, caps, properties);
}

void
gate_free (Gate * gate)
{
  gst_element_set_bus (gate->h->element, NULL);
  gst_harness_teardown (gate->h);
  gst_bus_set_flushing (gate->bus, TRUE);
  gst_object_unref (gate->bus);
}

GstBuffer *
stamp (GstBuffer * buffer, GstE2eeState state, guint index)
{
  GST_BUFFER_PTS (buffer) = index * FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  if (state != NO_STATE) {
    GstE2eeStatus *status = gst_e2ee_status_new (state, "alice", 7);

    gst_buffer_add_e2ee_status_meta (buffer, status, 1, index);
    gst_e2ee_status_unref (status);
  }
  return buffer;
}

GstBuffer *
make (GstE2eeState state, guint index)
{
  guint8 *data = g_malloc (16);
  GstBuffer *buffer;

  memset (data, state == GST_E2EE_STATE_OFF ? 'P' : 'S', 16);
  buffer = gst_buffer_new_wrapped (data, 16);
  GST_BUFFER_OFFSET (buffer) = index;
  return stamp (buffer, state, index);
}

GstBuffer *
make_delta (GstE2eeState state, guint index)
{
  GstBuffer *buffer = make (state, index);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

GstBuffer *
make_rtp_with (GstE2eeState state, guint index, const guint8 * front, gsize size)
{
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (32, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 *payload;

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, 1000 + index);
  payload = gst_rtp_buffer_get_payload (&rtp);
  memset (payload, 0x55, 32);
  memcpy (payload, front, size);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_OFFSET (buffer) = index;
  return stamp (buffer, state, index);
}

GstBuffer *
make_rtp (GstE2eeState state, guint index, gboolean start, gboolean key)
{
  const guint8 front[] = { start ? 0x10 : 0x00, key ? 0x00 : 0x01 };

  return make_rtp_with (state, index, front, sizeof (front));
}

void
push (Gate * gate, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (gate->h, buffer), GST_FLOW_OK);
}

guint64
counter (Gate * gate, const gchar * name)
{
  GstStructure *stats;
  guint64 value = G_MAXUINT64;

  g_object_get (gate->h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_has_name (stats, "application/x-e2ee-policy-stats"));
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no counter %s", name);
  gst_structure_free (stats);
  return value;
}

gboolean
is_open (Gate * gate)
{
  gboolean open;

  g_object_get (gate->h->element, "open", &open, NULL);
  return open;
}

void
expect_message (Gate * gate, gboolean open, const gchar * reason, guint64 dropped)
{
  GstMessage *message = gst_bus_pop_filtered (gate->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *s;
  gboolean is_open = !open;
  guint64 epoch, running_time, kept_back = G_MAXUINT64;

  fail_unless (message != NULL, "no message %s", reason);
  s = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (s, "e2ee-policy"));
  fail_unless (gst_structure_get (s, "open", G_TYPE_BOOLEAN, &is_open, "epoch", G_TYPE_UINT64,
          &epoch, "running-time", G_TYPE_UINT64, &running_time, "dropped", G_TYPE_UINT64,
          &kept_back, NULL));
  fail_unless_equals_int (is_open, open);
  fail_unless_equals_string (gst_structure_get_string (s, "reason"), reason);
  fail_unless_equals_string (gst_structure_get_string (s, "feature"), "recording");
  fail_unless_equals_uint64 (kept_back, dropped);
  gst_message_unref (message);
}

void
expect_no_message (Gate * gate)
{
  GstMessage *message = gst_bus_pop_filtered (gate->bus, GST_MESSAGE_ELEMENT);

  fail_unless (message == NULL, "an unexpected message %" GST_PTR_FORMAT, message);
}

guint
pull_public (Gate * gate)
{
  GstBuffer *buffer;
  guint n = 0;

  while ((buffer = gst_harness_try_pull (gate->h)) != NULL) {
    fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer), GST_E2EE_STATE_OFF);
    gst_buffer_unref (buffer);
    n++;
  }
  return n;
}

GstEvent *
pull_event (Gate * gate, GstEventType type)
{
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (gate->h)) != NULL) {
    if (GST_EVENT_TYPE (event) == type)
      return event;
    gst_event_unref (event);
  }
  return NULL;
}

guint
count_events (Gate * gate, GstEventType type)
{
  GstEvent *event;
  guint n = 0;

  while ((event = pull_event (gate, type)) != NULL) {
    gst_event_unref (event);
    n++;
  }
  return n;
}

guint
count_key_frame_requests (Gate * gate)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (gate->h)) != NULL) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  return n;
}

gint
throw_dice (guint32 * dice, gint sides)
{
  *dice = *dice * 1664525u + 1013904223u;
  return (*dice >> 16) % sides;
}
