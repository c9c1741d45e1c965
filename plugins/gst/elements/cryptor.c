/* What e2eeenc and e2eedec share.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: stream lock -> object lock, and stream lock -> key store lock; object lock and key
 * store lock are never held together.  Signals, messages, events and buffers leave with neither of
 * the two held.
 *
 * A change of settings raises `settings_changed`; the streaming thread then copies what it needs,
 * so that a frame costs no lock. */

#include "cryptor.h"
#include "nalcaps.h"
#include "sframecaps.h"
#include "srtpcaps.h"

#include "core/frame/key.h"

#include <gst/video/video.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (e2ee_cryptor_debug);
#define GST_CAT_DEFAULT e2ee_cryptor_debug

#define REQUEST_KEY_INTERVAL_MS 1000

enum
{
  SIGNAL_REQUEST_KEY,
  SIGNAL_REMOVE_KEY,
  SIGNAL_CLEAR_KEYS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Any buffer may be offered; what cannot be protected is refused with its reason when its caps
 * come. */
static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstE2eeCryptor, gst_e2ee_cryptor, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (e2ee_cryptor_debug, "e2eecryptor", 0, "e2eeenc and e2eedec"));

/* --- what a subclass may say and ask --- */

void
gst_e2ee_cryptor_count_drop (GstE2eeCryptor * self, e2ee_result cause)
{
  e2ee_counter_add (&self->causes[cause], 1);
  GST_LOG_OBJECT (self, "frame dropped: %s", e2ee_result_text (cause));
}

void
gst_e2ee_cryptor_count_frame (GstE2eeCryptor * self, gsize size)
{
  e2ee_counter_add (&self->frames, 1);
  e2ee_counter_add (&self->bytes, size);
}

void
gst_e2ee_cryptor_pass_clear (GstE2eeCryptor * self, const E2eeFrame * frame)
{
  guint8 *out = e2ee_frame_path_write_begin (self->path, frame->data.size);

  memcpy (out, frame->data.data, frame->data.size);
  e2ee_frame_path_write_end (self->path, frame->data.size, self->clear_status, 0, 0);
  gst_e2ee_cryptor_count_frame (self, frame->data.size);
  e2ee_counter_add (&self->clear_frames, 1);
}

static gboolean
was_asked_lately (GstE2eeCryptorStream * stream, guint64 key_id)
{
  guint n = G_N_ELEMENTS (stream->asked_key_id);

  for (guint i = 0; i < n; i++)
    if (stream->asked_ms[i] != 0 && stream->asked_key_id[i] == key_id
        && stream->now_ms - stream->asked_ms[i] < REQUEST_KEY_INTERVAL_MS)
      return TRUE;
  stream->asked_key_id[stream->next_asked] = key_id;
  stream->asked_ms[stream->next_asked] = stream->now_ms;
  stream->next_asked = (stream->next_asked + 1) % n;
  return FALSE;
}

gboolean
gst_e2ee_cryptor_request_key (GstE2eeCryptor * self, guint64 key_id)
{
  GstE2eeKey *key = NULL;
  gboolean taken = FALSE;

  if (was_asked_lately (&self->stream, key_id))
    return FALSE;
  e2ee_key_store_want (self->store, key_id);
  g_signal_emit (self, signals[SIGNAL_REQUEST_KEY], 0, key_id, &key);
  if (key) {
    taken = e2ee_key_store_add (self->store, key);
    if (!taken)
      GST_WARNING_OBJECT (self, "the key given for key id %" G_GUINT64_FORMAT " cannot be used",
          key_id);
    gst_e2ee_key_unref (key);
  }
  e2ee_key_store_take (self->store, &self->stream.keys);
  return taken;
}

GstFlowReturn
gst_e2ee_cryptor_push_ready (GstE2eeCryptor * self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  GstMiniObject *object;

  while ((object = e2ee_frame_path_pull (self->path))) {
    if (ret != GST_FLOW_OK)
      gst_mini_object_unref (object);
    else if (GST_IS_BUFFER_LIST (object))
      ret = gst_pad_push_list (self->srcpad, GST_BUFFER_LIST_CAST (object));
    else
      ret = gst_pad_push (self->srcpad, GST_BUFFER_CAST (object));
  }
  return ret;
}

