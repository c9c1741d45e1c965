/* GstE2eeMeeting: one participant's meeting as an object (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

GST_DEBUG_CATEGORY_STATIC (e2ee_meeting_debug);
#define GST_CAT_DEFAULT e2ee_meeting_debug

enum
{
  SIGNAL_OUTGOING_MESSAGE,
  SIGNAL_STATE_CHANGED,
  SIGNAL_PHASE_CHANGED,
  SIGNAL_MEMBER_JOINED,
  SIGNAL_MEMBER_LEFT,
  SIGNAL_MEMBER_CHANGED,
  SIGNAL_STREAMS_CHANGED,
  SIGNAL_NEW_DEVICE,
  SIGNAL_CODE_CHANGED,
  SIGNAL_CHAT_RECEIVED,
  SIGNAL_REFUSED,
  SIGNAL_REQUEST_DONE,
  SIGNAL_LOG_LINE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];
static GParamSpec *properties[GST_E2EE_MEETING_N_PROPS];

G_DEFINE_TYPE_WITH_CODE (GstE2eeMeeting, gst_e2ee_meeting, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, gst_e2ee_meeting_key_provider_init);
    GST_DEBUG_CATEGORY_INIT (e2ee_meeting_debug, "e2eemeeting", 0, "E2EE meeting"));

/* ---- telling ---- */

static const gchar *
code_of (e2ee_meeting_result result)
{
  return e2ee_meeting_result_code (result);
}

static void
tell_properties (GstE2eeMeeting * self, guint changed)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < GST_E2EE_MEETING_N_PROPS; i++)
    if (changed & 1u << i)
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Who was refused, and why, as one sentence. */
static gchar *
refusal (const GstE2eeHappening * happening)
{
  const gchar *text = e2ee_meeting_result_text (happening->result);

  if (happening->member == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%s: %s", gst_e2ee_member_get_name (happening->member), text);
}

static void
tell_refused (GstE2eeMeeting * self, const gchar * code, const gchar * text,
    GstE2eeMember * member)
{
  GST_WARNING_OBJECT (self, "refused: %s", text);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, code, text, member);
}

static void
tell_event (GstE2eeMeeting * self, const GstE2eeHappening * h)
{
  gchar *text;

  switch (h->type) {
    case E2EE_EVENT_PHASE:
      g_signal_emit (self, signals[SIGNAL_PHASE_CHANGED], 0, h->phase, code_of (h->result));
      break;
    case E2EE_EVENT_STATE:
      g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0, h->state, code_of (h->result));
      break;
    case E2EE_EVENT_MEMBER_JOINED:
      g_signal_emit (self, signals[SIGNAL_MEMBER_JOINED], 0, h->member);
      break;
    case E2EE_EVENT_MEMBER_LEFT:
      g_signal_emit (self, signals[SIGNAL_MEMBER_LEFT], 0, h->member, code_of (h->result));
      break;
    case E2EE_EVENT_MEMBER_CHANGED:
      g_signal_emit (self, signals[SIGNAL_MEMBER_CHANGED], 0, h->member);
      break;
    case E2EE_EVENT_STREAMS:
      g_signal_emit (self, signals[SIGNAL_STREAMS_CHANGED], 0, h->member);
      break;
    case E2EE_EVENT_NEW_DEVICE:
      g_signal_emit (self, signals[SIGNAL_NEW_DEVICE], 0, h->member);
      break;
    case E2EE_EVENT_CODE:
      g_signal_emit (self, signals[SIGNAL_CODE_CHANGED], 0, h->text);
      break;
    case E2EE_EVENT_CHAT:
      g_signal_emit (self, signals[SIGNAL_CHAT_RECEIVED], 0, h->member, h->text);
      break;
    case E2EE_EVENT_REFUSED:
      text = refusal (h);
      tell_refused (self, code_of (h->result), text, h->member);
      g_free (text);
      break;
    case E2EE_EVENT_REQUEST_DONE:
      g_signal_emit (self, signals[SIGNAL_REQUEST_DONE], 0, h->request, code_of (h->result),
          h->result == E2EE_MEETING_OK ? "" : e2ee_meeting_result_text (h->result));
      break;
    case E2EE_EVENT_LOG:
      g_signal_emit (self, signals[SIGNAL_LOG_LINE], 0, h->text);
      break;
    case E2EE_EVENT_KEYS:
      break;
  }
}

