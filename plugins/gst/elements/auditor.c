/* The audit while media flows (auditor.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * `dirty` is atomic and set in any thread; the rest belongs to the streaming thread. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/auditor.h"

#include <gst/e2ee/audit.h>

#define INTERVAL G_USEC_PER_SEC

struct _E2eeAuditor
{
  GWeakRef owner;
  GWeakRef pipeline;
  gint dirty;
  gint64 next;
  gboolean refused;
  gchar *last;                  /* the paths that were told last */
  GstPad *guarded;              /* NULL: none; not owned, its element has this auditor */
  gulong probe;
  const gint *mode;
};

GType
gst_e2ee_audit_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_AUDIT_OFF, "No audit", "off"},
    {GST_E2EE_AUDIT_WARN, "A warning for every sink without a gate", "warn"},
    {GST_E2EE_AUDIT_ERROR, "An error, and no more media", "error"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeAudit", values));
  return type;
}

static void
clear (gpointer data)
{
  E2eeAuditor *self = data;

  g_weak_ref_clear (&self->owner);
  g_weak_ref_clear (&self->pipeline);
  g_free (self->last);
}

static void
release (gpointer data, GClosure * closure)
{
  g_atomic_rc_box_release_full (data, clear);
}

static void
on_change (E2eeAuditor * self)
{
  g_atomic_int_set (&self->dirty, 1);
}

static void
follow (E2eeAuditor * self, GObject * object, const gchar * signal, GCallback callback)
{
  g_signal_connect_data (object, signal, callback, g_atomic_rc_box_acquire (self), release,
      G_CONNECT_SWAPPED);
}

static void
on_pad_added (E2eeAuditor * self, GstPad * pad)
{
  on_change (self);
  if (GST_PAD_IS_SINK (pad))
    follow (self, G_OBJECT (pad), "linked", G_CALLBACK (on_change));
}

static void
follow_pad (const GValue * pad, gpointer self)
{
  on_pad_added (self, g_value_get_object (pad));
}

/* It is linked later, if at all. */
static void
on_element_added (E2eeAuditor * self, GstBin * bin, GstElement * element)
{
  GstIterator *pads = gst_element_iterate_sink_pads (element);

  gst_iterator_foreach (pads, follow_pad, self);
  gst_iterator_free (pads);
  follow (self, G_OBJECT (element), "pad-added", G_CALLBACK (on_pad_added));
}

E2eeAuditor *
e2ee_auditor_new (GstElement * owner)
{
  E2eeAuditor *self = g_atomic_rc_box_new0 (E2eeAuditor);
  GstObject *top = gst_object_ref (GST_OBJECT (owner)), *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  g_weak_ref_init (&self->owner, owner);
  g_weak_ref_init (&self->pipeline, GST_IS_BIN (top) ? top : NULL);
  self->dirty = 1;
  if (GST_IS_BIN (top))
    follow (self, G_OBJECT (top), "deep-element-added", G_CALLBACK (on_element_added));
  gst_object_unref (top);
  return self;
}

void
e2ee_auditor_free (E2eeAuditor * self)
{
  GstObject *pipeline;

  if (self == NULL)
    return;
  if (self->guarded != NULL)
    gst_pad_remove_probe (self->guarded, self->probe);
  pipeline = g_weak_ref_get (&self->pipeline);
  if (pipeline != NULL) {
    g_signal_handlers_disconnect_by_data (pipeline, self);
    gst_object_unref (pipeline);
  }
  release (self, NULL);
}

/* Tells what is new.  Returns how many faults there are. */
static guint
audit (E2eeAuditor * self, GstElement * owner, GstBin * pipeline, GstE2eeAudit mode)
{
  GList *findings = gst_e2ee_policy_audit (pipeline);
  GPtrArray *paths = g_ptr_array_new (), *klasses = g_ptr_array_new ();
  guint n;
  gchar *text;

  for (GList * l = findings; l != NULL; l = l->next) {
    if (g_strcmp0 (gst_structure_get_string (l->data, "kind"), "ungated") != 0)
      continue;
    g_ptr_array_add (paths, (gpointer) gst_structure_get_string (l->data, "element"));
    g_ptr_array_add (klasses, (gpointer) gst_structure_get_string (l->data, "klass"));
  }
  n = paths->len;
  g_ptr_array_add (paths, NULL);
  g_ptr_array_add (klasses, NULL);
  text = g_strjoinv (", ", (gchar **) paths->pdata);

  if (g_strcmp0 (text, self->last) != 0 && (n > 0 || self->last != NULL)) {
    gst_element_post_message (owner, gst_message_new_element (GST_OBJECT (owner),
            gst_structure_new ("e2ee-audit", "ungated", G_TYPE_STRV, paths->pdata,
                "klasses", G_TYPE_STRV, klasses->pdata, NULL)));
    if (n > 0 && mode == GST_E2EE_AUDIT_WARN)
      GST_ELEMENT_WARNING (owner, STREAM, DECRYPT,
          ("Decrypted media reaches what no gate stands in front of: %s", text), (NULL));
    g_free (self->last);
    self->last = g_strdup (text);
  }
  if (n > 0 && mode == GST_E2EE_AUDIT_ERROR && !self->refused) {
    self->refused = TRUE;
    GST_ELEMENT_ERROR (owner, STREAM, DECRYPT,
        ("Decrypted media would reach what no gate stands in front of: %s", text), (NULL));
  }
  g_free (text);
  g_ptr_array_unref (paths);
  g_ptr_array_unref (klasses);
  g_list_free_full (findings, (GDestroyNotify) gst_structure_free);
  return n;
}

gboolean
e2ee_auditor_look (E2eeAuditor * self, GstE2eeAudit mode)
{
  GstElement *owner;
  GstBin *pipeline;
  gint64 now;

  if (mode == GST_E2EE_AUDIT_OFF)
    return TRUE;
  now = g_get_monotonic_time ();
  if (now < self->next && !g_atomic_int_get (&self->dirty))
    return mode != GST_E2EE_AUDIT_ERROR || !self->refused;

  g_atomic_int_set (&self->dirty, 0);
  self->next = now + INTERVAL;
  owner = g_weak_ref_get (&self->owner);
  pipeline = g_weak_ref_get (&self->pipeline);
  if (owner != NULL && pipeline != NULL && audit (self, owner, pipeline, mode) == 0)
    self->refused = FALSE;
  g_clear_object (&owner);
  g_clear_object (&pipeline);
  return mode != GST_E2EE_AUDIT_ERROR || !self->refused;
}

static GstPadProbeReturn
on_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  E2eeAuditor *self = data;

  return e2ee_auditor_look (self, (GstE2eeAudit) g_atomic_int_get (self->mode)) ?
      GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
release_probe (gpointer data)
{
  release (data, NULL);
}

void
e2ee_auditor_guard (E2eeAuditor * self, GstPad * pad, const gint * mode)
{
  self->guarded = pad;
  self->mode = mode;
  self->probe = gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_buffer,
      g_atomic_rc_box_acquire (self), release_probe);
}
