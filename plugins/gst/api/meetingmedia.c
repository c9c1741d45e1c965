/* Mode and keys of a meeting as immutable snapshots, and its face as a key provider
 * (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * A base key is copied once, when its epoch begins; the keys of all senders share it.  Working keys
 * are derived by elements, of those senders whom they hear. */
#include "api/meeting-private.h"

#include "core/crypto/secret.h"
#include "core/frame/suite.h"

#define SUSPECT_INTERVAL G_USEC_PER_SEC

/* What may change the answer to an element. */
#define MEDIA_EVENTS \
  (1u << E2EE_EVENT_KEYS | 1u << E2EE_EVENT_STATE | 1u << E2EE_EVENT_PHASE \
      | 1u << E2EE_EVENT_MEMBER_JOINED | 1u << E2EE_EVENT_MEMBER_LEFT | 1u << E2EE_EVENT_STREAMS)

/* ---- snapshots ---- */

GstE2eeMeetingMedia *
gst_e2ee_meeting_media_new (void)
{
  GstE2eeMeetingMedia *media = g_atomic_rc_box_new0 (GstE2eeMeetingMedia);

  media->sending = -1;
  return media;
}

GstE2eeMeetingMedia *
gst_e2ee_meeting_media_ref (GstE2eeMeetingMedia * media)
{
  return g_atomic_rc_box_acquire (media);
}

static void
media_clear (gpointer data)
{
  GstE2eeMeetingMedia *media = data;

  for (guint i = 0; i < media->n_epochs; i++) {
    gst_e2ee_secret_unref (media->epochs[i].base_key);
    g_ptr_array_unref (media->epochs[i].roster);
  }
}

void
gst_e2ee_meeting_media_unref (GstE2eeMeetingMedia * media)
{
  g_atomic_rc_box_release_full (media, media_clear);
}

static GstE2eeMediaEpoch
epoch_ref (const GstE2eeMediaEpoch * epoch)
{
  GstE2eeMediaEpoch copy = *epoch;

  gst_e2ee_secret_ref (copy.base_key);
  g_ptr_array_ref (copy.roster);
  return copy;
}

void
gst_e2ee_meeting_media_tell (const GstE2eeMeetingMedia * media, GstE2eeMedia * out)
{
  out->mode = media->mode;
  out->state = media->state;
  out->key_id_mask = G_MAXUINT64 << (E2EE_KID_EPOCH_BITS + E2EE_KID_LEAF_BITS
      + E2EE_KID_STREAM_BITS);
  out->key_id_value = e2ee_kid_make (media->tag, 0, 0, 0);
}

/* ---- from the core ---- */

static const GstE2eeMediaEpoch *
find_epoch (const GstE2eeMeetingMedia * media, const e2ee_media_epoch * wanted)
{
  for (guint i = 0; i < media->n_epochs; i++)
    if (media->epochs[i].epoch == wanted->epoch
        && e2ee_equal (gst_e2ee_secret_view (media->epochs[i].base_key), wanted->base_key))
      return &media->epochs[i];
  return NULL;
}

/* Fills @next from the oldest on, so that serials grow with time.  FALSE: no memory for secrets. */
static gboolean
take_epochs (GstE2eeMeeting * self, const e2ee_media_view * view, GstE2eeMeetingMedia * next)
{
  for (gsize i = view->n_epochs; i > 0; i--) {
    const e2ee_media_epoch *source = &view->epochs[i - 1];
    const GstE2eeMediaEpoch *known = find_epoch (self->media, source);
    GstE2eeMediaEpoch epoch = { 0, };

    if (known) {
      epoch = epoch_ref (known);
    } else {
      epoch.base_key = gst_e2ee_secret_new (source->base_key);
      if (epoch.base_key == NULL)
        return FALSE;
      epoch.epoch = source->epoch;
      epoch.serial = ++self->last_serial;
      epoch.own_leaf = view->own_leaf;
      /* Key changes wait for a key frame, but not when somebody was put out, who could go on
       * listening. */
      epoch.is_hard = (self->events & 1u << E2EE_EVENT_MEMBER_LEFT) != 0;
      epoch.roster = g_ptr_array_ref (self->members);
    }
    memmove (&next->epochs[1], &next->epochs[0], next->n_epochs * sizeof epoch);
    next->epochs[0] = epoch;
    next->n_epochs++;
  }
  next->sending = view->sending < (int) next->n_epochs ? view->sending : -1;
  return TRUE;
}

