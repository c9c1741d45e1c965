/* e2eepolicy: a gate for one branch, open only for media that is meant to be public.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: the object lock guards settings, counters and the readable `open`, and is held for
 * a copy or an addition only, never while something is pushed, posted or notified.  Everything in
 * GstE2eePolicyStream belongs to the streaming thread. */

/**
 * SECTION:element-e2eepolicy
 * @title: e2eepolicy
 * @see_also: shieldoverlay, e2eedec
 *
 * Stands in front of whatever keeps or passes on decrypted media (a recorder, a transcriber, a
 * stream to a public site) and lets a buffer through only when the #GstE2eeStatusMeta that
 * travels with that very buffer says `off`: not end-to-end encrypted, and meant not to be.
 * Encrypted, switching, degraded, unknown and missing status are all closed.  No flag of another
 * thread takes part, so that what was still queued from the private part of a meeting stays out
 * after the switch, and what was public gets in before it.
 *
 * After a closed spell encoded video begins again at a key frame, which the gate asks for
 * upstream, at most once a second.  In RTP that works for VP8; for other video codecs place the
 * gate behind the depayloader: it never opens in front of it.
 *
 * While the gate is closed, events that only structure the stream (stream-start, caps, segment,
 * end of stream and the like) pass in order.  Tags are reduced to what says nothing of the
 * content (codec, bitrate, language, orientation), and events that may carry content (table of
 * contents, stream collection, protection, sink messages, custom downstream events) are dropped
 * and counted.  Codec headers inside caps pass.  With `when-blocked=drop` upstream's gaps are
 * dropped too.
 *
 * The sticky `e2ee-status` event passes through and does not open the gate.
 *
 * Every change is one element message `e2ee-policy` on the bus with the fields `feature`
 * (string), `open` (boolean), `reason` (string), `running-time` (guint64), `epoch` (guint64) and
 * `dropped` (guint64: buffers kept back since the gate was last open).  The first decision of a
 * stream is a change.
 *
 * ## Example pipeline
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=60 ! e2eepolicy feature=recording ! vp8enc ! \
 *     matroskamux ! filesink location=meeting.mkv
 * ]| Nothing vouches for these pictures, so nothing is recorded, and one message `e2ee-policy`
 * says why.
 *
 * Since: 0.1
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/elements.h"
#include "elements/entry.h"

#include <gst/e2ee/status.h>
#include <gst/video/video-event.h>

GST_DEBUG_CATEGORY_STATIC (e2ee_policy_debug);
#define GST_CAT_DEFAULT e2ee_policy_debug

/**
 * GstE2eePolicyFeature:
 *
 * What the branch behind the gate does; the names are those of a meeting's feature table.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_FEATURE_RECORDING,
  GST_E2EE_POLICY_FEATURE_TRANSCRIPTION,
  GST_E2EE_POLICY_FEATURE_CAPTIONS,
  GST_E2EE_POLICY_FEATURE_STREAMING,
  GST_E2EE_POLICY_FEATURE_BREAKOUT,
  GST_E2EE_POLICY_FEATURE_NOTES,
  GST_E2EE_POLICY_FEATURE_WHITEBOARD,
  GST_E2EE_POLICY_FEATURE_PSTN,
  GST_E2EE_POLICY_FEATURE_SIP_H323,
  GST_E2EE_POLICY_FEATURE_GUEST,
  GST_E2EE_POLICY_FEATURE_SCREENSHARE,
  GST_E2EE_POLICY_FEATURE_CHAT
} GstE2eePolicyFeature;

/**
 * GstE2eePolicyWhenBlocked:
 * @GST_E2EE_POLICY_DROP: nothing flows
 * @GST_E2EE_POLICY_GAP: a gap event in place of every buffer, so that muxers and sinks go on
 *
 * What leaves a closed gate.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_DROP,
  GST_E2EE_POLICY_GAP
} GstE2eePolicyWhenBlocked;

/* Why a buffer passes or does not; one counter and one word for each. */
typedef enum
{
  CAUSE_OFF,
  CAUSE_ON,
  CAUSE_VERIFIED,
  CAUSE_SWITCHING,
  CAUSE_DEGRADED,
  CAUSE_UNKNOWN,
  CAUSE_WAITING_KEYFRAME,
  N_CAUSES
} Cause;