void
gst_e2ee_cryptor_set_state (GstE2eeCryptor * self, GstE2eeState state, const gchar * reason,
    guint64 key_id)
{
  GstE2eeCryptorStream *stream = &self->stream;
  GstE2eeStatus *status;
  GstStructure *structure;
  guint64 dropped = 0;

  /* Once for each change: a stream that goes on failing says so once, whatever the next frame
   * fails of. */
  if (G_LIKELY (stream->state == state && (state == GST_E2EE_STATE_DEGRADED
              || (stream->said_key_id == key_id && stream->reason == reason))))
    return;
  stream->state = state;
  stream->reason = reason;
  stream->said_key_id = key_id;

  for (guint i = 1; i < E2EE_N_RESULTS; i++)
    dropped += e2ee_counter_get (&self->causes[i]);
  status = e2ee_key_snapshot_status (&stream->keys, key_id);
  structure = gst_structure_new ("e2ee-status",
      "state", G_TYPE_STRING, gst_e2ee_state_get_nick (state),
      "key-id", G_TYPE_UINT64, key_id,
      "epoch", G_TYPE_UINT64, status ? gst_e2ee_status_get_epoch (status) : (guint64) 0,
      "frames", G_TYPE_UINT64, e2ee_counter_get (&self->frames),
      "dropped", G_TYPE_UINT64, dropped, NULL);
  if (status && gst_e2ee_status_get_sender (status))
    gst_structure_set (structure, "sender", G_TYPE_STRING, gst_e2ee_status_get_sender (status),
        NULL);
  if (reason)
    gst_structure_set (structure, "reason", G_TYPE_STRING, reason, NULL);
  GST_INFO_OBJECT (self, "%" GST_PTR_FORMAT, structure);
  gst_element_post_message (GST_ELEMENT_CAST (self),
      gst_message_new_element (GST_OBJECT_CAST (self), structure));
}

GstE2eeState
gst_e2ee_cryptor_closed_state (const GstE2eeCryptor * self)
{
  return self->stream.keys.media.state == GST_E2EE_STATE_SWITCHING ?
      GST_E2EE_STATE_SWITCHING : GST_E2EE_STATE_UNKNOWN;
}

