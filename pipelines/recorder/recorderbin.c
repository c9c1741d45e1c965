/* The recorder (recorderbin.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * `file_lock` guards `file`, `location_of_part` and `stopping`, and is held while a file is put in place
 * or taken away, never while something is pushed; the object lock guards the rest.  Order: file lock,
 * object lock. */
#include "recorderbin.h"
#include "partswitch.h"

#include <string.h>

struct _E2eeRecorder
{
  GstBin bin;

  PartSwitch *tracks;
  gchar *location;
  gchar *meeting;
  gchar *feature;

  GMutex file_lock;
  GstElement *file;             /* muxer and sink of the part that is open */
  gboolean stopping;
  gchar *location_of_part;
  gint n_parts;                 /* atomic */
  guint n_tracks;
  guint n_ended;                /* tracks whose source has ended */
  gboolean has_told_end;
};

enum
{
  PROP_0,
  PROP_LOCATION,
  PROP_MEETING,
  PROP_FEATURE,
  PROP_PARTS
};

#define DEFAULT_LOCATION "meeting-%03u.mkv"

static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SINK,
    GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SINK,
    GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (E2eeRecorder, e2ee_recorder, GST_TYPE_BIN);

/* -- Files -- */

/* "%u" and the like, once and nothing else: a name of the user's is no format string. */
static gchar *
name_part (const gchar * pattern, guint number)
{
  const gchar *at = strchr (pattern, '%');
  const gchar *end = at;
  guint width = 0;
  gboolean zeros;

  if (at == NULL)
    return number == 0 ? g_strdup (pattern) : g_strdup_printf ("%s.%u", pattern, number);
  zeros = at[1] == '0';
  for (end = at + 1; g_ascii_isdigit (*end); end++)
    width = MIN (width * 10 + (*end - '0'), 20);
  if (*end != 'u' && *end != 'd')
    return g_strdup_printf ("%s.%u", pattern, number);
  {
    gchar *before = g_strndup (pattern, at - pattern);
    gchar *name = g_strdup_printf (zeros ? "%s%0*u%s" : "%s%*u%s", before, (gint) width, number,
        end + 1);

    g_free (before);
    return name;
  }
}

/* Must be called with the file lock held. */
static void
drop_file (E2eeRecorder * self)
{
  if (self->file == NULL)
    return;
  gst_element_set_state (self->file, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), self->file);
  self->file = NULL;
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("e2ee-recorder-part", "location", G_TYPE_STRING,
              self->location_of_part, NULL)));
  g_clear_pointer (&self->location_of_part, g_free);
}

static gboolean
link_track (E2eeRecorder * self, GstElement * muxer, GstPad * track, GstPad * sink)
{
  GstCaps *caps = gst_pad_get_current_caps (sink);
  const gchar *media = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  GstPad *target = gst_element_request_pad_simple (muxer,
      g_str_has_prefix (media, "audio/") ? "audio_%u" : "video_%u");
  GstPad *ghost;
  gboolean linked;

  gst_caps_unref (caps);
  if (target == NULL)
    return FALSE;
  ghost = gst_ghost_pad_new (NULL, target);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (self->file, ghost);
  gst_object_unref (target);
  linked = gst_pad_link (track, ghost) == GST_PAD_LINK_OK;
  return linked;
}

/* Must be called with the file lock held.  The file's state is its own: a recorder that is on its way
 * down must not wait for a file that is on its way up. */
