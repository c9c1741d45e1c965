/* Whether the webrtcbins that a pad leads to have agreed on SFrame packets (agreement.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * A party lives as long as the last of: the agreement, the signal handler, a look under way.
 * `reason`, `pending` and `stopped` are atomic. */

#include "agreement.h"

#include <gst/e2ee/transport.h>
#include <string.h>

#define SEARCH_INTERVAL_MS 1000
/* Elements on the way to webrtcbin: filters, queues, tees. */
#define MAX_HOPS 16

/* One webrtcbin's pad. */
typedef struct
{
  GWeakRef pad;
  GWeakRef webrtcbin;
  gpointer key;                 /* the pad's address, to know it by; never followed */
  gboolean sframe;
  gulong handler;
  const gchar *reason;
  gint pending;
  gint stopped;
} Party;

struct _E2eeAgreement
{
  GstPad *pad;
  gboolean sframe;
  GPtrArray *parties;
  guint64 next_search_ms;
};

/* ---- one party ---- */

static void
party_clear (gpointer data)
{
  Party *party = data;

  g_weak_ref_clear (&party->pad);
  g_weak_ref_clear (&party->webrtcbin);
}

static void
party_release (gpointer party)
{
  g_atomic_rc_box_release_full (party, party_clear);
}

static void
party_release_closure (gpointer party, GClosure * closure)
{
  party_release (party);
}

static void
check (GstElement * webrtcbin, gpointer data)
{
  Party *party = data;
  GstPad *pad = g_weak_ref_get (&party->pad);
  const gchar *reason = "transport-closed";

  /* What changes from here on asks for another look. */
  g_atomic_int_set (&party->pending, 0);
  if (pad != NULL)
    gst_e2ee_transport_check_sframe (pad, party->sframe, &reason);
  g_atomic_pointer_set (&party->reason, reason);
  GST_INFO_OBJECT (webrtcbin, "SFrame packets%s, behind %s: %s", party->sframe ? "" : " are none",
      pad ? GST_PAD_NAME (pad) : "no pad", reason ? reason : "agreed");
  gst_clear_object (&pad);
}

static void
ask (Party * party)
{
  GstElement *webrtcbin;

  if (g_atomic_int_get (&party->stopped)
      || !g_atomic_int_compare_and_exchange (&party->pending, 0, 1))
    return;
  webrtcbin = g_weak_ref_get (&party->webrtcbin);
  if (webrtcbin == NULL)
    return;
  gst_element_call_async (webrtcbin, check, g_atomic_rc_box_acquire (party), party_release);
  gst_object_unref (webrtcbin);
}

static Party *
party_new (GstPad * pad, GstElement * webrtcbin, gboolean sframe)
{
  Party *party = g_atomic_rc_box_new0 (Party);

  g_weak_ref_init (&party->pad, pad);
  g_weak_ref_init (&party->webrtcbin, webrtcbin);
  party->key = pad;
  party->sframe = sframe;
  party->reason = "transport-connecting";
  party->handler = g_signal_connect_data (webrtcbin, "notify::signaling-state", G_CALLBACK (ask),
      g_atomic_rc_box_acquire (party), party_release_closure, G_CONNECT_SWAPPED);
  ask (party);
  return party;
}

static void
party_stop (gpointer data)
{
  Party *party = data;
  GstElement *webrtcbin = g_weak_ref_get (&party->webrtcbin);

  g_atomic_int_set (&party->stopped, 1);
  if (webrtcbin != NULL) {
    g_signal_handler_disconnect (webrtcbin, party->handler);
    gst_object_unref (webrtcbin);
  }
  party_release (party);
}

/* ---- who they are ---- */

static gboolean
is_webrtcbin (GstElement * element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_strcmp0 (GST_OBJECT_NAME (factory), "webrtcbin") == 0;
}

/* The pad of another element that @pad is linked to, through the walls of bins. (transfer full) */
static GstPad *
follow_link (GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  for (guint i = 0; peer != NULL && i < MAX_HOPS; i++) {
    GstObject *parent = gst_pad_get_parent (peer);
    GstPad *next;

    if (parent == NULL)
      break;
    if (GST_IS_ELEMENT (parent) && (!GST_IS_GHOST_PAD (peer)
            || is_webrtcbin (GST_ELEMENT_CAST (parent)))) {
      gst_object_unref (parent);
      return peer;
    }
    /* Into a bin, or out of one. */
    if (GST_IS_ELEMENT (parent))
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));
    else
      next = gst_pad_get_peer (GST_PAD_CAST (parent));
    gst_object_unref (parent);
    gst_object_unref (peer);
    peer = next;
  }
  gst_clear_object (&peer);
  return NULL;
}

