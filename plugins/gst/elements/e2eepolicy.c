/* e2eepolicy: a gate for one branch, open only for media that may go there.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * What it decides is in gaterule.h, how gates agree in gategroup.h, what of the events passes in
 * gateevents.h, what the branch sees of it all in gatebranch.h, the properties in
 * policysettings.h.  Here buffers are moved.
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
 * `e2ee` is this participant's own floor: with `require` nothing passes that was not encrypted,
 * with `forbid` nothing that was.  `feature=media` is for the meeting itself, sent or shown:
 * encrypted and clear media pass, as the floor allows.
 *
 * All gates of a pipeline close and open at the same running time.
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
 * (string), `open` (boolean), `reason` (string), `running-time` (guint64), `epoch` (guint64),
 * `dropped` (guint64: buffers kept back since the gate was last open) and `segment` (guint: how
 * often it has been open, this time included).  The first decision of a stream is a change.
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
#include "elements/gatebranch.h"
#include "elements/gateevents.h"
#include "elements/gategroup.h"
#include "elements/gatemeeting.h"
#include "elements/policysettings.h"
#include "elements/transportwatch.h"

#include <gst/e2ee/status.h>
#include <gst/video/video-event.h>

GST_DEBUG_CATEGORY_STATIC (e2ee_policy_debug);
#define GST_CAT_DEFAULT e2ee_policy_debug

typedef struct
{
  guint64 by_cause[E2EE_N_CAUSES];
  guint64 gaps;
  guint64 blanks;
  guint64 flushes;
  guint64 opened;
  guint64 closed;
  guint64 dropped_events;
} GstE2eePolicyStats;

typedef struct
{
  E2eePolicyRules rules;        /* copied at the start of a buffer or list */
  GstSegment segment;
  E2eeEntry entry;
  gboolean open;
  gboolean decided;             /* the first decision of this stream has been told */
  gboolean discont;             /* the next buffer that passes follows a hole */
  gboolean warned;
  guint64 epoch;                /* of the buffer that is judged */
  const gchar *transport;       /* what is wrong with it; NULL: nothing */
  guint64 dropped;              /* since the gate was last open */
  guint n_segments;
  guint key_units;              /* asked for so far */
  GstClockTime last_request;    /* running time of the last one */
} GstE2eePolicyStream;

#define GST_TYPE_E2EE_POLICY (gst_e2ee_policy_get_type ())
G_DECLARE_FINAL_TYPE (GstE2eePolicy, gst_e2ee_policy, GST, E2EE_POLICY, GstElement)

struct _GstE2eePolicy
{
  GstElement element;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* object lock */
  E2eePolicySettings settings;
  GstE2eePolicyStats stats;
  gboolean open;

  /* set while no data flows */
  E2eeGateMember *member;
  E2eeTransportWatch *watch;    /* NULL: none is watched */
  E2eeGateMeeting *meeting;     /* NULL: there is none */
  E2eeAuditor *auditor;

  /* streaming thread */
  GstE2eePolicyStream stream;
  E2eeGateBranch *branch;
};

/* A lossy or slow encoder must not be flooded with requests while the gate waits. */
#define KEY_UNIT_INTERVAL GST_SECOND

enum
{
  PROP_OPEN = E2EE_POLICY_FIRST_OTHER_PROP,
  PROP_STATS
};

static GParamSpec *open_pspec;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE_WITH_CODE (GstE2eePolicy, gst_e2ee_policy, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (e2ee_policy_debug, "e2eepolicy", 0,
        "end-to-end encryption policy gate"));
GST_ELEMENT_REGISTER_DEFINE (e2eepolicy, "e2eepolicy", GST_RANK_NONE, GST_TYPE_E2EE_POLICY);

