/* GstE2eeMeetingStream: one stream that this participant sends, and the numbers of all of them.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * The keys of a stream count frames from 0, so under one key id of one epoch only one element may
 * ever encrypt.  An element acquires the stream; when it has ended the number is spent for all epochs
 * that have been, and the next one to acquire gets another. */
#include "api/meeting-private.h"

struct _GstE2eeMeetingStream
{
  GObject parent;

  GstE2eeMeeting *meeting;
  GstE2eeStreamKind kind;
  gchar *label;

  /*< protected by the meeting's lock >*/
  guint number;
  gboolean is_numbered;
  gboolean is_acquired;
  gboolean is_spent;            /* an element has ended with this number */
  guint64 first_serial;         /* epochs before have used the number for another stream */
  guint64 sending_serial;       /* the newest that encrypted */
  guint64 before_serial;        /* the one before it, as long as it may wait for a key frame; or 0 */
};

static void key_provider_init (GstE2eeKeyProviderInterface * iface);

G_DEFINE_TYPE_WITH_CODE (GstE2eeMeetingStream, gst_e2ee_meeting_stream, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, key_provider_init));

/* ---- numbers; all with the meeting's lock held ---- */

/* A free number that can encrypt at once: of what was used in this epoch no key may be used again. */
static gboolean
take_number (GstE2eeMeetingStream * self)
{
  GstE2eeMeeting *meeting = self->meeting;
  const GstE2eeMeetingMedia *media = meeting->media;
  guint64 now = media->sending >= 0 ? media->epochs[media->sending].serial : G_MAXUINT64;

  for (guint i = 0; i < E2EE_MAX_STREAMS; i++) {
    if (meeting->streams[i] || meeting->spent_serial[i] >= now)
      continue;
    meeting->streams[i] = self;
    self->number = i;
    self->is_numbered = TRUE;
    self->is_spent = FALSE;
    self->first_serial = meeting->spent_serial[i] + 1;
    self->sending_serial = self->before_serial = 0;
    meeting->must_announce = TRUE;
    gst_e2ee_meeting_wake (meeting);
    return TRUE;
  }
  return FALSE;
}

static void
give_number_back (GstE2eeMeetingStream * self)
{
  GstE2eeMeeting *meeting = self->meeting;

  if (!self->is_numbered)
    return;
  self->is_numbered = FALSE;
  meeting->streams[self->number] = NULL;
  if (self->is_spent || self->is_acquired)
    meeting->spent_serial[self->number] = meeting->last_serial;
  meeting->must_announce = TRUE;
  gst_e2ee_meeting_wake (meeting);
}

GList *
gst_e2ee_meeting_dup_streams (GstE2eeMeeting * meeting)
{
  GList *streams = NULL;

  for (guint i = E2EE_MAX_STREAMS; i > 0; i--)
    if (meeting->streams[i - 1])
      streams = g_list_prepend (streams, g_object_ref (meeting->streams[i - 1]));
  return streams;
}

void
gst_e2ee_meeting_announce (GstE2eeMeeting * meeting)
{
  e2ee_stream streams[E2EE_MAX_STREAMS];
  gsize n = 0;

  meeting->must_announce = FALSE;
  for (guint i = 0; i < E2EE_MAX_STREAMS; i++) {
    GstE2eeMeetingStream *stream = meeting->streams[i];

    if (stream == NULL)
      continue;
    streams[n].number = i;
    streams[n].kind = (e2ee_stream_kind) stream->kind;
    g_strlcpy (streams[n].label, stream->label, sizeof streams[n].label);
    n++;
  }
  /* Not being in the meeting is no error: they are announced again when we are. */
  (void) !e2ee_meeting_set_streams (meeting->core, streams, n);
}

/* ---- the key provider's face ---- */

/* Only forward: an epoch that was sent under and then was not is never sent under again, whatever
 * the core says. */
static void
move_on (GstE2eeMeetingStream * self, const GstE2eeMeetingMedia * media)
{
  const GstE2eeMediaEpoch *epoch = media->sending >= 0 ? &media->epochs[media->sending] : NULL;
  gboolean is_hard = FALSE;

  if (epoch == NULL || epoch->serial <= self->sending_serial)
    return;
  for (guint i = media->sending; i < media->n_epochs; i++)
    if (media->epochs[i].serial > self->sending_serial)
      is_hard |= media->epochs[i].is_hard;
  self->before_serial = is_hard ? 0 : self->sending_serial;
  self->sending_serial = epoch->serial;
}

static GList *
list_keys_locked (GstE2eeMeetingStream * self)
{
  const GstE2eeMeetingMedia *media = self->meeting->media;
  GList *keys = NULL;

  if (!self->is_acquired)
    return NULL;
  move_on (self, media);
  for (guint i = media->n_epochs; i > 0; i--) {
    const GstE2eeMediaEpoch *epoch = &media->epochs[i - 1];
    GstE2eeKey *key;

    if (epoch->serial < self->first_serial
        || (epoch->serial != self->sending_serial && epoch->serial != self->before_serial))
      continue;
    key = gst_e2ee_meeting_media_make_key (media, epoch, epoch->own_leaf, self->number,
        GST_E2EE_KEY_USAGE_ENCRYPT);
    if (key)
      keys = g_list_prepend (keys, key);
  }
  return keys;
}

static GList *
gst_e2ee_meeting_stream_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (provider);
  GList *keys = NULL;

  if (usage & GST_E2EE_KEY_USAGE_ENCRYPT && self->meeting) {
    g_mutex_lock (&self->meeting->lock);
    keys = list_keys_locked (self);
    g_mutex_unlock (&self->meeting->lock);
  }
  return keys;
}