static gboolean
put_file (E2eeRecorder * self, GList * tracks)
{
  GstElement *muxer = gst_element_factory_make ("matroskamux", NULL);
  GstElement *sink = gst_element_factory_make ("filesink", NULL);
  gboolean ok;

  if (muxer == NULL || sink == NULL) {
    gst_clear_object (&muxer);
    gst_clear_object (&sink);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->location_of_part = name_part (self->location, g_atomic_int_add (&self->n_parts, 1));
  GST_OBJECT_UNLOCK (self);
  /* Each file begins at its own beginning. */
  g_object_set (muxer, "offset-to-zero", TRUE, NULL);
  g_object_set (sink, "location", self->location_of_part, "async", FALSE, "sync", FALSE, NULL);

  self->file = gst_bin_new (NULL);
  gst_element_set_locked_state (self->file, TRUE);
  gst_bin_add_many (GST_BIN (self->file), muxer, sink, NULL);
  ok = gst_element_link (muxer, sink);
  gst_bin_add (GST_BIN (self), self->file);
  for (GList * l = tracks; ok && l != NULL; l = l->next) {
    gchar *name = g_strdup (GST_OBJECT_NAME (l->data));
    gchar *sink_name = g_strconcat ("sink", strchr (name, '_'), NULL);
    GstPad *in = gst_element_get_static_pad (GST_ELEMENT (self->tracks), sink_name);

    ok = link_track (self, muxer, l->data, in);
    gst_object_unref (in);
    g_free (sink_name);
    g_free (name);
  }
  return ok && gst_element_set_state (self->file, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

static gboolean
next_file (gpointer user_data, GList * tracks)
{
  E2eeRecorder *self = user_data;
  gboolean ok;

  g_mutex_lock (&self->file_lock);
  drop_file (self);
  ok = !self->stopping && put_file (self, tracks);
  if (!ok)
    drop_file (self);
  g_mutex_unlock (&self->file_lock);
  return ok;
}

/* -- The end -- */

/* The end of a file is the end of a part, and of everything only when the sources have ended. */
static void
e2ee_recorder_handle_message (GstBin * bin, GstMessage * message)
{
  E2eeRecorder *self = E2EE_RECORDER (bin);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS && GST_MESSAGE_SRC (message) != NULL) {
    gboolean is_last;

    GST_OBJECT_LOCK (self);
    is_last = self->n_ended == self->n_tracks && !self->has_told_end;
    self->has_told_end |= is_last;
    GST_OBJECT_UNLOCK (self);
    part_switch_file_done (self->tracks);
    if (!is_last) {
      gst_message_unref (message);
      return;
    }
  }
  GST_BIN_CLASS (e2ee_recorder_parent_class)->handle_message (bin, message);
}

/* A source that ends in a private part ends no file, so nobody else says that all is over. */
static gboolean
on_gate_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstPadEventFunction gate_event = g_object_get_data (G_OBJECT (pad), "gate-event");
  E2eeRecorder *self = g_object_get_data (G_OBJECT (pad), "recorder");
  gboolean is_end = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gboolean result, tells = FALSE;

  if (is_end) {
    part_switch_end_track (self->tracks, g_object_get_data (G_OBJECT (pad), "track"));
    GST_OBJECT_LOCK (self);
    self->n_ended++;
    GST_OBJECT_UNLOCK (self);
  }
  result = gate_event (pad, parent, event);
  if (is_end && part_switch_is_idle (self->tracks)) {
    GST_OBJECT_LOCK (self);
    tells = self->n_ended == self->n_tracks && !self->has_told_end;
    self->has_told_end |= tells;
    GST_OBJECT_UNLOCK (self);
  }
  if (tells)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_eos (GST_OBJECT (self)));
  return result;
}

/* -- Tracks -- */

static GstPad *
e2ee_recorder_request_new_pad (GstElement * element, GstPadTemplate * template,
    const gchar * name, const GstCaps * caps)
{
  E2eeRecorder *self = E2EE_RECORDER (element);
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  GstElement *gate = gst_element_factory_make ("e2eepolicy", NULL);
  GstPad *pad, *target, *track;
  gchar *given = NULL;

  if (queue == NULL || gate == NULL) {
    gst_clear_object (&queue);
    gst_clear_object (&gate);
    return NULL;
  }
  GST_OBJECT_LOCK (self);
  given = name != NULL ? g_strdup (name) : g_strdup_printf (template->name_template,
      self->n_tracks);
  self->n_tracks++;
  gst_util_set_object_arg (G_OBJECT (gate), "feature", self->feature);
  g_object_set (gate, "meeting", self->meeting, NULL);
  GST_OBJECT_UNLOCK (self);
  gst_util_set_object_arg (G_OBJECT (gate), "when-blocked", "eos");

  gst_bin_add_many (GST_BIN (self), queue, gate, NULL);
  gst_element_link (queue, gate);
  track = part_switch_add_track (self->tracks);
  target = gst_element_get_static_pad (gate, "src");
  gst_pad_link (target, track);
  gst_object_unref (target);

  target = gst_element_get_static_pad (gate, "sink");
  g_object_set_data (G_OBJECT (target), "gate-event", GST_PAD_EVENTFUNC (target));
  g_object_set_data (G_OBJECT (target), "recorder", self);
  g_object_set_data (G_OBJECT (target), "track", track);
  gst_pad_set_event_function (target, on_gate_event);
  gst_object_unref (target);

  target = gst_element_get_static_pad (queue, "sink");
  pad = gst_ghost_pad_new_from_template (given, target, template);
  gst_object_unref (target);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);
  gst_element_sync_state_with_parent (gate);
  gst_element_sync_state_with_parent (queue);
  g_free (given);
  return pad;
}