/* While nothing may flow the core shows no keys, but the counters and replay windows of those that
 * are good again afterwards must not start over. */
static void
keep_epochs (const GstE2eeMeetingMedia * media, GstE2eeMeetingMedia * next)
{
  for (guint i = 0; i < media->n_epochs; i++)
    next->epochs[next->n_epochs++] = epoch_ref (&media->epochs[i]);
  next->sending = media->sending;
}

static gboolean
is_same (const GstE2eeMeetingMedia * a, const GstE2eeMeetingMedia * b)
{
  if (a->mode != b->mode || a->state != b->state || a->tag != b->tag || a->sending != b->sending
      || a->n_epochs != b->n_epochs)
    return FALSE;
  for (guint i = 0; i < a->n_epochs; i++)
    if (a->epochs[i].serial != b->epochs[i].serial)
      return FALSE;
  return TRUE;
}

gboolean
gst_e2ee_meeting_update_media (GstE2eeMeeting * self)
{
  GstE2eeMeetingMedia *next;
  e2ee_media_view view;
  gboolean same;

  if ((self->events & MEDIA_EVENTS) == 0)
    return FALSE;
  e2ee_meeting_media (self->core, &view);
  next = gst_e2ee_meeting_media_new ();
  next->mode = (GstE2eeMediaMode) view.mode;
  next->state = self->view.state;
  next->suite = (GstE2eeCipherSuite) view.suite;
  next->tag = view.tag;
  if (view.mode != E2EE_MEDIA_CLOSED) {
    if (!take_epochs (self, &view, next))
      next->mode = GST_E2EE_MEDIA_MODE_CLOSED;
  } else if (self->view.phase != GST_E2EE_MEETING_PHASE_IDLE) {
    keep_epochs (self->media, next);
  }
  same = is_same (self->media, next);
  gst_e2ee_meeting_media_unref (self->media);
  self->media = next;
  if (!same)
    gst_e2ee_meeting_forget_list (self);
  return !same || self->events & 1u << E2EE_EVENT_STREAMS;
}

/* ---- keys ---- */

GstE2eeKey *
gst_e2ee_meeting_media_make_key (const GstE2eeMeetingMedia * media,
    const GstE2eeMediaEpoch * epoch, guint leaf, guint number, GstE2eeKeyUsage usage)
{
  GstE2eeMember *member = gst_e2ee_roster_find (epoch->roster, leaf);
  GstE2eeKeySender sender;

  if (member == NULL)
    return NULL;
  sender.name = gst_e2ee_member_get_name (member);
  sender.subject = gst_e2ee_member_get_subject (member);
  sender.leaf = leaf;
  return gst_e2ee_key_new_of_group (e2ee_kid_make (media->tag, number, leaf, epoch->epoch),
      media->suite, epoch->base_key, usage, epoch->epoch, &sender);
}

/* Was @member at his leaf in @epoch?  Somebody else may have been, who is not heard any more. */
static gboolean
was_there (const GstE2eeMediaEpoch * epoch, const GstE2eeMember * member)
{
  const GstE2eeMember *then = gst_e2ee_roster_find (epoch->roster,
      gst_e2ee_member_get_leaf (member));

  return then && g_str_equal (gst_e2ee_member_get_subject (then),
      gst_e2ee_member_get_subject (member));
}

/* Those of @member, who is in the meeting now, newest first.  Puts the keys in front of @keys. */
static GList *
prepend_keys (GList * keys, const GstE2eeMeetingMedia * media, const GstE2eeMember * member,
    guint number)
{
  for (guint i = media->n_epochs; i > 0; i--) {
    const GstE2eeMediaEpoch *epoch = &media->epochs[i - 1];
    GstE2eeKey *key = NULL;

    if (was_there (epoch, member))
      key = gst_e2ee_meeting_media_make_key (media, epoch, gst_e2ee_member_get_leaf (member),
          number, GST_E2EE_KEY_USAGE_DECRYPT);
    if (key)
      keys = g_list_prepend (keys, key);
  }
  return keys;
}