static void
gst_e2ee_policy_take_settings (GstE2eePolicy * self)
{
  GST_OBJECT_LOCK (self);
  self->stream.rules = self->settings.rules;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_e2ee_policy_add (GstE2eePolicy * self, guint64 * counter)
{
  GST_OBJECT_LOCK (self);
  (*counter)++;
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
  guint64 dropped = stream->dropped;
  GstStructure *said;

  stream->open = open;
  stream->decided = TRUE;
  stream->dropped = 0;
  if (open)
    stream->n_segments++;

  GST_OBJECT_LOCK (self);
  self->open = open;
  if (open)
    self->stats.opened++;
  else
    self->stats.closed++;
  GST_OBJECT_UNLOCK (self);

  GST_INFO_OBJECT (self, "%s: %s, %" G_GUINT64_FORMAT " buffers kept back",
      open ? "open" : "closed", reason, dropped);
  said = gst_structure_new ("e2ee-policy",
      "feature", G_TYPE_STRING, gst_e2ee_policy_feature_get_nick (stream->rules.feature),
      "open", G_TYPE_BOOLEAN, open,
      "reason", G_TYPE_STRING, reason,
      "running-time", G_TYPE_UINT64, gst_e2ee_policy_running_time (self, buffer),
      "epoch", G_TYPE_UINT64, buffer ? stream->epoch : 0,
      "dropped", G_TYPE_UINT64, dropped,
      "segment", G_TYPE_UINT, stream->n_segments, NULL);
  if (self->meeting != NULL)
    e2ee_gate_meeting_log (self->meeting, said);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), said));
  g_object_notify_by_pspec (G_OBJECT (self), open_pspec);
}

/* Begins again as if nothing had been decided: what comes next has to show its status first. */
static void
gst_e2ee_policy_forget (GstE2eePolicy * self, const gchar * reason)
{
  if (self->stream.open)
    gst_e2ee_policy_change (self, FALSE, reason, NULL);
  self->stream.decided = FALSE;
  self->stream.last_request = GST_CLOCK_TIME_NONE;
  e2ee_gate_branch_forget (self->branch);
  if (self->member != NULL)
    e2ee_gate_group_forget (self->member);
}

/* -- The decision -- */

static E2eeCause
gst_e2ee_policy_rule (GstE2eePolicy * self, const E2eeGateWord * word)
{
  const E2eePolicyRules *rules = &self->stream.rules;
  GstE2eeFeatures table = GST_E2EE_FEATURES_NONE;

  if (word->broken)
    return E2EE_CAUSE_TRANSPORT;
  if (self->meeting != NULL && (word->state == GST_E2EE_STATE_ON
          || word->state == GST_E2EE_STATE_VERIFIED))
    table = e2ee_gate_meeting_get_features (self->meeting, word->epoch);
  return e2ee_gate_rule (rules->floor, e2ee_gate_rule_allows (rules->feature, table), word->state);
}

static gboolean
gst_e2ee_policy_other_may_pass (gpointer user_data, const E2eeGateWord * word)
{
  return e2ee_cause_passes (gst_e2ee_policy_rule (user_data, word));
}

/* What the buffer carries; of our own camera, which carries nothing, the meeting knows. */
static void
gst_e2ee_policy_read (GstE2eePolicy * self, GstBuffer * buffer, GstClockTime running_time,
    E2eeGateWord * word)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);

  *word = (E2eeGateWord) { GST_E2EE_STATE_UNKNOWN, 0, FALSE };
  if (meta != NULL) {
    word->state = gst_e2ee_status_get_state (meta->status);
    word->epoch = gst_e2ee_status_get_epoch (meta->status);
  }
  if (self->stream.rules.source == GST_E2EE_POLICY_SOURCE_CAPTURE) {
    GstE2eeState carried = word->state;

    word->state = self->meeting == NULL ? GST_E2EE_STATE_UNKNOWN
        : e2ee_gate_meeting_get_state (self->meeting, running_time, &word->epoch);
    if (meta != NULL)
      word->state = gst_e2ee_state_merge (word->state, carried);
  }
  if (self->watch != NULL)
    self->stream.transport = e2ee_transport_watch_look (self->watch);
  word->broken = self->stream.transport != NULL;
  self->stream.epoch = word->epoch;
}

/* By what travels with the buffer, by what the other streams said at its time, and by whether a
 * decoder behind the gate can follow it. */
