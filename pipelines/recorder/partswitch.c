/* One file after another (partswitch.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * `lock` guards everything but the pads, and is never held while something is pushed or linked.
 * While `switching` is set no track but the one that switches pushes anything. */
#include "partswitch.h"

/* So long a file waits for a track that has not shown its caps. */
#define PATIENCE (2 * G_USEC_PER_SEC)

typedef struct
{
  GstPad *sink;
  GstPad *src;
  gboolean in_part;             /* its source pad leads into the file that is open */
  gboolean ended;               /* and has told it the end */
  gboolean over;                /* its source has ended: it is in no file any more */
  gboolean pushing;             /* its thread is inside of the muxer */
} Track;

struct _PartSwitch
{
  GstElement element;

  PartSwitchFunc next;
  gpointer user_data;

  GMutex lock;
  GCond cond;
  GList *tracks;
  gboolean open;                /* a file has begun */
  gboolean done;                /* and is complete */
  gboolean switching;
  gboolean stopped;
  gint64 waits_since;           /* for the other tracks' caps; 0: does not wait */
};

G_DEFINE_TYPE (PartSwitch, part_switch, GST_TYPE_ELEMENT);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK,
    GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC,
    GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* FALSE: everything stops. */
static gboolean
enter (PartSwitch * self, Track * track)
{
  gboolean go;

  g_mutex_lock (&self->lock);
  while (self->switching && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  go = !self->stopped;
  track->pushing = go;
  g_mutex_unlock (&self->lock);
  return go;
}

static void
leave (PartSwitch * self, Track * track)
{
  g_mutex_lock (&self->lock);
  track->pushing = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Ends every track of the open file and waits until it is complete.  A track that is inside of the
 * muxer waits there for the others, so those are ended first.  Must be called with the lock held,
 * which is given up meanwhile. */
static void
finish_file (PartSwitch * self)
{
  GList *l = self->tracks;

  while (l != NULL && !self->stopped) {
    Track *track = l->data;

    l = l->next;
    if (!track->in_part || track->ended)
      continue;
    if (track->pushing) {
      GList *rest = l;

      /* Come back to it when nothing else is left to end. */
      while (rest != NULL && (((Track *) rest->data)->pushing || ((Track *) rest->data)->ended
              || !((Track *) rest->data)->in_part))
        rest = rest->next;
      if (rest == NULL) {
        g_cond_wait (&self->cond, &self->lock);
        l = self->tracks;
      }
      continue;
    }
    track->ended = TRUE;
    g_mutex_unlock (&self->lock);
    gst_pad_push_event (track->src, gst_event_new_eos ());
    g_mutex_lock (&self->lock);
    l = self->tracks;
  }
  while (self->open && !self->done && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
}

static gboolean
repeat_event (GstPad * pad, GstEvent ** event, gpointer user_data)
{
  Track *track = user_data;
  GstEvent *repeated;

  if (GST_EVENT_TYPE (*event) == GST_EVENT_EOS)
    return TRUE;
  /* Pads pass on only what is another event than the one they hold. */
  repeated = gst_event_copy (*event);
  if (GST_EVENT_TYPE (repeated) == GST_EVENT_STREAM_START)
    gst_event_set_seqnum (repeated, gst_util_seqnum_next ());
  gst_pad_push_event (track->src, repeated);
  return TRUE;
}

/* Must be called with the lock held, which is given up meanwhile. */
static gboolean
begin_file (PartSwitch * self)
{
  GList *pads = NULL;
  gboolean linked;

  for (GList * l = self->tracks; l != NULL; l = l->next) {
    Track *track = l->data;

    track->in_part = !track->over && gst_pad_has_current_caps (track->sink);
    track->ended = FALSE;
    if (track->in_part)
      pads = g_list_append (pads, track->src);
  }
  self->open = TRUE;
  self->done = FALSE;
  self->waits_since = 0;

  g_mutex_unlock (&self->lock);
  linked = self->next (self->user_data, pads);
  for (GList * l = self->tracks; linked && l != NULL; l = l->next)
    if (((Track *) l->data)->in_part)
      gst_pad_sticky_events_foreach (((Track *) l->data)->sink, repeat_event, l->data);
  g_list_free (pads);
  g_mutex_lock (&self->lock);
  return linked;
}

/* Must be called with the lock held. */
static gboolean
may_begin (PartSwitch * self)
{
  gint64 now = g_get_monotonic_time ();

  for (GList * l = self->tracks; l != NULL; l = l->next) {
    if (!((Track *) l->data)->over && !gst_pad_has_current_caps (((Track *) l->data)->sink)) {
      if (self->waits_since == 0)
        self->waits_since = now;
      return now - self->waits_since >= PATIENCE;
    }
  }
  return TRUE;
}

typedef enum
{
  READY,
  WAIT,
  BROKEN
} Readiness;

/* Sees to it that there is a file for a buffer of @track. */
static Readiness
make_ready (PartSwitch * self, Track * track)
{
  Readiness result = READY;

  g_mutex_lock (&self->lock);
  while (self->switching && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  if (self->stopped) {
    result = WAIT;
  } else if (!self->open || !track->in_part || track->ended) {
    if (!self->open && !may_begin (self)) {
      result = WAIT;
    } else {
      self->switching = TRUE;
      if (self->open)
        finish_file (self);
      if (self->stopped)
        result = WAIT;
      else if (!begin_file (self))
        result = self->stopped ? WAIT : BROKEN;
      self->switching = FALSE;
      g_cond_broadcast (&self->cond);
    }
  }
  g_mutex_unlock (&self->lock);
  return result;
}

static GstFlowReturn
part_switch_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  PartSwitch *self = PART_SWITCH (parent);
  Track *track = gst_pad_get_element_private (pad);
  GstFlowReturn flow;

  switch (make_ready (self, track)) {
    case WAIT:
      gst_buffer_unref (buffer);
      return GST_FLOW_OK;
    case BROKEN:
      gst_buffer_unref (buffer);
      GST_ELEMENT_ERROR (self, RESOURCE, OPEN_WRITE, ("The next file cannot be begun."), (NULL));
      return GST_FLOW_ERROR;
    case READY:
      break;
  }
  if (!enter (self, track)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }
  flow = gst_pad_push (track->src, buffer);
  leave (self, track);
  /* Another track has ended this file meanwhile: the next buffer is for the next one. */
  return flow == GST_FLOW_EOS ? GST_FLOW_OK : flow;
}

static gboolean
part_switch_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  PartSwitch *self = PART_SWITCH (parent);
  Track *track = gst_pad_get_element_private (pad);
  gboolean pass, is_end = GST_EVENT_TYPE (event) == GST_EVENT_EOS;

  if (!GST_EVENT_IS_SERIALIZED (event) || !enter (self, track)) {
    gst_event_unref (event);
    return TRUE;
  }
  g_mutex_lock (&self->lock);
  pass = self->open && track->in_part && !track->ended;
  if (is_end)
    track->ended = TRUE;
  g_mutex_unlock (&self->lock);

  /* What structures a stream is kept by the pad until a file begins. */
  if (pass && GST_EVENT_TYPE (event) != GST_EVENT_STREAM_START)
    gst_pad_push_event (track->src, event);
  else
    gst_event_unref (event);
  leave (self, track);
  return TRUE;
}

GstPad *
part_switch_add_track (PartSwitch * self)
{
  guint number = g_list_length (self->tracks);
  gchar *sink_name = g_strdup_printf ("sink_%u", number);
  gchar *src_name = g_strdup_printf ("src_%u", number);
  Track *track = g_new0 (Track, 1);

  track->sink = gst_pad_new_from_static_template (&sink_template, sink_name);
  track->src = gst_pad_new_from_static_template (&src_template, src_name);
  gst_pad_set_element_private (track->sink, track);
  gst_pad_set_chain_function (track->sink, part_switch_chain);
  gst_pad_set_event_function (track->sink, part_switch_sink_event);
  gst_pad_set_active (track->sink, TRUE);
  gst_pad_set_active (track->src, TRUE);
  g_mutex_lock (&self->lock);
  self->tracks = g_list_append (self->tracks, track);
  g_mutex_unlock (&self->lock);
  gst_element_add_pad (GST_ELEMENT (self), track->sink);
  gst_element_add_pad (GST_ELEMENT (self), track->src);
  g_free (sink_name);
  g_free (src_name);
  return track->sink;
}

void
part_switch_end_track (PartSwitch * self, GstPad * sink)
{
  Track *track = gst_pad_get_element_private (sink);

  g_mutex_lock (&self->lock);
  track->over = TRUE;
  g_mutex_unlock (&self->lock);
}

void
part_switch_file_done (PartSwitch * self)
{
  g_mutex_lock (&self->lock);
  self->done = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

gboolean
part_switch_is_idle (PartSwitch * self)
{
  gboolean is_idle;

  g_mutex_lock (&self->lock);
  is_idle = !self->switching && (!self->open || self->done);
  g_mutex_unlock (&self->lock);
  return is_idle;
}

static void
begin (PartSwitch * self)
{
  g_mutex_lock (&self->lock);
  self->stopped = self->open = self->done = FALSE;
  self->waits_since = 0;
  for (GList * l = self->tracks; l != NULL; l = l->next) {
    Track *track = l->data;

    track->in_part = track->ended = track->over = FALSE;
  }
  g_mutex_unlock (&self->lock);
}

void
part_switch_stop (PartSwitch * self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
part_switch_change_state (GstElement * element, GstStateChange transition)
{
  PartSwitch *self = PART_SWITCH (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    begin (self);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    part_switch_stop (self);
  return GST_ELEMENT_CLASS (part_switch_parent_class)->change_state (element, transition);
}

PartSwitch *
part_switch_new (PartSwitchFunc next, gpointer user_data)
{
  PartSwitch *self = g_object_new (TYPE_PART_SWITCH, NULL);

  self->next = next;
  self->user_data = user_data;
  return self;
}

static void
part_switch_finalize (GObject * object)
{
  PartSwitch *self = PART_SWITCH (object);

  g_list_free_full (self->tracks, g_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (part_switch_parent_class)->finalize (object);
}

static void
part_switch_class_init (PartSwitchClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = part_switch_finalize;
  element_class->change_state = part_switch_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Part switch", "Generic",
      "Sends tracks into one file after another", "gst-e2ee contributors");
}

static void
part_switch_init (PartSwitch * self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}
