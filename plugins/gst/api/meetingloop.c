/* In and out of a meeting's core (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#include "api/member.h"

/* ---- what happened ---- */

static void
happening_free (gpointer data)
{
  GstE2eeHappening *happening = data;

  g_clear_pointer (&happening->member, gst_e2ee_member_unref);
  g_clear_pointer (&happening->message, g_bytes_unref);
  g_free (happening->text);
  g_free (happening);
}

static GstE2eeHappening *
append (GstE2eeMeeting * self, GstE2eeHappeningKind kind)
{
  GstE2eeHappening *happening = g_new0 (GstE2eeHappening, 1);

  happening->kind = kind;
  happening->leaf = G_MAXUINT;
  g_queue_push_tail (&self->happened, happening);
  if (self->fresh == NULL)
    self->fresh = self->happened.tail;
  return happening;
}

/* Callbacks of the core: inside of a call, with the lock held. */

static void
on_send (void *user, e2ee_bytes message)
{
  append (user, HAPPENING_MESSAGE)->message = g_bytes_new (message.data, message.size);
}

static void
on_event (void *user, const e2ee_meeting_event * event)
{
  GstE2eeMeeting *self = user;
  GstE2eeHappening *happening = append (self, HAPPENING_EVENT);

  self->events |= 1u << event->type;
  happening->type = event->type;
  happening->result = event->result;
  happening->phase = (GstE2eeMeetingPhase) event->phase;
  happening->state = (GstE2eeState) event->state;
  happening->request = event->request;
  happening->leaf = event->leaf;
  if (event->text.size > 0)
    happening->text = g_strndup ((const gchar *) event->text.data, event->text.size);
  if (event->account)
    happening->member = gst_e2ee_member_new_of_account (event->leaf, event->account);
}

/* The message that this state belongs to is behind it in the queue and leaves later. */
static void
on_save (void *user, e2ee_bytes sealed)
{
  GstE2eeMeeting *self = user;

  if (!gst_e2ee_meeting_write_state (self->state_file, sealed))
    append (self, HAPPENING_SAVE_FAILED);
}

static uint64_t
unix_time (void *user)
{
  GstE2eeMeeting *self = user;

  if (self->is_test)
    return self->test.unix_time (self->test.user_data);
  return g_get_real_time () / G_USEC_PER_SEC;
}

static uint64_t
test_now_ms (void *user)
{
  GstE2eeMeeting *self = user;

  return self->test.now_ms (self->test.user_data);
}

static void
default_random (void *user, uint8_t * out, size_t size)
{
  const e2ee_env *env = e2ee_env_default ();

  env->random (env->user, out, size);
}

/* ---- the timer ---- */

typedef struct
{
  GSource source;
  GWeakRef meeting;
} Timer;