static const struct
{
  const gchar *reason;
  const gchar *counter;
} causes[N_CAUSES] = {
  {"off", "passed"},
  {"on", "dropped-on"},
  {"verified", "dropped-verified"},
  {"switching", "dropped-switching"},
  {"degraded", "dropped-degraded"},
  {"unknown", "dropped-unknown"},
  {"waiting-keyframe", "dropped-waiting-keyframe"},
};

typedef struct
{
  GstE2eePolicyFeature feature;
  GstE2eePolicyWhenBlocked when_blocked;
} GstE2eePolicySettings;

typedef struct
{
  guint64 by_cause[N_CAUSES];
  guint64 gaps;
  guint64 opened;
  guint64 closed;
  guint64 dropped_events;
} GstE2eePolicyStats;

typedef struct
{
  GstE2eePolicySettings settings;       /* copied at the start of a buffer or list */
  GstSegment segment;
  E2eeEntry entry;
  gboolean open;
  gboolean decided;             /* the first decision of this stream has been told */
  gboolean discont;             /* the next buffer that passes follows a hole */
  gboolean warned;
  guint64 dropped;              /* since the gate was last open */
  guint key_units;              /* asked for so far */
  GstClockTime last_request;    /* running time of the last one */
  GstClockTime last_gap;        /* timestamp of the last gap event */
} GstE2eePolicyStream;

#define GST_TYPE_E2EE_POLICY (gst_e2ee_policy_get_type ())
G_DECLARE_FINAL_TYPE (GstE2eePolicy, gst_e2ee_policy, GST, E2EE_POLICY, GstElement)

struct _GstE2eePolicy
{
  GstElement element;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* object lock */
  GstE2eePolicySettings settings;
  GstE2eePolicyStats stats;
  gboolean open;

  /* streaming thread */
  GstE2eePolicyStream stream;
};

#define DEFAULT_FEATURE GST_E2EE_POLICY_FEATURE_RECORDING
#define DEFAULT_WHEN_BLOCKED GST_E2EE_POLICY_DROP

/* A lossy or slow encoder must not be flooded with requests while the gate waits. */
#define KEY_UNIT_INTERVAL GST_SECOND

enum
{
  PROP_0,
  PROP_FEATURE,
  PROP_WHEN_BLOCKED,
  PROP_OPEN,
  PROP_STATS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

#define GST_TYPE_E2EE_POLICY_FEATURE (gst_e2ee_policy_feature_get_type ())
static GType
gst_e2ee_policy_feature_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_FEATURE_RECORDING, "Recording to a file", "recording"},
    {GST_E2EE_POLICY_FEATURE_TRANSCRIPTION, "Speech to text that is kept", "transcription"},
    {GST_E2EE_POLICY_FEATURE_CAPTIONS, "Live captions", "captions"},
    {GST_E2EE_POLICY_FEATURE_STREAMING, "Streaming to an audience", "streaming"},
    {GST_E2EE_POLICY_FEATURE_BREAKOUT, "Breakout rooms", "breakout"},
    {GST_E2EE_POLICY_FEATURE_NOTES, "Shared notes", "notes"},
    {GST_E2EE_POLICY_FEATURE_WHITEBOARD, "Whiteboard", "whiteboard"},
    {GST_E2EE_POLICY_FEATURE_PSTN, "Participants by telephone", "pstn"},
    {GST_E2EE_POLICY_FEATURE_SIP_H323, "SIP and H.323 devices", "sip-h323"},
    {GST_E2EE_POLICY_FEATURE_GUEST, "Participants without an account", "guest"},
    {GST_E2EE_POLICY_FEATURE_SCREENSHARE, "Screen sharing", "screenshare"},
    {GST_E2EE_POLICY_FEATURE_CHAT, "Chat", "chat"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicyFeature", values));
  return type;
}

#define GST_TYPE_E2EE_POLICY_WHEN_BLOCKED (gst_e2ee_policy_when_blocked_get_type ())
static GType
gst_e2ee_policy_when_blocked_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_DROP, "Nothing flows", "drop"},
    {GST_E2EE_POLICY_GAP, "A gap event in place of every buffer", "gap"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicyWhenBlocked", values));
  return type;
}