void
gst_e2ee_meeting_tell (GstE2eeMeeting * self, GstE2eeHappening * happening)
{
  switch (happening->kind) {
    case HAPPENING_EVENT:
      tell_event (self, happening);
      break;
    case HAPPENING_MESSAGE:
      g_signal_emit (self, signals[SIGNAL_OUTGOING_MESSAGE], 0, happening->message);
      break;
    case HAPPENING_NOTIFY:
      tell_properties (self, happening->changed);
      break;
    case HAPPENING_SAVE_FAILED:
      tell_refused (self, code_of (E2EE_MEETING_ERR_STORE), "the state cannot be written", NULL);
      break;
  }
}

/* ---- the object ---- */

static void
gst_e2ee_meeting_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eeMeeting *self = GST_E2EE_MEETING (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case GST_E2EE_MEETING_PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case GST_E2EE_MEETING_PROP_MEETING_ID:
      g_value_set_string (value, self->meeting_id);
      break;
    case GST_E2EE_MEETING_PROP_STATE_FILE:
      g_value_set_string (value, self->state_file);
      break;
    case GST_E2EE_MEETING_PROP_E2EE:
      g_value_set_enum (value, self->floor);
      break;
    case GST_E2EE_MEETING_PROP_STATE:
      g_value_set_enum (value, self->view.state);
      break;
    case GST_E2EE_MEETING_PROP_REASON:
      g_value_set_string (value,
          self->view.reason == E2EE_MEETING_OK ? NULL : code_of (self->view.reason));
      break;
    case GST_E2EE_MEETING_PROP_PHASE:
      g_value_set_enum (value, self->view.phase);
      break;
    case GST_E2EE_MEETING_PROP_ON:
      g_value_set_boolean (value, self->view.on);
      break;
    case GST_E2EE_MEETING_PROP_IS_HOST:
      g_value_set_boolean (value, self->view.is_host);
      break;
    case GST_E2EE_MEETING_PROP_FEATURES:
      g_value_set_flags (value, self->view.features);
      break;
    case GST_E2EE_MEETING_PROP_EPOCH:
      g_value_set_uint64 (value, self->view.epoch);
      break;
    case GST_E2EE_MEETING_PROP_REVISION:
      g_value_set_uint64 (value, self->view.revision);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_e2ee_meeting_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  switch (id) {
    case GST_E2EE_MEETING_PROP_E2EE:
      gst_e2ee_meeting_set_floor (GST_E2EE_MEETING (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_e2ee_meeting_dispose (GObject * object)
{
  gst_e2ee_meeting_unregister (GST_E2EE_MEETING (object));
  G_OBJECT_CLASS (gst_e2ee_meeting_parent_class)->dispose (object);
}

static void
gst_e2ee_meeting_finalize (GObject * object)
{
  GstE2eeMeeting *self = GST_E2EE_MEETING (object);

  gst_e2ee_meeting_loop_clear (self);
  e2ee_meeting_free (self->core);
  gst_e2ee_meeting_forget_list (self);
  gst_e2ee_meeting_media_unref (self->media);
  g_ptr_array_unref (self->members);
  g_free (self->code);
  g_free (self->name);
  g_free (self->meeting_id);
  g_free (self->own_name);
  g_free (self->state_file);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_e2ee_meeting_parent_class)->finalize (object);
}

static void
gst_e2ee_meeting_init (GstE2eeMeeting * self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->happened);
  self->members = gst_e2ee_roster_new ();
  self->media = gst_e2ee_meeting_media_new ();
}

#define READ_FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)
#define READWRITE_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
install_properties (GObjectClass * object_class)
{
  /**
   * GstE2eeMeeting:name:
   *
   * The name that it was made with; %NULL when elements do not find it by name.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_NAME] = g_param_spec_string ("name", "Name",
      "The name under which elements of this process find the meeting", NULL, READ_FLAGS);

  /**
   * GstE2eeMeeting:meeting-id:
   *
   * The meeting's id, the same for all participants.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_MEETING_ID] = g_param_spec_string ("meeting-id", "Meeting id",
      "The meeting's id, which ticket and link name", NULL, READ_FLAGS);

  /**
   * GstE2eeMeeting:state-file:
   *
   * The file in which what must survive a restart is kept, sealed under a key that comes from the
   * device key; %NULL when nothing is kept.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_STATE_FILE] = g_param_spec_string ("state-file", "State file",
      "Where what must survive a restart is kept", NULL, READ_FLAGS);

  /**
   * GstE2eeMeeting:e2ee:
   *
   * This participant's own floor.  `require`: clear media is never sent or let in; while the host
   * has
   * encryption turned off no media flows.  `forbid`: leaves a meeting that is encrypted.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_E2EE] = g_param_spec_enum ("e2ee", "End-to-end encryption",
      "What this participant insists on, whatever the host says", GST_TYPE_E2EE_FLOOR,
      GST_E2EE_FLOOR_ALLOW,
      READWRITE_FLAGS);

  /**
   * GstE2eeMeeting:state:
   *
   * What a shield shows of the meeting as a whole.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_STATE] = g_param_spec_enum ("state", "State",
      "What may be said of the meeting", GST_TYPE_E2EE_STATE, GST_E2EE_STATE_UNKNOWN,
      READ_FLAGS);

  /**
   * GstE2eeMeeting:reason:
   *
   * The nick of a #GstE2eeMeetingError that says why #GstE2eeMeeting:state is unknown or degraded
   * or no
   * media may flow; %NULL when all is well.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_REASON] = g_param_spec_string ("reason", "Reason",
      "Why the state is unknown or degraded, or media is closed: a code", NULL, READ_FLAGS);

  /**
   * GstE2eeMeeting:phase:
   *
   * Whether this participant is in the meeting.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_PHASE] = g_param_spec_enum ("phase", "Phase",
      "Whether this participant is in the meeting", GST_TYPE_E2EE_MEETING_PHASE,
      GST_E2EE_MEETING_PHASE_IDLE,
      READ_FLAGS);

  /**
   * GstE2eeMeeting:on:
   *
   * What the group has agreed on by a host's word, whatever our own floor says.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_ON] = g_param_spec_boolean ("on", "On",
      "Whether the group has agreed on end-to-end encryption", FALSE, READ_FLAGS);

  /**
   * GstE2eeMeeting:is-host:
   *
   * Whether this participant may turn encryption on and off, by the ticket or a host's word.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_IS_HOST] = g_param_spec_boolean ("is-host", "Is host",
      "Whether this participant may turn encryption on and off", FALSE, READ_FLAGS);

  /**
   * GstE2eeMeeting:features:
   *
   * What the meeting offers now: everything while encryption is off, what the host allows while
   * it is
   * on, nothing when we are not in it.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_FEATURES] = g_param_spec_flags ("features", "Features",
      "What the meeting offers now", GST_TYPE_E2EE_FEATURES, GST_E2EE_FEATURES_NONE,
      READ_FLAGS);

  /**
   * GstE2eeMeeting:epoch:
   *
   * The number of the group's epoch, which changes with its keys.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_EPOCH] = g_param_spec_uint64 ("epoch", "Epoch",
      "Number of the group's epoch, which changes with its keys", 0, G_MAXUINT64, 0, READ_FLAGS);

  /**
   * GstE2eeMeeting:revision:
   *
   * The number of the host's statement in force; 0 is what the ticket says.
   *
   * Since: 0.1
   */
  properties[GST_E2EE_MEETING_PROP_REVISION] = g_param_spec_uint64 ("revision", "Revision",
      "Number of the host's statement in force", 0, G_MAXUINT64, 0, READ_FLAGS);

  g_object_class_install_properties (object_class, GST_E2EE_MEETING_N_PROPS, properties);
}

static void
install_signals (GType type)
{
  /**
   * GstE2eeMeeting::outgoing-message:
   * @self: the meeting
   * @message: what the delivery service is to carry
   *
   * To everybody in the meeting's channel, its sender included, in one order with what the others
   * send: each of them gives it to gst_e2ee_meeting_receive().  Opaque to whoever carries it.
   *
   * Since: 0.1
   */
  signals[SIGNAL_OUTGOING_MESSAGE] =
      g_signal_new ("outgoing-message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_BYTES);

  /**
   * GstE2eeMeeting::state-changed:
   * @self: the meeting
   * @state: the new state
   * @code: why: nick of a #GstE2eeMeetingError, or "ok"
   *
   * State, media mode or features are others than before.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STATE_CHANGED] =
      g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, GST_TYPE_E2EE_STATE, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::phase-changed:
   * @self: the meeting
   * @phase: the new phase
   * @code: why: nick of a #GstE2eeMeetingError, or "ok"
   *
   * We came in, are out, or have to come again.
   *
   * Since: 0.1
   */
  signals[SIGNAL_PHASE_CHANGED] =
      g_signal_new ("phase-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, GST_TYPE_E2EE_MEETING_PHASE, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::member-joined:
   * @self: the meeting
   * @member: who
   *
   * Somebody has come in.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEMBER_JOINED] =
      g_signal_new ("member-joined", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GST_TYPE_E2EE_MEMBER);

  /**
   * GstE2eeMeeting::member-left:
   * @self: the meeting
   * @member: who, as he was
   * @code: "ok" when he left by himself, else "removed", "guest" ...
   *
   * Somebody is out.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEMBER_LEFT] =
      g_signal_new ("member-left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, GST_TYPE_E2EE_MEMBER, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::member-changed:
   * @self: the meeting
   * @member: who, as he is now
   *
   * Something of a member is another: whether he is heard, ready, a host, verified, or his leaf.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEMBER_CHANGED] =
      g_signal_new ("member-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GST_TYPE_E2EE_MEMBER);

  /**
   * GstE2eeMeeting::streams-changed:
   * @self: the meeting
   * @member: who, as he is now
   *
   * A member sends something else than before.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STREAMS_CHANGED] =
      g_signal_new ("streams-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GST_TYPE_E2EE_MEMBER);

  /**
   * GstE2eeMeeting::new-device:
   * @self: the meeting
   * @member: who
   *
   * An account that was seen before has come with a device that was not: show it to the person
   * here.
   *
   * Since: 0.1
   */
  signals[SIGNAL_NEW_DEVICE] =
      g_signal_new ("new-device", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GST_TYPE_E2EE_MEMBER);

  /**
   * GstE2eeMeeting::code-changed:
   * @self: the meeting
   * @code: (nullable): the new code, %NULL when there is none
   *
   * The meeting's code is another.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CODE_CHANGED] =
      g_signal_new ("code-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::chat-received:
   * @self: the meeting
   * @member: who wrote
   * @text: UTF-8
   *
   * A chat message of somebody else, readable by members only.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHAT_RECEIVED] =
      g_signal_new ("chat-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, GST_TYPE_E2EE_MEMBER, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::refused:
   * @self: the meeting
   * @code: nick of a #GstE2eeMeetingError
   * @text: who and why, one sentence in English
   * @member: (nullable): who, when it is known
   *
   * Somebody tried what members must refuse, and it has changed nothing.  Once a second at most
   * for each code.  Code "store" without a member: the state file cannot be written.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REFUSED] =
      g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_E2EE_MEMBER);

  /**
   * GstE2eeMeeting::request-done:
   * @self: the meeting
   * @request: its number
   * @code: "ok" when it went through
   * @text: why it did not, "" when it did
   *
   * How a request ended.  What is granted at once is told before the request returns.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REQUEST_DONE] =
      g_signal_new ("request-done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_STRING, G_TYPE_STRING);

  /**
   * GstE2eeMeeting::log-line:
   * @self: the meeting
   * @line: one JSON object
   *
   * One line of the evidence, each with the hash of the one before; docs/meeting-protocol.md.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LOG_LINE] =
      g_signal_new ("log-line", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gst_e2ee_meeting_class_init (GstE2eeMeetingClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gst_e2ee_meeting_get_property;
  object_class->set_property = gst_e2ee_meeting_set_property;
  object_class->dispose = gst_e2ee_meeting_dispose;
  object_class->finalize = gst_e2ee_meeting_finalize;
  install_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
}
