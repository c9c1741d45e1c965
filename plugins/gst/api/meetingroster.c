/* The members of a meeting as immutable values (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#include "api/member.h"

/* What changes a member, or brings or takes one. */
#define MEMBER_EVENTS \
  (1u << E2EE_EVENT_MEMBER_JOINED | 1u << E2EE_EVENT_MEMBER_LEFT | 1u << E2EE_EVENT_MEMBER_CHANGED \
      | 1u << E2EE_EVENT_STREAMS | 1u << E2EE_EVENT_NEW_DEVICE | 1u << E2EE_EVENT_CHAT \
      | 1u << E2EE_EVENT_PHASE)

GPtrArray *
gst_e2ee_roster_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) gst_e2ee_member_unref);
}

/* Where @leaf is, or would be. */
static guint
lower_bound (const GPtrArray * roster, guint leaf)
{
  guint low = 0, high = roster->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (gst_e2ee_member_get_leaf (g_ptr_array_index (roster, middle)) < leaf)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

GstE2eeMember *
gst_e2ee_roster_find (const GPtrArray * roster, guint leaf)
{
  guint at = lower_bound (roster, leaf);

  if (at == roster->len || gst_e2ee_member_get_leaf (g_ptr_array_index (roster, at)) != leaf)
    return NULL;
  return g_ptr_array_index (roster, at);
}

static GPtrArray *
copy (const GPtrArray * roster)
{
  GPtrArray *next = gst_e2ee_roster_new ();

  for (guint i = 0; i < roster->len; i++)
    g_ptr_array_add (next, gst_e2ee_member_ref (g_ptr_array_index (roster, i)));
  return next;
}

static void
forget (GPtrArray * roster, guint leaf)
{
  guint at = lower_bound (roster, leaf);

  if (gst_e2ee_roster_find (roster, leaf))
    g_ptr_array_remove_index (roster, at);
}

static GstE2eeMember *
make (GstE2eeMeeting * self, const e2ee_member * source)
{
  gchar code[E2EE_CODE_SIZE];

  if (e2ee_meeting_member_code (self->core, source->leaf, code) != E2EE_MEETING_OK)
    *code = '\0';
  return gst_e2ee_member_new (source, code);
}

/* As the core knows him now; NULL when it does not.  (transfer none) */
static GstE2eeMember *
take (GstE2eeMeeting * self, GPtrArray * roster, guint leaf)
{
  e2ee_member source;
  GstE2eeMember *member;

  if (leaf == G_MAXUINT || !e2ee_meeting_next_member (self->core, leaf, &source)
      || source.leaf != leaf)
    return NULL;
  forget (roster, leaf);
  member = make (self, &source);
  g_ptr_array_insert (roster, lower_bound (roster, leaf), member);
  return member;
}

static GPtrArray *
take_all (GstE2eeMeeting * self)
{
  GPtrArray *roster = gst_e2ee_roster_new ();
  e2ee_member source;

  for (guint from = 0; e2ee_meeting_next_member (self->core, from, &source);
      from = source.leaf + 1)
    g_ptr_array_add (roster, make (self, &source));
  return roster;
}

static gboolean
is_same_person (const GstE2eeMember * a, const GstE2eeMember * b)
{
  return b == NULL || g_str_equal (gst_e2ee_member_get_subject (a),
      gst_e2ee_member_get_subject (b));
}

/* Who is meant: the member as he is now, or, of somebody who has left, as he was. */
static void
give_member (GstE2eeMeeting * self, GPtrArray * roster, GstE2eeHappening * happening)
{
  GstE2eeMember *member;

  if (happening->kind != HAPPENING_EVENT || happening->type == E2EE_EVENT_REFUSED)
    return;
  if (happening->type == E2EE_EVENT_MEMBER_LEFT) {
    member = gst_e2ee_roster_find (self->members, happening->leaf);
    forget (roster, happening->leaf);
  } else if (happening->type == E2EE_EVENT_CHAT) {
    member = gst_e2ee_roster_find (roster, happening->leaf);
  } else {
    member = take (self, roster, happening->leaf);
  }
  if (member == NULL || !is_same_person (member, happening->member))
    return;
  gst_e2ee_member_ref (member);
  g_clear_pointer (&happening->member, gst_e2ee_member_unref);
  happening->member = member;
}

static void
remember_own_name (GstE2eeMeeting * self)
{
  for (guint i = 0; i < self->members->len; i++) {
    GstE2eeMember *member = g_ptr_array_index (self->members, i);

    if (!gst_e2ee_member_is_self (member))
      continue;
    g_free (self->own_name);
    self->own_name = g_strdup (gst_e2ee_member_get_name (member));
  }
}

void
gst_e2ee_meeting_update_roster (GstE2eeMeeting * self, gsize n_members)
{
  GPtrArray *roster;

  if ((self->events & MEMBER_EVENTS) == 0 && self->members->len == n_members)
    return;
  roster = copy (self->members);
  for (GList * link = self->fresh; link; link = link->next)
    give_member (self, roster, link->data);
  /* Whoever came again has another leaf, and no event says that the old one is free. */
  if (self->events & 1u << E2EE_EVENT_PHASE || roster->len != n_members) {
    g_ptr_array_unref (roster);
    roster = take_all (self);
  }
  g_ptr_array_unref (self->members);
  self->members = roster;
  gst_e2ee_meeting_forget_list (self);
  if (self->events & 1u << E2EE_EVENT_PHASE)
    remember_own_name (self);
}
