/* Looking upstream (mixer.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/mixer.h"

#include <gst/e2ee/status.h>

/* Elements between a shield and its compositor; a loop would be a broken pipeline. */
#define MAX_STEPS 64

/* The element's pad that feeds @sinkpad, through the walls of bins. (transfer full) (nullable) */
static GstPad *
find_source (GstPad * sinkpad)
{
  GstPad *pad = gst_pad_get_peer (sinkpad);

  for (guint i = 0; pad != NULL && i < MAX_STEPS; i++) {
    GstPad *next;

    if (GST_IS_GHOST_PAD (pad)) {
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
    } else if (GST_IS_PROXY_PAD (pad)) {
      /* Inside of a bin whose sink ghost pad this is the inner side of. */
      GstProxyPad *outside = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));

      next = outside != NULL ? gst_pad_get_peer (GST_PAD (outside)) : NULL;
      gst_clear_object (&outside);
    } else {
      return pad;
    }
    gst_object_unref (pad);
    pad = next;
  }
  gst_clear_object (&pad);
  return NULL;
}

static gboolean
speaks (GstPad * pad)
{
  gboolean found = FALSE;
  GstEvent *event;

  for (guint i = 0; !found
      && (event = gst_pad_get_sticky_event (pad, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, i)); i++) {
    found = gst_event_has_name (event, "e2ee-status");
    gst_event_unref (event);
  }
  return found;
}

/* Of the pads of @element that are linked: how many, whether all speak, and one of them. */
static guint
look_at (GstElement * element, gboolean * all_speak, GstPad ** one)
{
  guint n = 0;

  *all_speak = TRUE;
  *one = NULL;
  GST_OBJECT_LOCK (element);
  for (GList * l = element->sinkpads; l != NULL; l = l->next) {
    GstPad *pad = l->data;

    if (!gst_pad_is_linked (pad))
      continue;
    n++;
    *all_speak = *all_speak && speaks (pad);
    if (*one == NULL)
      *one = gst_object_ref (pad);
  }
  GST_OBJECT_UNLOCK (element);
  return n;
}

/* Pictures are mixed as pixels.  What comes in where encoded media goes out, such as the streams that a
 * webrtcbin sends, is in no picture. */
static gboolean
has_pixels (GstPad * source)
{
  GstCaps *caps = gst_pad_get_current_caps (source);
  gboolean result = caps == NULL
      || gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");

  gst_clear_caps (&caps);
  return result;
}

gboolean
e2ee_mixer_all_streams_speak (GstPad * sinkpad)
{
  GstPad *pad = gst_object_ref (sinkpad);
  gboolean all_speak = TRUE;

  for (guint i = 0; pad != NULL && i < MAX_STEPS; i++) {
    GstPad *source = find_source (pad), *next = NULL;
    GstElement *element = source != NULL && has_pixels (source)
        ? gst_pad_get_parent_element (source) : NULL;
    guint n = element != NULL ? look_at (element, &all_speak, &next) : 0;

    gst_clear_object (&element);
    gst_clear_object (&source);
    gst_object_unref (pad);
    pad = next;
    if (n > 1)
      break;
    all_speak = TRUE;
  }
  gst_clear_object (&pad);
  return all_speak;
}