void
gst_e2ee_cryptor_request_key_frame (GstE2eeCryptor * self, guint64 interval_ms)
{
  GstE2eeCryptorStream *stream = &self->stream;

  if (!e2ee_frame_path_is_video (self->path))
    return;
  if (stream->key_frame_asked_ms && stream->now_ms - stream->key_frame_asked_ms < interval_ms)
    return;
  stream->key_frame_asked_ms = stream->now_ms;
  GST_DEBUG_OBJECT (self, "asking for a key frame");
  gst_pad_push_event (self->sinkpad,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* --- the streaming thread --- */

/* Whether caps of SFrame packets are made here, or taken. */
static gboolean
marks_caps (const GstE2eeCryptor * self)
{
  return GST_E2EE_CRYPTOR_GET_CLASS (self)->usage == GST_E2EE_KEY_USAGE_ENCRYPT;
}

/* SFrame packets are sent to nobody who has not said that he expects them.  One who receives learns
 * of them with the first, and lets nothing through that does not open anyway. */
static void
watch_agreement (GstE2eeCryptor * self)
{
  gboolean waits = marks_caps (self) && self->packetization != GST_E2EE_PACKETIZATION_CODEC;
  E2eeAgreementState state = e2ee_agreement_look (self->agreement, self->stream.now_ms);
  gboolean closed = state == E2EE_AGREEMENT_REFUSED || (state == E2EE_AGREEMENT_PENDING && waits);

  if (G_LIKELY (closed == self->closed && (state == E2EE_AGREEMENT_REFUSED) == self->refused))
    return;
  if (self->closed && !closed)
    gst_e2ee_cryptor_request_key_frame (self, 0);
  self->closed = closed;
  if (state == E2EE_AGREEMENT_REFUSED)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
        ("%s", self->packetization == GST_E2EE_PACKETIZATION_CODEC ?
            "The peer expects SFrame packets (a=sframe), and packetization=codec makes none; the "
            "stream is closed." :
            "Not both ends have agreed on SFrame packets (a=sframe); the stream is closed."),
        ("see gst_e2ee_transport_check_sframe()"));
  self->refused = state == E2EE_AGREEMENT_REFUSED;
}

static void
on_frame (E2eeFramePath * path, const E2eeFrame * frame, gpointer user_data)
{
  GstE2eeCryptor *self = user_data;

  if (G_UNLIKELY (self->closed)) {
    gst_e2ee_cryptor_count_drop (self, E2EE_ERR_NEGOTIATION);
    gst_e2ee_cryptor_set_state (self, GST_E2EE_STATE_UNKNOWN,
        e2ee_result_name (E2EE_ERR_NEGOTIATION), 0);
    return;
  }
  GST_E2EE_CRYPTOR_GET_CLASS (self)->frame (self, frame);
}

static void
publish_rtp_stats (GstE2eeCryptor * self)
{
  const E2eeRtpRegroupStats *stats = e2ee_frame_path_get_stats (self->path);
  const guint64 values[] = { stats->packets, stats->frames, stats->not_rtp, stats->empty,
    stats->malformed, stats->duplicate, stats->late, stats->incomplete, stats->oversize
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (values) == G_N_ELEMENTS (self->rtp));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    e2ee_counter_set (&self->rtp[i], values[i]);
}

static void
take_settings (GstE2eeCryptor * self)
{
  guint mtu;

  if (G_LIKELY (!atomic_exchange_explicit (&self->settings_changed, 0, memory_order_acquire)))
    return;
  GST_OBJECT_LOCK (self);
  mtu = self->settings.mtu;
  GST_OBJECT_UNLOCK (self);
  e2ee_frame_path_set_mtu (self->path, mtu);
}

static gboolean
begin (GstE2eeCryptor * self)
{
  gboolean changed;
  gchar *complaint;

  if (G_UNLIKELY (!e2ee_frame_path_is_ready (self->path))) {
    GST_ELEMENT_ERROR (self, CORE, NEGOTIATION, (NULL), ("data came before caps"));
    return FALSE;
  }
  if (atomic_load_explicit (&self->settings_changed, memory_order_relaxed))
    take_settings (self);
  self->stream.now_ms = g_get_monotonic_time () / 1000;
  watch_agreement (self);
  changed = e2ee_key_store_take (self->store, &self->stream.keys);
  if (changed && (complaint = e2ee_key_store_take_complaint (self->store))) {
    GST_ELEMENT_WARNING (self, LIBRARY, SETTINGS, ("%s", complaint), (NULL));
    g_free (complaint);
  }
  GST_E2EE_CRYPTOR_GET_CLASS (self)->begin (self, changed);
  return TRUE;
}

static GstFlowReturn
end (GstE2eeCryptor * self)
{
  GstFlowReturn ret = GST_E2EE_CRYPTOR_GET_CLASS (self)->end (self);

  publish_rtp_stats (self);
  return ret;
}

static GstFlowReturn
gst_e2ee_cryptor_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (parent);

  if (!begin (self)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  e2ee_frame_path_push (self->path, buffer);
  return end (self);
}

static GstFlowReturn
gst_e2ee_cryptor_chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (parent);
  GstFlowReturn ret = GST_FLOW_OK;

  if (!begin (self)) {
    gst_buffer_list_unref (list);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (!e2ee_frame_path_is_audio (self->path)) {
    e2ee_frame_path_push_list (self->path, list);
    return end (self);
  }
  /* Audio frames one by one: a gap event must stand where the frame that failed would have been. */
  for (guint i = 0; i < gst_buffer_list_length (list) && ret == GST_FLOW_OK; i++) {
    if (i > 0)
      begin (self);
    e2ee_frame_path_push (self->path, gst_buffer_ref (gst_buffer_list_get (list, i)));
    ret = end (self);
  }
  gst_buffer_list_unref (list);
  return ret;
}

static gboolean
format_takes_media (GstE2eeCryptor * self, const gchar ** why)
{
  gchar *text;

  if (self->format->takes == NULL
      || self->format->takes (e2ee_frame_path_get_layout (self->path)))
    return TRUE;
  text = g_strdup_printf ("format=%s is for %s", self->format->name, self->format->takes_text);
  *why = g_intern_string (text);
  g_free (text);
  e2ee_frame_path_reset (self->path);
  return FALSE;
}

static gboolean
set_caps (GstE2eeCryptor * self, GstCaps * caps)
{
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);
  const gchar *why = NULL;
  GError *error = NULL;

  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps)) {
    why = "the caps are not fixed";
  } else if (!marks_caps (self) && self->packetization == GST_E2EE_PACKETIZATION_CODEC
      && e2ee_sframe_caps_is_marked (caps)) {
    why = "these are SFrame packets (a=sframe): set packetization";
  } else if (self->per_ssrc_keys
      && !gst_structure_has_name (gst_caps_get_structure (caps, 0), "application/x-rtp")) {
    why = "there are keys per SSRC, and this is no RTP";
  } else {
    take_settings (self);
    if (e2ee_frame_path_set_caps (self->path, caps, &why) && format_takes_media (self, &why)) {
      if (klass->caps == NULL || klass->caps (self, caps, &error))
        return TRUE;
      gst_e2ee_cryptor_post_error (self, error);
      return FALSE;
    }
  }
  GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE,
      ("This media cannot be end-to-end encrypted: %s", why), ("caps %" GST_PTR_FORMAT, caps));
  return FALSE;
}