static E2eeCause
gst_e2ee_policy_judge (GstE2eePolicy * self, GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  GstClockTime running_time = gst_e2ee_policy_running_time (self, buffer);
  gboolean passes, entry;
  E2eeGateWord word;
  E2eeCause cause;

  if (!e2ee_auditor_look (self->auditor, stream->rules.audit))
    return E2EE_CAUSE_AUDIT;
  gst_e2ee_policy_read (self, buffer, running_time, &word);
  cause = gst_e2ee_policy_rule (self, &word);
  passes = e2ee_cause_passes (cause);
  entry = stream->open || (passes && e2ee_entry_is_possible (&stream->entry, buffer));

  switch (e2ee_gate_group_ask (self->member, running_time, &word, passes, stream->open,
          stream->entry.anywhere, entry, gst_e2ee_policy_other_may_pass, self)) {
    case E2EE_GATE_GROUP_TOGETHER:
      return E2EE_CAUSE_TOGETHER;
    case E2EE_GATE_GROUP_ENTRY:
      return E2EE_CAUSE_WAITING_KEYFRAME;
    case E2EE_GATE_GROUP_GO:
      break;
  }
  return cause;
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

/* -- What the branch gets -- */

/* Whether something takes the place of what is kept back. */
static gboolean
gst_e2ee_policy_fills (GstE2eePolicy * self)
{
  GstE2eePolicyWhenBlocked when_blocked = self->stream.rules.when_blocked;

  return !e2ee_gate_branch_has_ended (self->branch) && (when_blocked == GST_E2EE_POLICY_GAP
      || when_blocked == GST_E2EE_POLICY_BLANK);
}

/* What leaves the gate in the place of @buffer. */
static GstFlowReturn
gst_e2ee_policy_keep_back (GstE2eePolicy * self, E2eeCause cause, GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  GstBuffer *blank = NULL;

  stream->dropped++;
  stream->discont = TRUE;
  if (cause == E2EE_CAUSE_WAITING_KEYFRAME)
    gst_e2ee_policy_request_key_frame (self, buffer);
  if (!gst_e2ee_policy_fills (self))
    return GST_FLOW_OK;

  if (stream->rules.when_blocked == GST_E2EE_POLICY_BLANK)
    blank = e2ee_gate_branch_make_blank (self->branch, buffer, stream->rules.feature);
  if (blank == NULL) {
    if (e2ee_gate_branch_push_gap (self->branch, buffer))
      gst_e2ee_policy_add (self, &self->stats.gaps);
    return GST_FLOW_OK;
  }
  stream->discont = FALSE;
  gst_e2ee_policy_add (self, &self->stats.blanks);
  return gst_pad_push (self->srcpad, blank);
}

/* Does what @cause demands, apart from moving a buffer that passes. */
static GstFlowReturn
gst_e2ee_policy_apply (GstE2eePolicy * self, E2eeCause cause, GstBuffer * buffer)
{
  GstE2eePolicyStream *stream = &self->stream;
  gboolean pass = e2ee_cause_passes (cause);

  gst_e2ee_policy_add (self, &self->stats.by_cause[cause]);
  if (pass != stream->open || !stream->decided) {
    gst_e2ee_policy_change (self, pass, cause == E2EE_CAUSE_TRANSPORT ? stream->transport
        : e2ee_cause_get_reason (cause), buffer);
    if (pass)
      e2ee_gate_branch_open (self->branch);
    else if (e2ee_gate_branch_close (self->branch,
            stream->rules.when_blocked == GST_E2EE_POLICY_EOS,
            e2ee_policy_rules_flush (&stream->rules)))
      gst_e2ee_policy_add (self, &self->stats.flushes);
  }
  if (!pass)
    return gst_e2ee_policy_keep_back (self, cause, buffer);

  /* The next closed spell asks at once, whenever that is. */
  stream->last_request = GST_CLOCK_TIME_NONE;
  return GST_FLOW_OK;
}

/* -- Buffers -- */

static GstFlowReturn
gst_e2ee_policy_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (parent);
  GstFlowReturn flow;
  E2eeCause cause;

  gst_e2ee_policy_take_settings (self);
  cause = gst_e2ee_policy_judge (self, buffer);
  flow = gst_e2ee_policy_apply (self, cause, buffer);
  if (!e2ee_cause_passes (cause)) {
    gst_buffer_unref (buffer);
    return flow;
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
  for (guint i = 0; i < length && flow == GST_FLOW_OK; i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    E2eeCause cause = gst_e2ee_policy_judge (self, buffer);

    /* What passed leaves before the change that ends it is told. */
    if (!e2ee_cause_passes (cause) && run_start < i)
      flow = gst_e2ee_policy_push_run (self, list, run_start, i);
    if (flow == GST_FLOW_OK)
      flow = gst_e2ee_policy_apply (self, cause, buffer);
    if (!e2ee_cause_passes (cause))
      run_start = i + 1;
  }
  if (flow == GST_FLOW_OK && run_start < length)
    flow = gst_e2ee_policy_push_run (self, list, run_start, length);

  gst_buffer_list_unref (list);
  return flow;
}

/* -- Events -- */

static void
gst_e2ee_policy_set_caps (GstE2eePolicy * self, GstEvent * event)
{
  GstE2eePolicyStream *stream = &self->stream;
  E2eeEntry entry;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  e2ee_gate_branch_set_caps (self->branch, caps);
  entry = e2ee_entry_from_caps (caps);
  if (entry.kind != stream->entry.kind || entry.codec != stream->entry.codec) {
    gst_e2ee_policy_forget (self, "caps");
    stream->warned = FALSE;
  }
  stream->entry = entry;
}

/* The stream has come to the end of the gap in @event. */
static void
gst_e2ee_policy_take_gap (GstE2eePolicy * self, GstEvent * event)
{
  GstClockTime pts, duration;

  gst_event_parse_gap (event, &pts, &duration);
  if (GST_CLOCK_TIME_IS_VALID (pts) && GST_CLOCK_TIME_IS_VALID (duration))
    pts += duration;
  if (self->stream.segment.format == GST_FORMAT_TIME)
    e2ee_gate_group_advance (self->member, gst_segment_to_running_time (&self->stream.segment,
            GST_FORMAT_TIME, pts));
}

/* An event that is not serialized may come from any thread, which must not look at the stream;
 * none of those that pass structures content but FLUSH_START, so the readable copy of `open`
 * decides. */
static gboolean
gst_e2ee_policy_oob_event (GstE2eePolicy * self, GstEvent * event)
{
  gboolean keep_back;

  GST_OBJECT_LOCK (self);
  keep_back = !self->open && e2ee_gate_event_may_tell (event);
  if (keep_back)
    self->stats.dropped_events++;
  GST_OBJECT_UNLOCK (self);
  if (!keep_back)
    return gst_pad_event_default (self->sinkpad, GST_OBJECT (self), event);
  gst_event_unref (event);
  return TRUE;
}

/* What of an event leaves a closed gate.  (transfer full): NULL for nothing. */
static GstEvent *
gst_e2ee_policy_filter_event (GstE2eePolicy * self, GstEvent * event)
{
  /* A branch without a stream: what structures the next one is repeated when that begins. */
  if (e2ee_gate_branch_has_ended (self->branch) && GST_EVENT_TYPE (event) != GST_EVENT_FLUSH_STOP) {
    gst_event_unref (event);
    return NULL;
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    if (gst_e2ee_policy_fills (self))
      return event;
    gst_event_unref (event);
    event = NULL;
  } else {
    event = e2ee_gate_event_reduce (event);
  }
  if (event == NULL)
    gst_e2ee_policy_add (self, &self->stats.dropped_events);
  return event;
}

static gboolean
gst_e2ee_policy_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (parent);

  if (!GST_EVENT_IS_SERIALIZED (event))
    return gst_e2ee_policy_oob_event (self, event);

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
    case GST_EVENT_GAP:
      gst_e2ee_policy_take_gap (self, event);
      break;
    case GST_EVENT_EOS:
      e2ee_gate_group_end (self->member);
      break;
    default:
      break;
  }

  if (!self->stream.open)
    event = gst_e2ee_policy_filter_event (self, event);
  return event == NULL ? TRUE : gst_pad_event_default (pad, parent, event);
}