static GstE2eeMeetingMedia *
dup_media (GstE2eeMeeting * self)
{
  GstE2eeMeetingMedia *media;

  g_mutex_lock (&self->lock);
  media = gst_e2ee_meeting_media_ref (self->media);
  g_mutex_unlock (&self->lock);
  return media;
}

void
gst_e2ee_meeting_forget_list (GstE2eeMeeting * self)
{
  g_list_free_full (g_steal_pointer (&self->listed), (GDestroyNotify) gst_e2ee_key_unref);
  self->is_listed = FALSE;
}

/* Must be called with the lock held.  Every element of a meeting asks after every change, for the
 * same. */
static void
make_list (GstE2eeMeeting * self)
{
  for (guint i = self->members->len; i > 0; i--) {
    GstE2eeMember *member = g_ptr_array_index (self->members, i - 1);
    GList *streams = g_list_reverse (gst_e2ee_member_list_streams (member));

    for (GList * link = streams; link; link = link->next)
      self->listed = prepend_keys (self->listed, self->media, member,
          gst_e2ee_stream_info_get_number (link->data));
    g_list_free_full (streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
  }
  self->is_listed = TRUE;
}

static GList *
gst_e2ee_meeting_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  GstE2eeMeeting *self = GST_E2EE_MEETING (provider);
  GList *keys = NULL;

  if ((usage & GST_E2EE_KEY_USAGE_DECRYPT) == 0)
    return NULL;
  g_mutex_lock (&self->lock);
  if (!self->is_listed)
    make_list (self);
  for (GList * link = g_list_last (self->listed); link; link = link->prev)
    keys = g_list_prepend (keys, gst_e2ee_key_ref (link->data));
  g_mutex_unlock (&self->lock);
  return keys;
}

/* Epochs are told apart by their last eight bits: the next 127 are ahead, the others are past. */
static gboolean
is_ahead (const GstE2eeMeetingMedia * media, guint64 key_id)
{
  return media->n_epochs > 0 && (gint8) (guint8) (key_id - media->epochs[0].epoch) > 0;
}

/* Whoever forwards media can make up key ids, but not make us look more often than this. */
static void
suspect (GstE2eeMeeting * self)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  if (self->suspected_at == 0 || now - self->suspected_at >= SUSPECT_INTERVAL) {
    self->suspected_at = now;
    self->must_suspect = TRUE;
    gst_e2ee_meeting_wake (self);
  }
  g_mutex_unlock (&self->lock);
}

static GList *
gst_e2ee_meeting_find_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage,
    guint64 key_id)
{
  GstE2eeMeeting *self = GST_E2EE_MEETING (provider);
  guint leaf = key_id >> E2EE_KID_EPOCH_BITS & ((1 << E2EE_KID_LEAF_BITS) - 1);
  guint number = key_id >> (E2EE_KID_EPOCH_BITS + E2EE_KID_LEAF_BITS)
      & ((1 << E2EE_KID_STREAM_BITS) - 1);
  GstE2eeMeetingMedia *media;
  GstE2eeMember *member;
  GList *keys = NULL;

  g_mutex_lock (&self->lock);
  media = gst_e2ee_meeting_media_ref (self->media);
  member = gst_e2ee_roster_find (self->members, leaf);
  if (member)
    gst_e2ee_member_ref (member);
  g_mutex_unlock (&self->lock);
  if (usage & GST_E2EE_KEY_USAGE_DECRYPT && number < E2EE_MAX_STREAMS
      && e2ee_kid_is_of_meeting (key_id, media->tag)) {
    if (member)
      keys = prepend_keys (NULL, media, member, number);
    if (is_ahead (media, key_id))
      suspect (self);
  }
  if (member)
    gst_e2ee_member_unref (member);
  gst_e2ee_meeting_media_unref (media);
  return keys;
}

static void
gst_e2ee_meeting_get_media (GstE2eeKeyProvider * provider, GstE2eeMedia * out)
{
  GstE2eeMeetingMedia *media = dup_media (GST_E2EE_MEETING (provider));

  gst_e2ee_meeting_media_tell (media, out);
  gst_e2ee_meeting_media_unref (media);
}

void
gst_e2ee_meeting_key_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = gst_e2ee_meeting_list_keys;
  iface->find_keys = gst_e2ee_meeting_find_keys;
  iface->get_media = gst_e2ee_meeting_get_media;
}