/* Caps of SFrame packets say so, and nothing else is added to any: webrtcbin puts it into its SDP. */
static GstEvent *
map_caps (GstE2eeCryptor * self, GstEvent * event)
{
  const gboolean is_srtp = self->format->id == E2EE_FORMAT_SRTP;
  GstCaps *caps, *mapped;

  if (self->packetization == GST_E2EE_PACKETIZATION_CODEC && !is_srtp)
    return event;
  gst_event_parse_caps (event, &caps);
  if (is_srtp)
    mapped = e2ee_srtp_caps_map (caps, marks_caps (self));
  else
    mapped = marks_caps (self) ? e2ee_sframe_caps_mark (caps) : e2ee_sframe_caps_unmark (caps);
  gst_event_unref (event);
  event = gst_event_new_caps (mapped);
  gst_caps_unref (mapped);
  return event;
}

/* Also before the format is taken from the setting: pads are linked in NULL. */
static gboolean
wants_srtp (GstE2eeCryptor * self)
{
  gboolean wants;

  GST_OBJECT_LOCK (self);
  wants = self->settings.keys.format == E2EE_FORMAT_SRTP;
  GST_OBJECT_UNLOCK (self);
  return wants;
}

static gboolean
gst_e2ee_cryptor_sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (parent);

  if (wants_srtp (self) && e2ee_srtp_caps_query (self->srcpad, !marks_caps (self), query))
    return TRUE;
  if (self->packetization != GST_E2EE_PACKETIZATION_CODEC
      && e2ee_sframe_caps_query (self->srcpad, marks_caps (self), query))
    return TRUE;
  return e2ee_nal_caps_query (pad, parent, query) || gst_pad_query_default (pad, parent, query);
}

static gboolean
gst_e2ee_cryptor_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (parent);

  if (wants_srtp (self) && e2ee_srtp_caps_query (self->sinkpad, marks_caps (self), query))
    return TRUE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
