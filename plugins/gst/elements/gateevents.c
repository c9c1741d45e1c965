/* Events at a closed gate (gateevents.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/gateevents.h"

#include <gst/e2ee/status.h>
#include <gst/video/video-event.h>

/* Tags that say how the media is made and nothing of what is in it. */
static const gchar *const technical_tags[] = {
  GST_TAG_CODEC, GST_TAG_VIDEO_CODEC, GST_TAG_AUDIO_CODEC, GST_TAG_SUBTITLE_CODEC,
  GST_TAG_CONTAINER_FORMAT, GST_TAG_BITRATE, GST_TAG_NOMINAL_BITRATE, GST_TAG_MINIMUM_BITRATE,
  GST_TAG_MAXIMUM_BITRATE, GST_TAG_LANGUAGE_CODE, GST_TAG_IMAGE_ORIENTATION
};

/* (transfer full): NULL when nothing technical is in it. */
static GstEvent *
reduce_tags (GstEvent * event)
{
  GstTagList *all, *reduced;
  GstEvent *result = NULL;

  gst_event_parse_tag (event, &all);
  reduced = gst_tag_list_new_empty ();
  gst_tag_list_set_scope (reduced, gst_tag_list_get_scope (all));
  for (guint i = 0; i < G_N_ELEMENTS (technical_tags); i++) {
    const GValue *value = gst_tag_list_get_value_index (all, technical_tags[i], 0);

    if (value != NULL)
      gst_tag_list_add_value (reduced, GST_TAG_MERGE_REPLACE, technical_tags[i], value);
  }

  if (gst_tag_list_n_tags (reduced) > 0) {
    result = gst_event_new_tag (reduced);
    gst_event_set_seqnum (result, gst_event_get_seqnum (event));
  } else {
    gst_tag_list_unref (reduced);
  }
  gst_event_unref (event);
  return result;
}

gboolean
e2ee_gate_event_may_tell (GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_TOC:
    case GST_EVENT_STREAM_COLLECTION:
    case GST_EVENT_PROTECTION:
    case GST_EVENT_SINK_MESSAGE:
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
    case GST_EVENT_CUSTOM_BOTH:
    case GST_EVENT_CUSTOM_BOTH_OOB:
      return !gst_event_has_name (event, "e2ee-status")
          && !gst_video_event_is_force_key_unit (event);
    default:
      return FALSE;
  }
}

GstEvent *
e2ee_gate_event_reduce (GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG)
    return reduce_tags (event);
  if (!e2ee_gate_event_may_tell (event))
    return event;
  gst_event_unref (event);
  return NULL;
}