G_DEFINE_TYPE_WITH_CODE (GstE2eePolicy, gst_e2ee_policy, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (e2ee_policy_debug, "e2eepolicy", 0,
        "end-to-end encryption policy gate"));
GST_ELEMENT_REGISTER_DEFINE (e2eepolicy, "e2eepolicy", GST_RANK_NONE, GST_TYPE_E2EE_POLICY);

static const gchar *
feature_nick (GstE2eePolicyFeature feature)
{
  GEnumClass *class = g_type_class_peek (GST_TYPE_E2EE_POLICY_FEATURE);

  return g_enum_get_value (class, feature)->value_nick;
}

static void
gst_e2ee_policy_take_settings (GstE2eePolicy * self)
{
  GST_OBJECT_LOCK (self);
  self->stream.settings = self->settings;
  GST_OBJECT_UNLOCK (self);
}

static GstClockTime
gst_e2ee_policy_running_time (GstE2eePolicy * self, GstBuffer * buffer)
{
  if (buffer == NULL || self->stream.segment.format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (&self->stream.segment, GST_FORMAT_TIME,
      GST_BUFFER_DTS_OR_PTS (buffer));
}

/* A change, told once.  @buffer is the one that caused it; NULL when none did. */
static void
gst_e2ee_policy_change (GstE2eePolicy * self, gboolean open, const gchar * reason,
    GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  GstE2eeStatusMeta *meta = buffer ? gst_buffer_get_e2ee_status_meta (buffer) : NULL;
  guint64 dropped = stream->dropped;

  stream->open = open;
  stream->decided = TRUE;
  stream->dropped = 0;

  GST_OBJECT_LOCK (self);
  self->open = open;
  if (open)
    self->stats.opened++;
  else
    self->stats.closed++;
  GST_OBJECT_UNLOCK (self);

  GST_INFO_OBJECT (self, "%s: %s, %" G_GUINT64_FORMAT " buffers kept back",
      open ? "open" : "closed", reason, dropped);
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("e2ee-policy",
              "feature", G_TYPE_STRING, feature_nick (stream->settings.feature),
              "open", G_TYPE_BOOLEAN, open,
              "reason", G_TYPE_STRING, reason,
              "running-time", G_TYPE_UINT64, gst_e2ee_policy_running_time (self, buffer),
              "epoch", G_TYPE_UINT64, meta ? gst_e2ee_status_get_epoch (meta->status) : 0,
              "dropped", G_TYPE_UINT64, dropped, NULL)));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

/* Begins again as if nothing had been decided: what comes next has to show its status first. */
static void
gst_e2ee_policy_forget (GstE2eePolicy * self, const gchar * reason)
{
  if (self->stream.open)
    gst_e2ee_policy_change (self, FALSE, reason, NULL);
  self->stream.decided = FALSE;
  self->stream.last_request = GST_CLOCK_TIME_NONE;
  self->stream.last_gap = GST_CLOCK_TIME_NONE;
}

/* Looks at nothing but the buffer, and at whether a decoder behind the gate can follow it. */
static Cause
gst_e2ee_policy_judge (GstE2eePolicy * self, GstBuffer * buffer)
{
  switch (gst_buffer_get_e2ee_state (buffer)) {
    case GST_E2EE_STATE_OFF:
      break;
    case GST_E2EE_STATE_ON:
      return CAUSE_ON;
    case GST_E2EE_STATE_VERIFIED:
      return CAUSE_VERIFIED;
    case GST_E2EE_STATE_SWITCHING:
      return CAUSE_SWITCHING;
    case GST_E2EE_STATE_DEGRADED:
      return CAUSE_DEGRADED;
    case GST_E2EE_STATE_UNKNOWN:
    default:
      return CAUSE_UNKNOWN;
  }
  if (!self->stream.open && !e2ee_entry_is_possible (&self->stream.entry, buffer))
    return CAUSE_WAITING_KEYFRAME;
  return CAUSE_OFF;
}