gst_e2ee_cryptor_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (parent);
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      if (!set_caps (self, caps)) {
        gst_event_unref (event);
        return FALSE;
      }
      event = map_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->stream.segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      klass->forget (self, FALSE);
      e2ee_frame_path_flush (self->path);
      gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);
      break;
    case GST_EVENT_EOS:
      e2ee_frame_path_drain (self->path);
      gst_e2ee_cryptor_push_ready (self);
      klass->forget (self, TRUE);
      publish_rtp_stats (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- what is counted --- */

GstStructure *
gst_e2ee_cryptor_make_stats (GstE2eeCryptor * self)
{
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);
  static const gchar *const rtp_names[] = { "packets", "whole-frames", "not-rtp", "empty",
    "malformed", "duplicate", "late", "incomplete", "oversize"
  };
  GstStructure *stats = gst_structure_new (klass->usage == GST_E2EE_KEY_USAGE_ENCRYPT ?
      "application/x-e2ee-encoder-stats" : "application/x-e2ee-decoder-stats",
      "frames", G_TYPE_UINT64, e2ee_counter_get (&self->frames),
      "clear-frames", G_TYPE_UINT64, e2ee_counter_get (&self->clear_frames),
      "bytes", G_TYPE_UINT64, e2ee_counter_get (&self->bytes), NULL);
  guint64 dropped = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rtp_names); i++)
    gst_structure_set (stats, rtp_names[i], G_TYPE_UINT64, e2ee_counter_get (&self->rtp[i]), NULL);
  for (guint i = 1; i < E2EE_N_RESULTS; i++) {
    guint64 n = e2ee_counter_get (&self->causes[i]);

    dropped += n;
    gst_structure_set (stats, e2ee_result_name (i), G_TYPE_UINT64, n, NULL);
  }
  gst_structure_set (stats, "dropped", G_TYPE_UINT64, dropped, NULL);
  klass->add_stats (self, stats);
  return stats;
}

static gboolean
remove_key (GstE2eeCryptor * self, guint64 key_id)
{
  return e2ee_key_store_remove (self->store, key_id);
}

static void
clear_keys (GstE2eeCryptor * self)
{
  e2ee_key_store_clear (self->store);
}

/* --- states --- */

void
gst_e2ee_cryptor_post_error (GstE2eeCryptor * self, GError * error)
{
  GST_ELEMENT_ERROR_WITH_DETAILS (self, RESOURCE, OPEN_READ, ("%s", error->message), (NULL),
      ("domain", G_TYPE_STRING, g_quark_to_string (error->domain), "code", G_TYPE_INT,
          error->code, NULL));
  g_error_free (error);
}

gboolean
gst_e2ee_cryptor_use_provider (GstE2eeCryptor * self, GstE2eeKeyProvider * provider,
    GError ** error)
{
  GstE2eeKeyUsage usage = GST_E2EE_CRYPTOR_GET_CLASS (self)->usage;

  if (provider && !gst_e2ee_key_provider_acquire (provider, usage, error))
    return FALSE;
  e2ee_key_store_set_provider (self->store, provider);
  if (self->acquired) {
    gst_e2ee_key_provider_release (self->acquired, usage);
    g_object_unref (self->acquired);
  }
  self->acquired = provider ? g_object_ref (provider) : NULL;
  return TRUE;
}

/* Format and packetization, which must go together. */
static gboolean
choose_format (GstE2eeCryptor * self)
{
  static const E2eeFramePathPacking senders[] = {
    [GST_E2EE_PACKETIZATION_CODEC] = E2EE_FRAME_PATH_CODEC,
    [GST_E2EE_PACKETIZATION_FRAME] = E2EE_FRAME_PATH_TO_SFRAME,
    [GST_E2EE_PACKETIZATION_PACKET] = E2EE_FRAME_PATH_TO_SFRAME_PAYLOADS,
  };
  e2ee_format_id format;

  GST_OBJECT_LOCK (self);
  format = self->settings.keys.format;
  self->packetization = self->settings.packetization;
  self->per_ssrc_keys = self->settings.keys.per_ssrc;
  GST_OBJECT_UNLOCK (self);
  self->format = e2ee_format_find (format);
  if (self->format == NULL) {
    self->format = &e2ee_format_sframe;
    GST_ELEMENT_ERROR (self, LIBRARY, INIT, ("This build has no SRTP."),
        ("format=srtp needs libsrtp2 where gst-e2ee is built"));
    return FALSE;
  }
  if (self->packetization != GST_E2EE_PACKETIZATION_CODEC && format != E2EE_FORMAT_SFRAME) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
        ("Only frames of format=sframe go into SFrame packets."),
        ("set packetization=codec, or format=sframe"));
    return FALSE;
  }
  if (self->per_ssrc_keys && format != E2EE_FORMAT_SFRAME) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("Only format=sframe has keys per SSRC."),
        ("unset per-ssrc-keys, or set format=sframe"));
    return FALSE;
  }
  if (format == E2EE_FORMAT_SRTP)
    e2ee_frame_path_set_packing (self->path, marks_caps (self) ? E2EE_FRAME_PATH_TO_SRTP :
        E2EE_FRAME_PATH_FROM_SRTP);
  else if (self->packetization == GST_E2EE_PACKETIZATION_CODEC || marks_caps (self))
    e2ee_frame_path_set_packing (self->path, senders[self->packetization]);
  else
    e2ee_frame_path_set_packing (self->path, E2EE_FRAME_PATH_FROM_SFRAME);
  e2ee_agreement_free (self->agreement);
  self->agreement = e2ee_agreement_new (marks_caps (self) ? self->srcpad : self->sinkpad,
      self->packetization != GST_E2EE_PACKETIZATION_CODEC);
  return TRUE;
}

