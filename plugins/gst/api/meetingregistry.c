/* Finding a meeting: by its name in this process, and as a context that pipelines hand on
 * (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#define CONTEXT_FIELD "meeting"

static GMutex registry_lock;
static GHashTable *registry;    /* name -> GWeakRef; names of meetings that are gone may stay */

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* Must be called with registry_lock held.  (transfer full) */
static GstE2eeMeeting *
find_locked (const gchar * name)
{
  GWeakRef *weak;

  if (registry == NULL)
    registry = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weak_ref_free);
  weak = g_hash_table_lookup (registry, name);
  return weak ? g_weak_ref_get (weak) : NULL;
}

gboolean
gst_e2ee_meeting_register (GstE2eeMeeting * self)
{
  GstE2eeMeeting *other;

  if (self->name == NULL)
    return TRUE;
  g_mutex_lock (&registry_lock);
  other = find_locked (self->name);
  if (other == NULL) {
    GWeakRef *weak = g_new0 (GWeakRef, 1);

    g_weak_ref_init (weak, self);
    g_hash_table_replace (registry, g_strdup (self->name), weak);
    self->is_registered = TRUE;
  }
  g_mutex_unlock (&registry_lock);
  /* The last reference may be this one: not with the lock held. */
  g_clear_object (&other);
  return self->is_registered;
}

void
gst_e2ee_meeting_unregister (GstE2eeMeeting * self)
{
  GstE2eeMeeting *found;

  if (!self->is_registered)
    return;
  self->is_registered = FALSE;
  g_mutex_lock (&registry_lock);
  /* While this one was going another may have taken the name. */
  found = find_locked (self->name);
  if (found == NULL)
    g_hash_table_remove (registry, self->name);
  g_mutex_unlock (&registry_lock);
  g_clear_object (&found);
}

/**
 * gst_e2ee_meeting_find:
 * @name: a name that was given to gst_e2ee_meeting_new()
 *
 * Returns: (transfer full) (nullable): the meeting of this process, %NULL when there is none (any
 * more)
 *
 * Since: 0.1
 */
GstE2eeMeeting *
gst_e2ee_meeting_find (const gchar * name)
{
  GstE2eeMeeting *found;

  g_return_val_if_fail (name != NULL, NULL);

  g_mutex_lock (&registry_lock);
  found = find_locked (name);
  g_mutex_unlock (&registry_lock);
  return found;
}

/**
 * gst_context_new_e2ee_meeting:
 * @meeting: a #GstE2eeMeeting
 *
 * For gst_element_set_context() on a pipeline or an element: e2eeenc, e2eedec, e2eepolicy and
 * shieldoverlay that were given nothing else take their meeting from it.
 *
 * Returns: (transfer full): a context of type %GST_E2EE_MEETING_CONTEXT
 *
 * Since: 0.1
 */
GstContext *
gst_context_new_e2ee_meeting (GstE2eeMeeting * meeting)
{
  GstContext *context;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (meeting), NULL);

  context = gst_context_new (GST_E2EE_MEETING_CONTEXT, TRUE);
  gst_structure_set (gst_context_writable_structure (context), CONTEXT_FIELD,
      GST_TYPE_E2EE_MEETING, meeting, NULL);
  return context;
}

/**
 * gst_context_get_e2ee_meeting:
 * @context: any #GstContext
 *
 * Returns: (transfer full) (nullable): the meeting that it holds, %NULL when it is another context
 *
 * Since: 0.1
 */
GstE2eeMeeting *
gst_context_get_e2ee_meeting (GstContext * context)
{
  GstE2eeMeeting *meeting = NULL;

  g_return_val_if_fail (GST_IS_CONTEXT (context), NULL);

  if (gst_context_has_context_type (context, GST_E2EE_MEETING_CONTEXT))
    gst_structure_get (gst_context_get_structure (context), CONTEXT_FIELD,
        GST_TYPE_E2EE_MEETING, &meeting, NULL);
  return meeting;
}