static void
gst_e2ee_policy_count (GstE2eePolicy * self, Cause cause)
{
  GST_OBJECT_LOCK (self);
  self->stats.by_cause[cause]++;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_e2ee_policy_request_key_frame (GstE2eePolicy * self, GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  GstClockTime now = gst_e2ee_policy_running_time (self, buffer);

  if (stream->entry.kind == E2EE_ENTRY_NEVER) {
    if (!stream->warned)
      GST_ELEMENT_WARNING (self, STREAM, NOT_IMPLEMENTED,
          ("The gate stays closed: key frames of this stream cannot be recognised."),
          ("place e2eepolicy behind the depayloader"));
    stream->warned = TRUE;
    return;
  }

  /* Without timestamps one request a spell is all that can be justified. */
  if (GST_CLOCK_TIME_IS_VALID (stream->last_request)
      && (!GST_CLOCK_TIME_IS_VALID (now) || now < stream->last_request + KEY_UNIT_INTERVAL))
    return;
  stream->last_request = GST_CLOCK_TIME_IS_VALID (now) ? now : 0;
  gst_pad_push_event (self->sinkpad,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE,
          stream->key_units++));
}

/* Does what @cause demands apart from moving the buffer.  Returns whether it passes. */
static gboolean
gst_e2ee_policy_apply (GstE2eePolicy * self, Cause cause, GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  gboolean pass = cause == CAUSE_OFF;

  if (pass != stream->open || !stream->decided)
    gst_e2ee_policy_change (self, pass, causes[cause].reason, buffer);
  gst_e2ee_policy_count (self, cause);
  if (pass) {
    /* The next closed spell asks at once, whenever that is. */
    stream->last_request = GST_CLOCK_TIME_NONE;
    return TRUE;
  }

  stream->dropped++;
  stream->discont = TRUE;
  if (cause == CAUSE_WAITING_KEYFRAME)
    gst_e2ee_policy_request_key_frame (self, buffer);

  /* The packets of one frame share a timestamp and leave one gap. */
  if (stream->settings.when_blocked == GST_E2EE_POLICY_GAP && GST_BUFFER_PTS_IS_VALID (buffer)
      && GST_BUFFER_PTS (buffer) != stream->last_gap) {
    GstEvent *gap = gst_event_new_gap (GST_BUFFER_PTS (buffer), GST_BUFFER_DURATION (buffer));

    stream->last_gap = GST_BUFFER_PTS (buffer);
    gst_event_set_gap_flags (gap, GST_GAP_FLAG_MISSING_DATA);
    GST_OBJECT_LOCK (self);
    self->stats.gaps++;
    GST_OBJECT_UNLOCK (self);
    gst_pad_push_event (self->srcpad, gap);
  }
  return FALSE;
}

static GstFlowReturn
gst_e2ee_policy_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (parent);

  gst_e2ee_policy_take_settings (self);
  if (!gst_e2ee_policy_apply (self, gst_e2ee_policy_judge (self, buffer), buffer)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }

  if (self->stream.discont) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    self->stream.discont = FALSE;
  }
  return gst_pad_push (self->srcpad, buffer);
}

/* Pushes the buffers @first to @end - 1, as the list that came when it is all of it. */
static GstFlowReturn
gst_e2ee_policy_push_run (GstE2eePolicy * self, GstBufferList * list, guint first, guint end)
{
  GstBufferList *run;

  if (first == 0 && end == gst_buffer_list_length (list)) {
    run = gst_buffer_list_ref (list);
  } else {
    run = gst_buffer_list_new_sized (end - first);
    for (guint i = first; i < end; i++)
      gst_buffer_list_add (run, gst_buffer_ref (gst_buffer_list_get (list, i)));
  }

  if (self->stream.discont) {
    run = gst_buffer_list_make_writable (run);
    GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (run, 0), GST_BUFFER_FLAG_DISCONT);
    self->stream.discont = FALSE;
  }
  return gst_pad_push_list (self->srcpad, run);
}