static gboolean
open_keys (GstE2eeCryptor * self)
{
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);
  E2eeKeyStoreSettings settings;
  GstE2eeKeyProvider *provider;
  GError *error = NULL;

  GST_OBJECT_LOCK (self);
  settings = self->settings.keys;
  GST_OBJECT_UNLOCK (self);
  e2ee_key_store_configure (self->store, &settings);

  provider = gst_e2ee_cryptor_find_provider (self, &error);
  if (error == NULL) {
    if (klass->open)
      klass->open (self, provider, &error);
    else
      gst_e2ee_cryptor_use_provider (self, provider, &error);
  }
  g_clear_object (&provider);
  if (error) {
    gst_e2ee_cryptor_post_error (self, error);
    return FALSE;
  }
  return TRUE;
}

static void
close_keys (GstE2eeCryptor * self)
{
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);

  gst_e2ee_cryptor_use_provider (self, NULL, NULL);
  e2ee_key_store_reset (self->store);
  if (klass->close)
    klass->close (self);
}

static void
gst_e2ee_cryptor_set_context (GstElement * element, GstContext * context)
{
  gst_e2ee_cryptor_take_context (GST_E2EE_CRYPTOR (element), context);
  GST_ELEMENT_CLASS (gst_e2ee_cryptor_parent_class)->set_context (element, context);
}

static void
forget_stream (GstE2eeCryptor * self)
{
  GstE2eeCryptorClass *klass = GST_E2EE_CRYPTOR_GET_CLASS (self);

  klass->forget (self, FALSE);
  klass->reset (self);
  e2ee_frame_path_reset (self->path);
  e2ee_key_snapshot_clear (&self->stream.keys);
  self->closed = FALSE;
  self->refused = FALSE;
  memset (&self->stream, 0, sizeof self->stream);
  gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);
  for (guint i = 0; i < E2EE_N_RESULTS; i++)
    e2ee_counter_set (&self->causes[i], 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->rtp); i++)
    e2ee_counter_set (&self->rtp[i], 0);
  e2ee_counter_set (&self->frames, 0);
  e2ee_counter_set (&self->clear_frames, 0);
  e2ee_counter_set (&self->bytes, 0);
  atomic_store (&self->settings_changed, 1);
}

static GstStateChangeReturn
gst_e2ee_cryptor_change_state (GstElement * element, GstStateChange transition)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && (!choose_format (self) || !open_keys (self)))
    return GST_STATE_CHANGE_FAILURE;

  ret = GST_ELEMENT_CLASS (gst_e2ee_cryptor_parent_class)->change_state (element, transition);
  if (ret == GST_STATE_CHANGE_FAILURE && transition == GST_STATE_CHANGE_NULL_TO_READY)
    close_keys (self);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget_stream (self);
  else if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    close_keys (self);
  return ret;
}

