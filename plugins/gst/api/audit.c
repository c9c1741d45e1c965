/* The walk from every decrypted pad (audit.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/api-private.h"

#include <gst/e2ee/audit.h>
#include <string.h>

/* Screens and loudspeakers by their klass, and outputs to programs, networks and cards in truth. */
static const gchar *const not_a_display[] = {
  "v4l2sink", "pipewiresink", "jackaudiosink", "intervideosink", "interaudiosink", "ndisink",
  "ndisinkcombiner", "decklinkvideosink", "decklinkaudiosink", "shmsink", "proxysink", "unixfdsink",
  "ajasink",
};

typedef struct
{
  GHashTable *seen;             /* of GstPad */
  gchar *decryptor;
  GList *found;                 /* of GstStructure, last first */
} Walk;

static void walk_sink_pad (Walk * walk, GstPad * pad);

static const gchar *
factory_name (GstElement * element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL ? GST_OBJECT_NAME (factory) : "";
}

static const gchar *
klass_of (GstElement * element)
{
  const gchar *klass = gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  return klass != NULL ? klass : "";
}

static gboolean
klass_has (GstElement * element, const gchar * word)
{
  gchar **words = g_strsplit (klass_of (element), "/", -1);
  gboolean has = g_strv_contains ((const gchar * const *) words, word);

  g_strfreev (words);
  return has;
}

static gboolean
is_sink (GstElement * element)
{
  return GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SINK) || klass_has (element, "Sink");
}

/* Nothing can ever come out of it: a sink that does not call itself one. */
static gboolean
has_no_way_out (GstElement * element)
{
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (element);

  for (GList * l = gst_element_class_get_pad_template_list (klass); l != NULL; l = l->next)
    if (GST_PAD_TEMPLATE_DIRECTION (l->data) == GST_PAD_SRC)
      return FALSE;
  return element->numsrcpads == 0;
}

static const gchar *
kind_of (GstElement * element)
{
  const gchar *factory = factory_name (element);

  if (g_str_equal (factory, "fakesink")) {
    gboolean handoffs, dump;

    g_object_get (element, "signal-handoffs", &handoffs, "dump", &dump, NULL);
    return handoffs || dump ? "ungated" : "discard";
  }
  for (guint i = 0; i < G_N_ELEMENTS (not_a_display); i++)
    if (g_str_equal (factory, not_a_display[i]))
      return "ungated";
  if (klass_has (element, "Sink") && (klass_has (element, "Video") || klass_has (element, "Audio"))
      && !klass_has (element, "Network") && !klass_has (element, "File"))
    return "display";
  return "ungated";
}

static void
report (Walk * walk, GstElement * element)
{
  gchar *path = gst_object_get_path_string (GST_OBJECT (element));

  walk->found = g_list_prepend (walk->found, gst_structure_new ("e2ee-audit",
          "element", G_TYPE_STRING, path,
          "factory", G_TYPE_STRING, factory_name (element),
          "klass", G_TYPE_STRING, klass_of (element),
          "decryptor", G_TYPE_STRING, walk->decryptor,
          "kind", G_TYPE_STRING, kind_of (element), NULL));
  g_free (path);
}

/* Some sinks link what is in them when media flows (splitmuxsink): a way that ends inside of such a
 * one leads to it. */
static void
walk_dead_end (Walk * walk, GstPad * pad)
{
  GstObject *object = gst_object_get_parent (GST_OBJECT (pad));

  while (object != NULL) {
    GstObject *parent = gst_object_get_parent (object);

    if (GST_IS_BIN (object) && !g_str_equal (factory_name (GST_ELEMENT (object)), "bin")
        && !g_str_equal (factory_name (GST_ELEMENT (object)), "pipeline")
        && is_sink (GST_ELEMENT (object))) {
      report (walk, GST_ELEMENT (object));
      g_clear_object (&parent);
    }
    gst_object_unref (object);
    object = parent;
  }
}

static void
walk_src_pad (Walk * walk, GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  if (peer != NULL)
    walk_sink_pad (walk, peer);
  else
    walk_dead_end (walk, pad);
  g_clear_object (&peer);
}

static void
walk_item (const GValue * item, gpointer walk)
{
  walk_src_pad (walk, g_value_get_object (item));
}