static gboolean
timer_dispatch (GSource * source, GSourceFunc callback, gpointer user_data)
{
  GstE2eeMeeting *self = g_weak_ref_get (&((Timer *) source)->meeting);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  g_source_set_ready_time (source, -1);
  _gst_e2ee_meeting_tick (self);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static void
timer_finalize (GSource * source)
{
  g_weak_ref_clear (&((Timer *) source)->meeting);
}

static GSourceFuncs timer_funcs = {
  .dispatch = timer_dispatch,
  .finalize = timer_finalize,
};

void
gst_e2ee_meeting_wake (GstE2eeMeeting * self)
{
  if (!self->is_test)
    g_source_set_ready_time (self->timer, 0);
}

static void
set_timer (GstE2eeMeeting * self)
{
  guint64 next = e2ee_meeting_next_tick (self->core);

  if (self->must_announce || self->must_suspect || self->must_rekey)
    gst_e2ee_meeting_wake (self);
  else if (!self->is_test)
    g_source_set_ready_time (self->timer, next < G_MAXINT64 / 1000 ? (gint64) next * 1000 : -1);
}

void
_gst_e2ee_meeting_tick (GstE2eeMeeting * self)
{
  if (!gst_e2ee_meeting_enter (self, NULL))
    return;
  if (self->must_announce)
    gst_e2ee_meeting_announce (self);
  if (self->must_suspect) {
    self->must_suspect = FALSE;
    e2ee_meeting_suspect (self->core);
  }
  /* A new epoch frees the numbers of streams that have ended.  One that is on its way will do. */
  if (self->must_rekey) {
    self->must_rekey = FALSE;
    (void) !e2ee_meeting_rekey (self->core, NULL);
  }
  e2ee_meeting_tick (self->core);
  gst_e2ee_meeting_exit (self);
}

guint64
_gst_e2ee_meeting_next_tick (GstE2eeMeeting * self)
{
  guint64 next;

  g_mutex_lock (&self->lock);
  next = self->must_announce || self->must_suspect || self->must_rekey ? 0
      : e2ee_meeting_next_tick (self->core);
  g_mutex_unlock (&self->lock);
  return next;
}

/* ---- in and out ---- */

void
gst_e2ee_meeting_loop_init (GstE2eeMeeting * self, const GstE2eeMeetingTest * test)
{
  self->env = *e2ee_env_default ();
  if (test) {
    self->test = *test;
    self->is_test = TRUE;
    self->env.random = default_random;
    self->env.now_ms = test_now_ms;
    self->env.user = self;
  }
  self->host.env = &self->env;
  self->host.unix_time = unix_time;
  self->host.send = on_send;
  self->host.event = on_event;
  self->host.save = self->state_file ? on_save : NULL;
  self->host.user = self;

  self->timer = g_source_new (&timer_funcs, sizeof (Timer));
  g_source_set_name (self->timer, "GstE2eeMeeting");
  g_weak_ref_init (&((Timer *) self->timer)->meeting, self);
  if (!self->is_test)
    g_source_attach (self->timer, g_main_context_get_thread_default ());
}

void
gst_e2ee_meeting_loop_clear (GstE2eeMeeting * self)
{
  if (self->timer) {
    g_source_destroy (self->timer);
    g_clear_pointer (&self->timer, g_source_unref);
  }
  g_queue_clear_full (&self->happened, happening_free);
}

gboolean
gst_e2ee_meeting_enter (GstE2eeMeeting * self, GError ** error)
{
  g_mutex_lock (&self->lock);
  if (self->core == NULL) {
    g_mutex_unlock (&self->lock);
    gst_e2ee_meeting_set_error (error, GST_E2EE_MEETING_ERROR_ARGUMENT, NULL);
    return FALSE;
  }
  self->events = 0;
  self->fresh = NULL;
  return TRUE;
}

void
gst_e2ee_meeting_set_own_error (GstE2eeMeeting * self, GError ** error,
    GstE2eeMeetingError code)
{
  g_mutex_lock (&self->lock);
  gst_e2ee_meeting_set_error (error, code, self->own_name);
  g_mutex_unlock (&self->lock);
}

#define COMPARE(field, property) \
  if (next.field != self->view.field) \
    changed |= 1u << GST_E2EE_MEETING_PROP_##property

/* Must be called with the lock held.  The number of members. */
static gsize
update_view (GstE2eeMeeting * self)
{
  e2ee_meeting_view core;
  GstE2eeMeetingView next;
  gchar code[E2EE_CODE_SIZE];
  guint changed = 0;

  e2ee_meeting_look (self->core, &core);
  next.state = (GstE2eeState) core.state;
  next.phase = (GstE2eeMeetingPhase) core.phase;
  next.reason = core.reason;
  next.on = core.on != 0;
  next.is_host = core.is_host != 0;
  next.features = (GstE2eeFeatures) core.features;
  next.epoch = core.epoch;
  next.revision = core.revision;
  COMPARE (state, STATE);
  COMPARE (phase, PHASE);
  COMPARE (reason, REASON);
  COMPARE (on, ON);
  COMPARE (is_host, IS_HOST);
  COMPARE (features, FEATURES);
  COMPARE (epoch, EPOCH);
  COMPARE (revision, REVISION);
  self->view = next;

  e2ee_meeting_code (self->core, code);
  if (g_strcmp0 (self->code ? self->code : "", code) != 0) {
    g_free (self->code);
    self->code = *code ? g_strdup (code) : NULL;
  }
  if (changed) {
    GstE2eeHappening *notify = g_new0 (GstE2eeHappening, 1);

    notify->kind = HAPPENING_NOTIFY;
    notify->changed = changed;
    notify->leaf = G_MAXUINT;
    /* In front of what the call brought, so that properties are notified before signals tell why. */
    if (self->fresh)
      g_queue_insert_before (&self->happened, self->fresh, notify);
    else
      g_queue_push_tail (&self->happened, notify);
  }
  return core.n_members;
}

/* The code that is told is the one that the happening brought about. */
static void
complete_fresh (GstE2eeMeeting * self)
{
  for (GList * link = self->fresh; link; link = link->next) {
    GstE2eeHappening *happening = link->data;

    if (happening->kind == HAPPENING_EVENT && happening->type == E2EE_EVENT_CODE
        && happening->text == NULL)
      happening->text = g_strdup (self->code);
  }
}

static void
drain (GstE2eeMeeting * self)
{
  GstE2eeHappening *happening;

  g_mutex_lock (&self->lock);
  if (self->is_draining) {
    g_mutex_unlock (&self->lock);
    return;
  }
  self->is_draining = TRUE;
  while ((happening = g_queue_pop_head (&self->happened))) {
    g_mutex_unlock (&self->lock);
    gst_e2ee_meeting_tell (self, happening);
    happening_free (happening);
    g_mutex_lock (&self->lock);
  }
  self->is_draining = FALSE;
  g_mutex_unlock (&self->lock);
}

static void
tell_elements (GstE2eeMeeting * self, GList * streams)
{
  gst_e2ee_key_provider_changed (GST_E2EE_KEY_PROVIDER (self));
  for (GList * link = streams; link; link = link->next)
    gst_e2ee_key_provider_changed (GST_E2EE_KEY_PROVIDER (link->data));
  g_list_free_full (streams, g_object_unref);
}

void
gst_e2ee_meeting_exit (GstE2eeMeeting * self)
{
  gboolean was_on = self->view.on, keys_changed;
  GList *streams = NULL;

  g_object_ref (self);
  gst_e2ee_meeting_update_roster (self, update_view (self));
  complete_fresh (self);
  keys_changed = gst_e2ee_meeting_update_media (self);
  if (keys_changed)
    streams = gst_e2ee_meeting_dup_streams (self);
  if (self->events & 1u << E2EE_EVENT_PHASE && self->view.phase == GST_E2EE_MEETING_PHASE_MEMBER)
    self->must_announce = TRUE;
  /* The legs of telephones, which were taken off the list at on, are open again. */
  if (was_on && !self->view.on)
    self->must_announce = TRUE;
  set_timer (self);
  self->fresh = NULL;
  g_mutex_unlock (&self->lock);

  /* Elements first: no message that follows from a change may be on its way before they know. */
  if (keys_changed)
    tell_elements (self, streams);
  drain (self);
  g_object_unref (self);
}