/* -- States -- */

static void
gst_e2ee_policy_reset_stream (GstE2eePolicy * self)
{
  memset (&self->stream, 0, sizeof (self->stream));
  self->stream.entry = e2ee_entry_from_caps (NULL);
  gst_segment_init (&self->stream.segment, GST_FORMAT_UNDEFINED);
  self->stream.last_request = GST_CLOCK_TIME_NONE;
  e2ee_gate_branch_reset (self->branch);
  gst_e2ee_policy_take_settings (self);
}

static GstElement *
gst_e2ee_policy_dup_pipeline (GstE2eePolicy * self)
{
  GstObject *top = gst_object_ref (GST_OBJECT (self));
  GstObject *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  return GST_ELEMENT (top);
}

/* The webrtcbin that is to be watched, under the object or the name that was given. */
static gboolean
gst_e2ee_policy_watch_transport (GstE2eePolicy * self, GstElement * pipeline)
{
  GstElement *webrtcbin = NULL;
  gchar *name = NULL;

  GST_OBJECT_LOCK (self);
  if (self->settings.transport != NULL)
    webrtcbin = gst_object_ref (self->settings.transport);
  else
    name = g_strdup (self->settings.transport_name);
  GST_OBJECT_UNLOCK (self);
  if (name != NULL && GST_IS_BIN (pipeline))
    webrtcbin = gst_bin_get_by_name (GST_BIN (pipeline), name);

  if (webrtcbin != NULL)
    self->watch = e2ee_transport_watch_new (GST_ELEMENT (self), webrtcbin);
  else if (name != NULL)
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        ("There is no webrtcbin %s in this pipeline to watch.", name), (NULL));
  gst_clear_object (&webrtcbin);
  if (name == NULL)
    return TRUE;
  g_free (name);
  return self->watch != NULL;
}