/* Lists stay whole; they are split where the decision changes, and nowhere else. */
static GstFlowReturn
gst_e2ee_policy_chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (parent);
  guint length = gst_buffer_list_length (list);
  guint run_start = 0;          /* of the buffers that pass and have not been pushed */
  GstFlowReturn flow = GST_FLOW_OK;

  gst_e2ee_policy_take_settings (self);
  for (guint i = 0; i < length; i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    Cause cause = gst_e2ee_policy_judge (self, buffer);

    /* What passed leaves before the change that ends it is told. */
    if (cause != CAUSE_OFF && run_start < i) {
      flow = gst_e2ee_policy_push_run (self, list, run_start, i);
      if (flow != GST_FLOW_OK)
        goto out;
    }
    if (!gst_e2ee_policy_apply (self, cause, buffer))
      run_start = i + 1;
  }
  if (run_start < length)
    flow = gst_e2ee_policy_push_run (self, list, run_start, length);

out:
  gst_buffer_list_unref (list);
  return flow;
}

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

static gboolean
may_carry_content (GstEvent * event)
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

/* What of an event leaves a closed gate.  (transfer full): NULL for nothing. */
static GstEvent *
gst_e2ee_policy_filter_event (GstE2eePolicy * self, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG) {
    event = reduce_tags (event);
  } else if (may_carry_content (event) || (GST_EVENT_TYPE (event) == GST_EVENT_GAP
          && self->stream.settings.when_blocked == GST_E2EE_POLICY_DROP)) {
    gst_event_unref (event);
    event = NULL;
  }

  if (event == NULL) {
    GST_OBJECT_LOCK (self);
    self->stats.dropped_events++;
    GST_OBJECT_UNLOCK (self);
  }
  return event;
}

static void
gst_e2ee_policy_set_caps (GstE2eePolicy * self, GstEvent * event)
{
  E2eeEntry entry;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  entry = e2ee_entry_from_caps (caps);
  if (entry.kind != self->stream.entry.kind || entry.codec != self->stream.entry.codec) {
    gst_e2ee_policy_forget (self, "caps");
    self->stream.entry = entry;
    self->stream.warned = FALSE;
  }
}

static gboolean
gst_e2ee_policy_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (parent);

  /* An event that is not serialized may come from any thread, which must not look at the stream;
   * none of those that pass structures content but FLUSH_START, so the readable copy of `open`
   * decides. */
  if (!GST_EVENT_IS_SERIALIZED (event)) {
    gboolean open;

    GST_OBJECT_LOCK (self);
    open = self->open;
    if (!open && may_carry_content (event))
      self->stats.dropped_events++;
    GST_OBJECT_UNLOCK (self);
    if (!open && may_carry_content (event)) {
      gst_event_unref (event);
      return TRUE;
    }
    return gst_pad_event_default (pad, parent, event);
  }

  gst_e2ee_policy_take_settings (self);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      gst_e2ee_policy_forget (self, "stream-start");
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_e2ee_policy_forget (self, "flush");
      gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);
      break;
    case GST_EVENT_CAPS:
      gst_e2ee_policy_set_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->stream.segment);
      break;
    default:
      break;
  }

  if (!self->stream.open)
    event = gst_e2ee_policy_filter_event (self, event);
  return event == NULL ? TRUE : gst_pad_event_default (pad, parent, event);
}

static void
gst_e2ee_policy_reset_stream (GstE2eePolicy * self)
{
  memset (&self->stream, 0, sizeof (self->stream));
  gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);
  self->stream.last_request = GST_CLOCK_TIME_NONE;
  self->stream.last_gap = GST_CLOCK_TIME_NONE;
  gst_e2ee_policy_take_settings (self);
}

static GstStateChangeReturn
gst_e2ee_policy_change_state (GstElement * element, GstStateChange transition)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    memset (&self->stats, 0, sizeof (self->stats));
    GST_OBJECT_UNLOCK (self);
    gst_e2ee_policy_reset_stream (self);
  }

  ret = GST_ELEMENT_CLASS (gst_e2ee_policy_parent_class)->change_state (element, transition);

  /* The pads are inactive now and the streaming thread is out. */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_e2ee_policy_forget (self, "stopped");
    gst_e2ee_policy_reset_stream (self);
  }
  return ret;
}