static void
gst_e2ee_meeting_stream_get_media (GstE2eeKeyProvider * provider, GstE2eeMedia * media)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (provider);

  if (self->meeting)
    gst_e2ee_key_provider_get_media (GST_E2EE_KEY_PROVIDER (self->meeting), media);
  else
    media->mode = GST_E2EE_MEDIA_MODE_CLOSED;
}

static gboolean
gst_e2ee_meeting_stream_acquire (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage,
    GError ** error)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (provider);
  gboolean is_taken = TRUE, has_number = TRUE;

  if (self->meeting) {
    g_mutex_lock (&self->meeting->lock);
    is_taken = self->is_acquired;
    if (!is_taken && self->is_spent) {
      give_number_back (self);
      has_number = take_number (self);
    }
    if (!is_taken && has_number)
      self->is_acquired = TRUE;
    g_mutex_unlock (&self->meeting->lock);
  }
  if (is_taken)
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "another element encrypts this stream of the meeting already");
  else if (!has_number)
    gst_e2ee_meeting_set_own_error (self->meeting, error,
        GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS);
  return !is_taken && has_number;
}

static void
gst_e2ee_meeting_stream_release (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (provider);

  if (self->meeting == NULL)
    return;
  g_mutex_lock (&self->meeting->lock);
  self->is_acquired = FALSE;
  self->is_spent = TRUE;
  g_mutex_unlock (&self->meeting->lock);
}

static void
key_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = gst_e2ee_meeting_stream_list_keys;
  iface->get_media = gst_e2ee_meeting_stream_get_media;
  iface->acquire = gst_e2ee_meeting_stream_acquire;
  iface->release = gst_e2ee_meeting_stream_release;
}

/* ---- the object ---- */

static void
gst_e2ee_meeting_stream_dispose (GObject * object)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (object);

  if (self->meeting) {
    g_mutex_lock (&self->meeting->lock);
    give_number_back (self);
    g_mutex_unlock (&self->meeting->lock);
  }
  G_OBJECT_CLASS (gst_e2ee_meeting_stream_parent_class)->dispose (object);
}

static void
gst_e2ee_meeting_stream_finalize (GObject * object)
{
  GstE2eeMeetingStream *self = GST_E2EE_MEETING_STREAM (object);

  g_clear_object (&self->meeting);
  g_free (self->label);
  G_OBJECT_CLASS (gst_e2ee_meeting_stream_parent_class)->finalize (object);
}

static void
gst_e2ee_meeting_stream_class_init (GstE2eeMeetingStreamClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gst_e2ee_meeting_stream_dispose;
  object_class->finalize = gst_e2ee_meeting_stream_finalize;
}

static void
gst_e2ee_meeting_stream_init (GstE2eeMeetingStream * self)
{
}

/**
 * gst_e2ee_meeting_add_stream:
 * @self: a #GstE2eeMeeting
 * @kind: what it is
 * @label: (nullable): what it is called to the members, UTF-8, up to 64 bytes
 * @error: %GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS, %GST_E2EE_MEETING_ERROR_TEXT
 *
 * A stream that this participant sends: the #GstE2eeKeyProvider of one e2eeenc.  It is announced to
 * the members as long as the object lives, also when the meeting is joined later.  e2eeenc makes one
 * by itself when it gets the meeting; this is for elements of one's own.
 *
 * There are 32 numbers.  One that an element has used is free again in the next epoch; when none is
 * left new keys are asked for, and the app may try again after #GstE2eeMeeting:epoch has changed.
 *
 * Returns: (transfer full): the stream, %NULL on failure
 *
 * Since: 0.1
 */
GstE2eeMeetingStream *
gst_e2ee_meeting_add_stream (GstE2eeMeeting * self, GstE2eeStreamKind kind, const gchar * label,
    GError ** error)
{
  GstE2eeMeetingStream *stream;
  gboolean is_real, ok;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if ((guint) kind >= E2EE_N_STREAM_KINDS || (label && strlen (label) > E2EE_MAX_LABEL)) {
    gst_e2ee_meeting_set_own_error (self, error, GST_E2EE_MEETING_ERROR_TEXT);
    return NULL;
  }
  stream = g_object_new (GST_TYPE_E2EE_MEETING_STREAM, NULL);
  stream->kind = kind;
  stream->label = g_strdup (label ? label : "");

  stream->meeting = g_object_ref (self);

  /* Elements call this on streaming threads: nothing is told from here, the timer does the rest. */
  g_mutex_lock (&self->lock);
  is_real = self->core != NULL;
  ok = is_real && take_number (stream);
  if (is_real && !ok) {
    self->must_rekey = TRUE;
    gst_e2ee_meeting_wake (self);
  }
  g_mutex_unlock (&self->lock);
  if (!ok) {
    gst_e2ee_meeting_set_own_error (self, error, is_real ?
        GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS : GST_E2EE_MEETING_ERROR_ARGUMENT);
    g_clear_object (&stream);
  }
  return stream;
}

/**
 * gst_e2ee_meeting_stream_get_number:
 * @self: a #GstE2eeMeetingStream
 *
 * Returns: its number in key ids, 0 to 31; another after an element has ended with it
 *
 * Since: 0.1
 */
guint
gst_e2ee_meeting_stream_get_number (GstE2eeMeetingStream * self)
{
  guint number = 0;

  g_return_val_if_fail (GST_IS_E2EE_MEETING_STREAM (self), 0);

  if (self->meeting) {
    g_mutex_lock (&self->meeting->lock);
    number = self->number;
    g_mutex_unlock (&self->meeting->lock);
  }
  return number;
}