static void
gst_e2ee_cryptor_finalize (GObject * object)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (object);

  e2ee_key_snapshot_clear (&self->stream.keys);
  close_keys (self);
  e2ee_agreement_free (self->agreement);
  e2ee_frame_path_free (self->path);
  e2ee_key_store_free (self->store);
  gst_e2ee_status_unref (self->clear_status);
  g_clear_object (&self->settings.provider);
  g_clear_object (&self->settings.context);
  g_free (self->settings.key_file);
  g_free (self->settings.meeting);
  G_OBJECT_CLASS (gst_e2ee_cryptor_parent_class)->finalize (object);
}

static void
gst_e2ee_cryptor_init (GstE2eeCryptor * self)
{
  gst_e2ee_cryptor_init_settings (&self->settings);
  self->format = &e2ee_format_sframe;
  self->path = e2ee_frame_path_new (on_frame, self);
  self->clear_status = gst_e2ee_status_new (GST_E2EE_STATE_OFF, NULL, 0);
  atomic_init (&self->settings_changed, 1);
  gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_e2ee_cryptor_chain);
  gst_pad_set_chain_list_function (self->sinkpad, gst_e2ee_cryptor_chain_list);
  gst_pad_set_event_function (self->sinkpad, gst_e2ee_cryptor_sink_event);
  gst_pad_set_query_function (self->sinkpad, gst_e2ee_cryptor_sink_query);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT_CAST (self), self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_query_function (self->srcpad, gst_e2ee_cryptor_src_query);
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT_CAST (self), self->srcpad);
}

static void
gst_e2ee_cryptor_constructed (GObject * object)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (object);

  G_OBJECT_CLASS (gst_e2ee_cryptor_parent_class)->constructed (object);
  self->store = e2ee_key_store_new (GST_E2EE_CRYPTOR_GET_CLASS (self)->usage);
  if (GST_E2EE_CRYPTOR_GET_CLASS (self)->usage == GST_E2EE_KEY_USAGE_ENCRYPT)
    e2ee_frame_path_set_sends (self->path);
}

static gboolean
stop_at_first_key (GSignalInvocationHint * hint, GValue * result, const GValue * answer,
    gpointer user_data)
{
  g_value_copy (answer, result);
  return g_value_get_boxed (answer) == NULL;
}

static void
gst_e2ee_cryptor_class_init (GstE2eeCryptorClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->constructed = gst_e2ee_cryptor_constructed;
  object_class->finalize = gst_e2ee_cryptor_finalize;
  object_class->set_property = gst_e2ee_cryptor_set_property;
  object_class->get_property = gst_e2ee_cryptor_get_property;
  element_class->change_state = gst_e2ee_cryptor_change_state;
  element_class->set_context = gst_e2ee_cryptor_set_context;
  gst_e2ee_cryptor_install_properties (object_class);

  /**
   * GstE2eeCryptor::request-key:
   * @element: the element
   * @key_id: the SFrame key id that is needed; for e2eeenc #GstE2eeEnc:key-id, or 0 when any will
   * do
   *
   * Asks for a key that neither file nor provider has.  Emitted in the streaming thread with no
   * lock held, at most once a second for one key id.
   *
   * Returns: (transfer full) (nullable): the key
   *
   * Since: 0.1
   */
  signals[SIGNAL_REQUEST_KEY] =
      g_signal_new ("request-key", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
      stop_at_first_key, NULL, NULL, GST_TYPE_E2EE_KEY, 1, G_TYPE_UINT64);

  /**
   * GstE2eeCryptor::remove-key:
   * @element: the element
   * @key_id: the SFrame key id
   *
   * Forgets a key at once.
   *
   * Returns: %TRUE when there was one
   *
   * Since: 0.1
   */
  signals[SIGNAL_REMOVE_KEY] =
      g_signal_new_class_handler ("remove-key", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (remove_key), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 1, G_TYPE_UINT64);

  /**
   * GstE2eeCryptor::clear-keys:
   * @element: the element
   *
   * Forgets every key at once; nothing passes until another comes.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CLEAR_KEYS] =
      g_signal_new_class_handler ("clear-keys", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (clear_keys), NULL, NULL, NULL,
      G_TYPE_NONE, 0);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_CRYPTOR, 0);
}