static GstStructure *
gst_e2ee_policy_create_stats (GstE2eePolicy * self)
{
  GstStructure *structure = gst_structure_new_empty ("application/x-e2ee-policy-stats");
  GstE2eePolicyStats stats;

  GST_OBJECT_LOCK (self);
  stats = self->stats;
  GST_OBJECT_UNLOCK (self);

  for (guint i = 0; i < N_CAUSES; i++)
    gst_structure_set (structure, causes[i].counter, G_TYPE_UINT64, stats.by_cause[i], NULL);
  gst_structure_set (structure,
      "gaps", G_TYPE_UINT64, stats.gaps,
      "opened", G_TYPE_UINT64, stats.opened,
      "closed", G_TYPE_UINT64, stats.closed,
      "dropped-events", G_TYPE_UINT64, stats.dropped_events, NULL);
  return structure;
}

static void
gst_e2ee_policy_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_FEATURE:
      self->settings.feature = g_value_get_enum (value);
      break;
    case PROP_WHEN_BLOCKED:
      self->settings.when_blocked = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_e2ee_policy_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, gst_e2ee_policy_create_stats (self));
    return;
  }

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_FEATURE:
      g_value_set_enum (value, self->settings.feature);
      break;
    case PROP_WHEN_BLOCKED:
      g_value_set_enum (value, self->settings.when_blocked);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_e2ee_policy_class_init (GstE2eePolicyClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_e2ee_policy_set_property;
  object_class->get_property = gst_e2ee_policy_get_property;
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_e2ee_policy_change_state);

  /**
   * GstE2eePolicy:feature:
   *
   * What the branch behind the gate does.  Named in every message, so that an application or a
   * log can tell which output was closed.  Without a meeting's feature table every feature
   * follows the same rule: open for `off` only.
   *
   * Since: 0.1
   */
  properties[PROP_FEATURE] = g_param_spec_enum ("feature", "Feature",
      "What the branch behind the gate does", GST_TYPE_E2EE_POLICY_FEATURE, DEFAULT_FEATURE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  /**
   * GstE2eePolicy:when-blocked:
   *
   * What leaves the gate while it is closed.  `drop` suits a branch behind a tee; `gap` a branch
   * that is muxed with others or played, since it keeps their clocks going.
   *
   * Since: 0.1
   */
  properties[PROP_WHEN_BLOCKED] = g_param_spec_enum ("when-blocked", "When blocked",
      "What leaves the gate while it is closed", GST_TYPE_E2EE_POLICY_WHEN_BLOCKED,
      DEFAULT_WHEN_BLOCKED,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  /**
   * GstE2eePolicy:open:
   *
   * Whether the last buffer passed.  Closed before the first one and after the stream has ended
   * in READY.
   *
   * Since: 0.1
   */
  properties[PROP_OPEN] = g_param_spec_boolean ("open", "Open",
      "Whether the last buffer passed the gate", FALSE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * GstE2eePolicy:stats:
   *
   * A #GstStructure `application/x-e2ee-policy-stats` of guint64 counters since the element was
   * started: `passed`, the buffers kept back by cause (`dropped-on`, `dropped-verified`,
   * `dropped-switching`, `dropped-degraded`, `dropped-unknown`, `dropped-waiting-keyframe`),
   * `gaps` (gap events sent in their place), `opened`, `closed` (changes) and `dropped-events`.
   *
   * Since: 0.1
   */
  properties[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counters of buffers passed and kept back, by cause, since the element was started",
      GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "End-to-end encryption policy gate",
      "Filter", "Lets media that is end-to-end encrypted, or of unknown status, into no branch",
      "gst-e2ee contributors");

  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_FEATURE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_WHEN_BLOCKED, 0);
}

static void
gst_e2ee_policy_init (GstE2eePolicy * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_e2ee_policy_chain));
  gst_pad_set_chain_list_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_e2ee_policy_chain_list));
  gst_pad_set_event_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_e2ee_policy_sink_event));
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);

  /* No proxy for scheduling: a pull would go around the gate. */
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  self->settings.feature = DEFAULT_FEATURE;
  self->settings.when_blocked = DEFAULT_WHEN_BLOCKED;
  gst_e2ee_policy_reset_stream (self);
}