/* The meeting by its name or by context; the neighbours are asked first, then the application. */
static gboolean
gst_e2ee_policy_find_meeting (GstE2eePolicy * self, GstE2eeMeeting ** meeting)
{
  gboolean asks, found;

  GST_OBJECT_LOCK (self);
  asks = self->settings.meeting == NULL && self->settings.context == NULL;
  GST_OBJECT_UNLOCK (self);
  if (asks) {
    GstQuery *query = gst_query_new_context (GST_E2EE_MEETING_CONTEXT);
    GstContext *context = NULL;

    if (gst_pad_peer_query (self->sinkpad, query) || gst_pad_peer_query (self->srcpad, query))
      gst_query_parse_context (query, &context);
    if (context != NULL)
      gst_element_set_context (GST_ELEMENT (self), context);
    else
      gst_element_post_message (GST_ELEMENT (self),
          gst_message_new_need_context (GST_OBJECT (self), GST_E2EE_MEETING_CONTEXT));
    gst_query_unref (query);
  }

  GST_OBJECT_LOCK (self);
  found = e2ee_policy_settings_find_meeting (&self->settings, meeting);
  GST_OBJECT_UNLOCK (self);
  if (!found)
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        ("There is no meeting of that name in this process."), (NULL));
  return found;
}

static void
gst_e2ee_policy_set_context (GstElement * element, GstContext * context)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (element);
  GstE2eeMeeting *meeting = gst_context_get_e2ee_meeting (context);
  GstE2eeMeeting *old = NULL;

  if (meeting != NULL) {
    GST_OBJECT_LOCK (self);
    old = self->settings.context;
    self->settings.context = meeting;
    GST_OBJECT_UNLOCK (self);
  }
  g_clear_object (&old);
  GST_ELEMENT_CLASS (gst_e2ee_policy_parent_class)->set_context (element, context);
}

static gboolean
gst_e2ee_policy_start (GstE2eePolicy * self)
{
  GstElement *pipeline = gst_e2ee_policy_dup_pipeline (self);
  GstE2eeMeeting *meeting = NULL;
  gboolean ok;

  ok = gst_e2ee_policy_find_meeting (self, &meeting);
  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);
  gst_e2ee_policy_reset_stream (self);
  g_clear_pointer (&self->member, e2ee_gate_group_leave);
  self->member = e2ee_gate_group_join (pipeline, meeting, self->stream.rules.feature);
  self->auditor = e2ee_auditor_new (GST_ELEMENT (self));
  if (meeting != NULL)
    self->meeting = e2ee_gate_meeting_new (meeting, GST_ELEMENT (self));
  ok = ok && gst_e2ee_policy_watch_transport (self, pipeline);
  g_clear_object (&meeting);
  gst_object_unref (pipeline);
  return ok;
}

/* The pads are inactive and the streaming thread is out. */
static void
gst_e2ee_policy_stop (GstE2eePolicy * self)
{
  gst_e2ee_policy_forget (self, "stopped");
  gst_e2ee_policy_reset_stream (self);
  g_clear_pointer (&self->member, e2ee_gate_group_leave);
  g_clear_pointer (&self->watch, e2ee_transport_watch_stop);
  g_clear_pointer (&self->meeting, e2ee_gate_meeting_free);
  g_clear_pointer (&self->auditor, e2ee_auditor_free);
}

static GstStateChangeReturn
gst_e2ee_policy_change_state (GstElement * element, GstStateChange transition)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !gst_e2ee_policy_start (self)) {
    gst_e2ee_policy_stop (self);
    return GST_STATE_CHANGE_FAILURE;
  }

  ret = GST_ELEMENT_CLASS (gst_e2ee_policy_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY || (ret == GST_STATE_CHANGE_FAILURE
          && transition == GST_STATE_CHANGE_READY_TO_PAUSED))
    gst_e2ee_policy_stop (self);
  return ret;
}