static void search (GPtrArray * found, GstPad * pad, guint hops);

static void
search_behind (const GValue * item, gpointer user_data)
{
  gpointer *data = user_data;

  search (data[0], g_value_get_object (item), GPOINTER_TO_UINT (data[1]));
}

/* Appends the pads of webrtcbins that @pad leads to. */
static void
search (GPtrArray * found, GstPad * pad, guint hops)
{
  GstPad *peer = hops < MAX_HOPS ? follow_link (pad) : NULL;
  GstElement *element = peer ? gst_pad_get_parent_element (peer) : NULL;

  if (element != NULL && is_webrtcbin (element)) {
    g_ptr_array_add (found, gst_object_ref (peer));
  } else if (element != NULL) {
    GstIterator *inside = gst_pad_iterate_internal_links (peer);
    gpointer data[] = { found, GUINT_TO_POINTER (hops + 1) };
    guint before = found->len;

    while (inside != NULL && gst_iterator_foreach (inside, search_behind, data)
        == GST_ITERATOR_RESYNC) {
      g_ptr_array_set_size (found, before);
      gst_iterator_resync (inside);
    }
    if (inside != NULL)
      gst_iterator_free (inside);
  }
  gst_clear_object (&element);
  gst_clear_object (&peer);
}

static Party *
steal_party (GPtrArray * parties, GstPad * pad)
{
  for (guint i = 0; i < parties->len; i++) {
    Party *party = g_ptr_array_index (parties, i);

    if (party->key == pad)
      return g_ptr_array_steal_index_fast (parties, i);
  }
  return NULL;
}

static void
find_parties (E2eeAgreement * self)
{
  GPtrArray *pads = g_ptr_array_new_with_free_func (gst_object_unref);
  GPtrArray *parties = g_ptr_array_new_with_free_func (party_stop);

  search (pads, self->pad, 0);
  for (guint i = 0; i < pads->len; i++) {
    GstPad *pad = g_ptr_array_index (pads, i);
    Party *party = steal_party (self->parties, pad);

    if (party != NULL) {
      ask (party);
    } else {
      GstElement *webrtcbin = gst_pad_get_parent_element (pad);

      if (webrtcbin == NULL)
        continue;
      party = party_new (pad, webrtcbin, self->sframe);
      gst_object_unref (webrtcbin);
    }
    g_ptr_array_add (parties, party);
  }
  g_ptr_array_unref (self->parties);
  self->parties = parties;
  g_ptr_array_unref (pads);
}

/* ---- the agreement ---- */

E2eeAgreement *
e2ee_agreement_new (GstPad * pad, gboolean sframe)
{
  E2eeAgreement *self = g_new0 (E2eeAgreement, 1);

  self->pad = pad;
  self->sframe = sframe;
  self->parties = g_ptr_array_new_with_free_func (party_stop);
  return self;
}

void
e2ee_agreement_free (E2eeAgreement * agreement)
{
  if (agreement == NULL)
    return;
  g_ptr_array_unref (agreement->parties);
  g_free (agreement);
}

E2eeAgreementState
e2ee_agreement_look (E2eeAgreement * self, guint64 now_ms)
{
  E2eeAgreementState state = E2EE_AGREEMENT_MADE;
  gboolean any = FALSE;

  if (G_UNLIKELY (now_ms >= self->next_search_ms)) {
    self->next_search_ms = now_ms + SEARCH_INTERVAL_MS;
    find_parties (self);
  }
  for (guint i = 0; i < self->parties->len; i++) {
    Party *party = g_ptr_array_index (self->parties, i);
    const gchar *reason = g_atomic_pointer_get (&party->reason);

    if (reason == NULL)
      any = TRUE;
    else if (strcmp (reason, "transport-sframe") == 0)
      return E2EE_AGREEMENT_REFUSED;
    else
      state = E2EE_AGREEMENT_PENDING;
  }
  return any ? E2EE_AGREEMENT_MADE : state;
}
