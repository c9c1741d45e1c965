/* What a webrtcbin's transport must be (transport.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define GST_USE_UNSTABLE_API
#include "api/transport-private.h"

#include <gst/e2ee/transport.h>
#include <gst/webrtc/webrtc.h>
#include <string.h>

/* -- Certificates and fingerprints, RFC 8122 -- */

/* The first certificate of @pem; NULL when there is none. */
static GBytes *
certificate_from_pem (const gchar * pem)
{
  static const gchar begin[] = "-----BEGIN CERTIFICATE-----";
  const gchar *start = strstr (pem, begin);
  const gchar *end = start != NULL ? strstr (start, "-----END CERTIFICATE-----") : NULL;
  gchar *base64;
  guchar *data;
  gsize size;

  if (end == NULL)
    return NULL;
  start += strlen (begin);
  base64 = g_strndup (start, end - start);
  data = g_base64_decode (base64, &size);
  g_free (base64);
  return g_bytes_new_take (data, size);
}

/* Hashes that nobody can find a second certificate for; others count as no fingerprint. */
static gboolean
strong_hash (const gchar * name, GChecksumType * type)
{
  static const struct
  {
    const gchar *name;
    GChecksumType type;
  } hashes[] = {
    {"sha-256", G_CHECKSUM_SHA256},
    {"sha-384", G_CHECKSUM_SHA384},
    {"sha-512", G_CHECKSUM_SHA512},
  };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (g_ascii_strcasecmp (hashes[i].name, name) == 0) {
      *type = hashes[i].type;
      return TRUE;
    }
  }
  return FALSE;
}

/* @value is "sha-256 12:AB:...". */
static gboolean
is_fingerprint_of (const gchar * value, GBytes * certificate)
{
  gchar **words = g_strsplit (value, " ", 2);
  gboolean matches = FALSE;
  GChecksumType type;

  if (words[0] != NULL && words[1] != NULL && strong_hash (words[0], &type)) {
    gchar *hash = g_compute_checksum_for_bytes (type, certificate);
    GString *given = g_string_new (g_strstrip (words[1]));

    g_string_replace (given, ":", "", 0);
    matches = g_ascii_strcasecmp (given->str, hash) == 0;
    g_string_free (given, TRUE);
    g_free (hash);
  }
  g_strfreev (words);
  return matches;
}

static gboolean
media_names (const GstSDPMedia * media, GBytes * certificate, gboolean * has_any)
{
  const gchar *value;

  for (guint i = 0; (value = gst_sdp_media_get_attribute_val_n (media, "fingerprint", i)) != NULL;
      i++) {
    *has_any = TRUE;
    if (is_fingerprint_of (value, certificate))
      return TRUE;
  }
  return FALSE;
}

/* The fingerprints that count for a medium: its own, else the session's, else those of the medium
 * whose transport it shares, which is the first that has any. */
static gboolean
description_names (const GstSDPMessage * sdp, guint index, GBytes * certificate)
{
  gboolean has_any = FALSE;
  const gchar *value;

  if (media_names (gst_sdp_message_get_media (sdp, index), certificate, &has_any))
    return TRUE;
  for (guint i = 0; !has_any
      && (value = gst_sdp_message_get_attribute_val_n (sdp, "fingerprint", i)) != NULL; i++)
    if (is_fingerprint_of (value, certificate))
      return TRUE;
  has_any |= gst_sdp_message_get_attribute_val (sdp, "fingerprint") != NULL;
  for (guint i = 0; !has_any && i < gst_sdp_message_medias_len (sdp); i++)
    if (media_names (gst_sdp_message_get_media (sdp, i), certificate, &has_any))
      return TRUE;
  return FALSE;
}

/* -- Transports -- */

static const gchar *
check_transport (GstWebRTCDTLSTransport * transport, const GstSDPMessage * remote, guint index)
{
  GstWebRTCDTLSTransportState state;
  const gchar *reason = NULL;
  GBytes *certificate = NULL;
  gchar *pem = NULL;

  g_object_get (transport, "state", &state, NULL);
  switch (state) {
    case GST_WEBRTC_DTLS_TRANSPORT_STATE_CONNECTED:
      break;
    case GST_WEBRTC_DTLS_TRANSPORT_STATE_CLOSED:
      return GST_E2EE_TRANSPORT_CLOSED;
    case GST_WEBRTC_DTLS_TRANSPORT_STATE_FAILED:
      return GST_E2EE_TRANSPORT_FAILED;
    default:
      return GST_E2EE_TRANSPORT_CONNECTING;
  }

  g_object_get (transport, "remote-certificate", &pem, NULL);
  if (pem != NULL)
    certificate = certificate_from_pem (pem);
  if (certificate == NULL || !description_names (remote, index, certificate))
    reason = GST_E2EE_TRANSPORT_FINGERPRINT;
  if (certificate != NULL)
    g_bytes_unref (certificate);
  g_free (pem);
  return reason;
}

