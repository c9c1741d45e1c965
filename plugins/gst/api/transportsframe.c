/* Whether both sides have agreed on SFrame packets (transport.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define GST_USE_UNSTABLE_API
#include "api/transport-private.h"

#include <gst/e2ee/transport.h>
#include <gst/webrtc/webrtc.h>

#define ATTRIBUTE "sframe"

/* Attributes without a value have NULL for one where webrtcbin has written them, and "" where they
 * were read. */
static gint
find_attribute (const GstSDPMedia * media, const gchar * key)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    if (g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, key) == 0)
      return (gint) i;
  return -1;
}

gboolean
gst_e2ee_media_is_in_use (const GstSDPMedia * media)
{
  return gst_sdp_media_get_port (media) != 0 || find_attribute (media, "bundle-only") >= 0;
}

gboolean
gst_e2ee_media_has_sframe (const GstSDPMedia * media)
{
  return find_attribute (media, ATTRIBUTE) >= 0;
}

/* -- Looking -- */

static const gchar *
check_descriptions (const GstSDPMessage * local, const GstSDPMessage * remote, guint index,
    gboolean sframe)
{
  const GstSDPMedia *ours, *theirs;

  if (index >= gst_sdp_message_medias_len (local) || index >= gst_sdp_message_medias_len (remote))
    return GST_E2EE_TRANSPORT_CONNECTING;
  ours = gst_sdp_message_get_media (local, index);
  theirs = gst_sdp_message_get_media (remote, index);
  if (!gst_e2ee_media_is_in_use (ours) || !gst_e2ee_media_is_in_use (theirs))
    return GST_E2EE_TRANSPORT_CLOSED;
  return gst_e2ee_media_has_sframe (ours) == sframe
      && gst_e2ee_media_has_sframe (theirs) == sframe ? NULL : GST_E2EE_TRANSPORT_SFRAME;
}

static const gchar *
check_pad (GstElement * webrtcbin, guint index, gboolean sframe)
{
  GstWebRTCSessionDescription *local = NULL, *remote = NULL;
  const gchar *reason = GST_E2EE_TRANSPORT_CONNECTING;

  /* While another offer is under way the last agreement counts. */
  g_object_get (webrtcbin, "current-local-description", &local, "current-remote-description",
      &remote, NULL);
  if (local != NULL && remote != NULL)
    reason = check_descriptions (local->sdp, remote->sdp, index, sframe);
  if (local != NULL)
    gst_webrtc_session_description_free (local);
  if (remote != NULL)
    gst_webrtc_session_description_free (remote);
  return reason;
}

gboolean
gst_e2ee_transport_check_sframe (GstPad * pad, gboolean sframe, const gchar ** reason)
{
  const gchar *found = GST_E2EE_TRANSPORT_CONNECTING;
  GObject *transceiver = NULL;
  GstElement *webrtcbin;
  guint index = G_MAXUINT;

  g_return_val_if_fail (GST_IS_PAD (pad), FALSE);
  g_return_val_if_fail (g_object_class_find_property (G_OBJECT_GET_CLASS (pad), "transceiver"),
      FALSE);

  webrtcbin = gst_pad_get_parent_element (pad);
  g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver != NULL)
    g_object_get (transceiver, "mlineindex", &index, NULL);
  if (webrtcbin != NULL && index != G_MAXUINT)
    found = check_pad (webrtcbin, index, sframe);
  g_clear_object (&transceiver);
  gst_clear_object (&webrtcbin);
  if (reason != NULL)
    *reason = found;
  return found == NULL;
}

/* -- Answering -- */

static void
remove_sframe (GstSDPMedia * media)
{
  gint index;

  while ((index = find_attribute (media, ATTRIBUTE)) >= 0)
    gst_sdp_media_remove_attribute (media, (guint) index);
}

/* Takes the word @mid out of a=group:BUNDLE. */
static void
leave_bundle (GstSDPMessage * answer, const gchar * mid)
{
  for (guint i = 0; i < gst_sdp_message_attributes_len (answer); i++) {
    const GstSDPAttribute *attribute = gst_sdp_message_get_attribute (answer, i);
    GstSDPAttribute changed;
    gchar **words;
    GString *left;

    if (g_strcmp0 (attribute->key, "group") != 0 || !g_str_has_prefix (attribute->value, "BUNDLE"))
      continue;
    words = g_strsplit (attribute->value, " ", -1);
    left = g_string_new (words[0]);
    for (guint j = 1; words[j] != NULL; j++)
      if (g_strcmp0 (words[j], mid) != 0)
        g_string_append_printf (left, " %s", words[j]);
    gst_sdp_attribute_set (&changed, "group", left->str);
    gst_sdp_message_replace_attribute (answer, i, &changed);
    g_string_free (left, TRUE);
    g_strfreev (words);
  }
}

/* What is refused has port 0 (RFC 3264 section 6), and is no part of a bundle (RFC 8843 section
 * 7.3.3). */
static void
refuse (GstSDPMessage * answer, guint index)
{
  static const gchar *const directions[] = { "sendrecv", "sendonly", "recvonly", "bundle-only" };
  GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (answer, index);

  leave_bundle (answer, gst_sdp_media_get_attribute_val (media, "mid"));
  remove_sframe (media);
  gst_sdp_media_set_port_info (media, 0, 0);
  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--)
    for (guint j = 0; j < G_N_ELEMENTS (directions); j++)
      if (g_strcmp0 (gst_sdp_media_get_attribute (media, i - 1)->key, directions[j]) == 0) {
        gst_sdp_media_remove_attribute (media, i - 1);
        break;
      }
  gst_sdp_media_add_attribute (media, "inactive", NULL);
}

gchar *
gst_e2ee_transport_answer_sframe (const gchar * offer, const gchar * answer, gboolean sframe)
{
  GstSDPMessage *asked = NULL, *answered = NULL;
  gchar *text = NULL;

  g_return_val_if_fail (offer != NULL && answer != NULL, NULL);

  if (gst_sdp_message_new_from_text (offer, &asked) != GST_SDP_OK
      || gst_sdp_message_new_from_text (answer, &answered) != GST_SDP_OK
      || gst_sdp_message_medias_len (asked) != gst_sdp_message_medias_len (answered))
    goto out;

  for (guint i = 0; i < gst_sdp_message_medias_len (asked); i++) {
    const GstSDPMedia *theirs = gst_sdp_message_get_media (asked, i);
    GstSDPMedia *ours = (GstSDPMedia *) gst_sdp_message_get_media (answered, i);

    if (g_strcmp0 (gst_sdp_media_get_media (ours), "application") == 0
        || !gst_e2ee_media_is_in_use (ours))
      continue;
    if (gst_e2ee_media_has_sframe (theirs) != sframe) {
      refuse (answered, i);
    } else {
      remove_sframe (ours);
      if (sframe)
        gst_sdp_media_add_attribute (ours, ATTRIBUTE, NULL);
    }
  }
  text = gst_sdp_message_as_text (answered);

out:
  if (asked != NULL)
    gst_sdp_message_free (asked);
  if (answered != NULL)
    gst_sdp_message_free (answered);
  return text;
}