/* Links may change while they are followed: what is found then is found again by the next audit. */
static void
walk_iterator (Walk * walk, GstIterator * pads)
{
  if (pads == NULL)
    return;
  while (gst_iterator_foreach (pads, walk_item, walk) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (pads);
  gst_iterator_free (pads);
}

static void
walk_element (Walk * walk, GstElement * element, GstPad * pad)
{
  const gchar *factory = factory_name (element);

  if (g_str_equal (factory, "e2eepolicy") || g_str_equal (factory, "e2eeenc"))
    return;
  if (is_sink (element) || has_no_way_out (element))
    report (walk, element);
  else
    walk_iterator (walk, gst_pad_iterate_internal_links (pad));
}

static void
walk_sink_pad (Walk * walk, GstPad * pad)
{
  GstElement *element;

  if (!g_hash_table_add (walk->seen, gst_object_ref (pad)))
    return;

  if (GST_IS_GHOST_PAD (pad)) {
    /* Into a bin; one that has nothing behind its pad yet (webrtcbin) will send it. */
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));

    element = gst_pad_get_parent_element (pad);
    if (target != NULL)
      walk_sink_pad (walk, target);
    else if (element != NULL && (is_sink (element) || klass_has (element, "Network")))
      report (walk, element);
    g_clear_object (&element);
    g_clear_object (&target);
  } else if (GST_IS_PROXY_PAD (pad)) {
    /* Out of a bin. */
    GstProxyPad *ghost = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));

    if (ghost != NULL)
      walk_src_pad (walk, GST_PAD (ghost));
    g_clear_object (&ghost);
  } else if ((element = gst_pad_get_parent_element (pad)) != NULL) {
    walk_element (walk, element, pad);
    gst_object_unref (element);
  }
}

static void
walk_decryptor (const GValue * item, gpointer data)
{
  GstElement *decryptor = g_value_get_object (item);
  Walk *walk = data;

  walk->decryptor = gst_object_get_path_string (GST_OBJECT (decryptor));
  walk_iterator (walk, gst_element_iterate_src_pads (decryptor));
  g_clear_pointer (&walk->decryptor, g_free);
}

/**
 * gst_e2ee_policy_audit:
 * @pipeline: a pipeline or a bin in it
 *
 * Where decrypted media of @pipeline can go without passing an e2eepolicy, by the links of now.  Each
 * finding is a structure "e2ee-audit" with the strings `element` (path), `factory`, `klass`,
 * `decryptor` (path) and `kind`: "ungated" is a fault, "display" a screen or a loudspeaker, "discard" a
 * fakesink.  Any thread.
 *
 * Returns: (transfer full) (element-type GstStructure): what was found
 *
 * Since: 0.1
 */
GList *
gst_e2ee_policy_audit (GstBin * pipeline)
{
  Walk walk = { NULL, NULL, NULL };
  GstIteratorResult result;
  GstIterator *decryptors;

  g_return_val_if_fail (GST_IS_BIN (pipeline), NULL);

  decryptors = gst_bin_iterate_all_by_element_factory_name (pipeline, "e2eedec");
  do {
    g_list_free_full (walk.found, (GDestroyNotify) gst_structure_free);
    walk.found = NULL;
    g_clear_pointer (&walk.seen, g_hash_table_unref);
    walk.seen = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
    result = gst_iterator_foreach (decryptors, walk_decryptor, &walk);
    if (result == GST_ITERATOR_RESYNC)
      gst_iterator_resync (decryptors);
  } while (result == GST_ITERATOR_RESYNC);
  gst_iterator_free (decryptors);
  g_hash_table_unref (walk.seen);
  return g_list_reverse (walk.found);
}

/**
 * gst_e2ee_policy_count_faults:
 * @findings: (element-type GstStructure): what gst_e2ee_policy_audit() found
 *
 * Returns: how many of @findings are "ungated"
 *
 * Since: 0.1
 */
guint
gst_e2ee_policy_count_faults (GList * findings)
{
  guint n = 0;

  for (GList * l = findings; l != NULL; l = l->next)
    n += g_strcmp0 (gst_structure_get_string (l->data, "kind"), "ungated") == 0;
  return n;
}