/* -- Properties -- */

static GstStructure *
gst_e2ee_policy_create_stats (GstE2eePolicy * self)
{
  GstStructure *structure = gst_structure_new_empty ("application/x-e2ee-policy-stats");
  GstE2eePolicyStats stats;
  guint64 passed = 0;

  GST_OBJECT_LOCK (self);
  stats = self->stats;
  GST_OBJECT_UNLOCK (self);

  for (guint i = 0; i < E2EE_N_CAUSES; i++)
    passed += e2ee_cause_passes (i) ? stats.by_cause[i] : 0;
  gst_structure_set (structure, "passed", G_TYPE_UINT64, passed, NULL);
  for (guint i = 0; i < E2EE_N_CAUSES; i++)
    gst_structure_set (structure, e2ee_cause_get_counter (i), G_TYPE_UINT64, stats.by_cause[i],
        NULL);
  gst_structure_set (structure,
      "gaps", G_TYPE_UINT64, stats.gaps,
      "blanks", G_TYPE_UINT64, stats.blanks,
      "flushes", G_TYPE_UINT64, stats.flushes,
      "opened", G_TYPE_UINT64, stats.opened,
      "closed", G_TYPE_UINT64, stats.closed,
      "dropped-events", G_TYPE_UINT64, stats.dropped_events, NULL);
  return structure;
}

static void
gst_e2ee_policy_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (object);
  GstElement *old;
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = e2ee_policy_settings_set (&self->settings, id, value, &old);
  GST_OBJECT_UNLOCK (self);
  gst_clear_object (&old);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_e2ee_policy_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (object);
  gboolean known = TRUE;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, gst_e2ee_policy_create_stats (self));
    return;
  }

  GST_OBJECT_LOCK (self);
  if (id == PROP_OPEN)
    g_value_set_boolean (value, self->open);
  else
    known = e2ee_policy_settings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_e2ee_policy_finalize (GObject * object)
{
  GstE2eePolicy *self = GST_E2EE_POLICY (object);

  e2ee_gate_branch_free (self->branch);
  e2ee_gate_group_leave (self->member);
  e2ee_transport_watch_stop (self->watch);
  e2ee_gate_meeting_free (self->meeting);
  e2ee_auditor_free (self->auditor);
  e2ee_policy_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_e2ee_policy_parent_class)->finalize (object);
}

static void
gst_e2ee_policy_class_init (GstE2eePolicyClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_e2ee_policy_set_property;
  object_class->get_property = gst_e2ee_policy_get_property;
  object_class->finalize = gst_e2ee_policy_finalize;
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_e2ee_policy_change_state);
  element_class->set_context = GST_DEBUG_FUNCPTR (gst_e2ee_policy_set_context);

  e2ee_policy_settings_install (object_class);
  /**
   * GstE2eePolicy:open:
   *
   * Whether the last buffer passed.  Closed before the first one and after the stream has ended
   * in READY.
   *
   * Since: 0.1
   */
  open_pspec = g_param_spec_boolean ("open", "Open",
      "Whether the last buffer passed the gate", FALSE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_OPEN, open_pspec);
  /**
   * GstE2eePolicy:stats:
   *
   * A #GstStructure `application/x-e2ee-policy-stats` of guint64 counters since the element was
   * started: `passed` (and of these `passed-off`, `passed-on`, `passed-verified`), the buffers kept
   * back by cause (`dropped-on`, `dropped-verified`, `dropped-switching`, `dropped-degraded`,
   * `dropped-unknown`, `dropped-floor`, `dropped-transport`, `dropped-together`,
   * `dropped-waiting-keyframe`, `dropped-audit`), `gaps` and `blanks` (sent in their place),
   * `flushes`, `opened`, `closed` (changes) and `dropped-events`.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counters of buffers passed and kept back, by cause, since the element was started",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "End-to-end encryption policy gate",
      "Filter", "Lets media that is end-to-end encrypted, or of unknown status, into no branch",
      "gst-e2ee contributors");

  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_FEATURE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_WHEN_BLOCKED, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_FLUSH, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_POLICY_SOURCE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_AUDIT, 0);
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

  self->branch = e2ee_gate_branch_new (GST_ELEMENT (self), self->sinkpad, self->srcpad);
  e2ee_policy_settings_init (&self->settings);
  gst_e2ee_policy_reset_stream (self);
}