/* A track may wait inside of the muxer for another one: the file goes down first. */
static void
stop (E2eeRecorder * self)
{
  part_switch_stop (self->tracks);
  g_mutex_lock (&self->file_lock);
  self->stopping = TRUE;
  if (self->file != NULL)
    gst_element_set_state (self->file, GST_STATE_NULL);
  g_mutex_unlock (&self->file_lock);
}

static GstStateChangeReturn
e2ee_recorder_change_state (GstElement * element, GstStateChange transition)
{
  E2eeRecorder *self = E2EE_RECORDER (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    self->n_ended = 0;
    self->has_told_end = FALSE;
    GST_OBJECT_UNLOCK (self);
    g_mutex_lock (&self->file_lock);
    self->stopping = FALSE;
    g_mutex_unlock (&self->file_lock);
  } else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    stop (self);
  }
  ret = GST_ELEMENT_CLASS (e2ee_recorder_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_mutex_lock (&self->file_lock);
    drop_file (self);
    g_mutex_unlock (&self->file_lock);
  }
  return ret;
}

/* -- Properties -- */

static void
e2ee_recorder_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  E2eeRecorder *self = E2EE_RECORDER (object);
  gchar **field = id == PROP_LOCATION ? &self->location : id == PROP_MEETING ? &self->meeting
      : &self->feature;

  GST_OBJECT_LOCK (self);
  g_free (*field);
  *field = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
e2ee_recorder_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  E2eeRecorder *self = E2EE_RECORDER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_LOCATION:
      g_value_set_string (value, self->location);
      break;
    case PROP_MEETING:
      g_value_set_string (value, self->meeting);
      break;
    case PROP_FEATURE:
      g_value_set_string (value, self->feature);
      break;
    case PROP_PARTS:
      g_value_set_uint (value, g_atomic_int_get (&self->n_parts));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
e2ee_recorder_finalize (GObject * object)
{
  E2eeRecorder *self = E2EE_RECORDER (object);

  g_free (self->location);
  g_free (self->meeting);
  g_free (self->feature);
  g_free (self->location_of_part);
  g_mutex_clear (&self->file_lock);
  G_OBJECT_CLASS (e2ee_recorder_parent_class)->finalize (object);
}

static void
e2ee_recorder_class_init (E2eeRecorderClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = e2ee_recorder_set_property;
  object_class->get_property = e2ee_recorder_get_property;
  object_class->finalize = e2ee_recorder_finalize;
  element_class->request_new_pad = e2ee_recorder_request_new_pad;
  element_class->change_state = e2ee_recorder_change_state;
  GST_BIN_CLASS (klass)->handle_message = e2ee_recorder_handle_message;

  g_object_class_install_property (object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location", "Where the files go; %03u is their number",
          DEFAULT_LOCATION, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_MEETING,
      g_param_spec_string ("meeting", "Meeting", "The gates' meeting, by its name", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_FEATURE,
      g_param_spec_string ("feature", "Feature", "The gates' feature", "recording",
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_PARTS,
      g_param_spec_uint ("parts", "Parts", "Files begun", 0, G_MAXUINT, 0,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_set_static_metadata (element_class, "Gated recorder", "Sink/File",
      "Records the public parts of a meeting, each into a file", "gst-e2ee contributors");
}

static void
e2ee_recorder_init (E2eeRecorder * self)
{
  g_mutex_init (&self->file_lock);
  self->location = g_strdup (DEFAULT_LOCATION);
  self->feature = g_strdup ("recording");
  self->tracks = part_switch_new (next_file, self);
  gst_bin_add (GST_BIN (self), GST_ELEMENT (self->tracks));
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

gboolean
e2ee_recorder_register (void)
{
  return gst_element_register (NULL, "e2eerecorder", GST_RANK_NONE, E2EE_TYPE_RECORDER);
}