/* The DTLS transport of medium @index; (transfer full), NULL when it has none yet. */
static GstWebRTCDTLSTransport *
find_transport (GstElement * webrtcbin, const GstSDPMedia * media, guint index)
{
  GstWebRTCDTLSTransport *transport = NULL;
  GArray *transceivers = NULL;

  if (g_strcmp0 (gst_sdp_media_get_media (media), "application") == 0) {
    GObject *sctp = NULL;

    g_object_get (webrtcbin, "sctp-transport", &sctp, NULL);
    if (sctp != NULL) {
      g_object_get (sctp, "transport", &transport, NULL);
      g_object_unref (sctp);
    }
    return transport;
  }

  g_signal_emit_by_name (webrtcbin, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers != NULL && i < transceivers->len && transport == NULL; i++) {
    GObject *transceiver = g_array_index (transceivers, GObject *, i);
    GObject *sender = NULL, *receiver = NULL;
    guint mline;

    g_object_get (transceiver, "mlineindex", &mline, "sender", &sender, "receiver", &receiver,
        NULL);
    if (mline == index && receiver != NULL)
      g_object_get (receiver, "transport", &transport, NULL);
    if (mline == index && transport == NULL && sender != NULL)
      g_object_get (sender, "transport", &transport, NULL);
    g_clear_object (&sender);
    g_clear_object (&receiver);
  }
  if (transceivers != NULL)
    g_array_unref (transceivers);
  return transport;
}

/* -- Descriptions -- */

static const gchar *
check_media (GstElement * webrtcbin, const GstSDPMessage * local, const GstSDPMessage * remote)
{
  guint length = gst_sdp_message_medias_len (remote);
  gboolean any = FALSE;

  if (gst_sdp_message_medias_len (local) < length)
    return GST_E2EE_TRANSPORT_CONNECTING;
  for (guint i = 0; i < length; i++) {
    const GstSDPMedia *ours = gst_sdp_message_get_media (local, i);
    const GstSDPMedia *theirs = gst_sdp_message_get_media (remote, i);
    GstWebRTCDTLSTransport *transport;
    const gchar *reason;

    if (!gst_e2ee_media_is_in_use (ours) || !gst_e2ee_media_is_in_use (theirs))
      continue;
    any = TRUE;
    transport = find_transport (webrtcbin, theirs, i);
    if (transport == NULL)
      return GST_E2EE_TRANSPORT_CONNECTING;
    reason = check_transport (transport, remote, i);
    gst_object_unref (transport);
    if (reason != NULL)
      return reason;
    if (gst_e2ee_media_has_sframe (ours) != gst_e2ee_media_has_sframe (theirs))
      return GST_E2EE_TRANSPORT_SFRAME;
  }
  return any ? NULL : GST_E2EE_TRANSPORT_CONNECTING;
}

static const gchar *
check (GstElement * webrtcbin)
{
  GstWebRTCSessionDescription *local = NULL, *remote = NULL;
  GstWebRTCPeerConnectionState connection;
  GstWebRTCSignalingState signaling;
  const gchar *reason = GST_E2EE_TRANSPORT_CONNECTING;

  g_object_get (webrtcbin, "connection-state", &connection, "signaling-state", &signaling, NULL);
  if (connection == GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED
      || signaling == GST_WEBRTC_SIGNALING_STATE_CLOSED)
    return GST_E2EE_TRANSPORT_CLOSED;
  if (connection == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    return GST_E2EE_TRANSPORT_FAILED;

  /* What is agreed on; while another offer is under way the last agreement counts. */
  g_object_get (webrtcbin, "current-local-description", &local, "current-remote-description",
      &remote, NULL);
  if (local != NULL && remote != NULL)
    reason = check_media (webrtcbin, local->sdp, remote->sdp);
  if (local != NULL)
    gst_webrtc_session_description_free (local);
  if (remote != NULL)
    gst_webrtc_session_description_free (remote);
  return reason;
}

gboolean
gst_e2ee_transport_check (GstElement * webrtcbin, const gchar ** reason)
{
  const gchar *found;

  g_return_val_if_fail (GST_IS_ELEMENT (webrtcbin), FALSE);
  g_return_val_if_fail (g_object_class_find_property (G_OBJECT_GET_CLASS (webrtcbin),
          "current-remote-description") != NULL, FALSE);

  found = check (webrtcbin);
  if (reason != NULL)
    *reason = found;
  return found == NULL;
}
