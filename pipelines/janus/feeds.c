/* Whom we hear in a room.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "feeds.h"

/* More than a room is made for, and less than would exhaust the machine. */
#define MAX_LEGS 64

struct _Feeds
{
  const LegContext *context;
  Gateway *gateway;
  const LegHandlers *handlers;
  gpointer user_data;
  GPtrArray *legs;              /* Leg * */
  json_t *past;                 /* figures of legs that are gone */
};

Feeds *
feeds_new (const LegContext * context, Gateway * gateway, const LegHandlers * handlers,
    gpointer user_data)
{
  Feeds *feeds = g_new0 (Feeds, 1);

  feeds->context = context;
  feeds->gateway = gateway;
  feeds->handlers = handlers;
  feeds->user_data = user_data;
  feeds->legs = g_ptr_array_new_with_free_func ((GDestroyNotify) leg_free);
  feeds->past = json_array ();
  return feeds;
}

void
feeds_free (Feeds * feeds)
{
  g_ptr_array_unref (feeds->legs);
  json_decref (feeds->past);
  g_free (feeds);
}

Leg *
feeds_find (Feeds * feeds, const json_t * id)
{
  guint i;

  for (i = 0; i < feeds->legs->len; i++) {
    Leg *leg = g_ptr_array_index (feeds->legs, i);

    if (json_equal (leg_get_feed (leg), id))
      return leg;
  }
  return NULL;
}

gboolean
feeds_have (Feeds * feeds, const Leg * leg)
{
  return g_ptr_array_find (feeds->legs, leg, NULL);
}

guint
feeds_count (Feeds * feeds)
{
  return feeds->legs->len;
}

gboolean
feeds_are_connected (Feeds * feeds)
{
  guint i;

  for (i = 0; i < feeds->legs->len; i++) {
    if (!leg_is_connected (g_ptr_array_index (feeds->legs, i)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
name_is_taken (Feeds * feeds, const gchar * name)
{
  guint i;

  for (i = 0; i < feeds->legs->len; i++) {
    if (g_str_equal (leg_get_name (g_ptr_array_index (feeds->legs, i)), name))
      return TRUE;
  }
  return FALSE;
}

/* People choose their names themselves, and two may have chosen the same. */
static gchar *
name_of (Feeds * feeds, const json_t * publisher, const json_t * id)
{
  const gchar *text = json_string_value (json_object_get (publisher, "display"));
  gchar *display = gateway_readable (text ? text : "");
  gchar *number, *name;

  if (*display && !name_is_taken (feeds, display))
    return display;
  number = json_is_string (id) ? gateway_readable (json_string_value (id))
      : g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (id));
  name = g_strdup_printf ("%s (%s)", display, number);
  g_free (number);
  g_free (display);
  return name;
}

gboolean
feeds_subscribe (Feeds * feeds, const json_t * publishers, json_int_t private_id)
{
  gboolean anybody = FALSE;
  json_t *publisher;
  size_t i;

  json_array_foreach (publishers, i, publisher) {
    json_t *id = json_object_get (publisher, "id");
    gchar *name;

    if (!(json_is_integer (id) || json_is_string (id)) || feeds_find (feeds, id))
      continue;
    if (feeds->legs->len == MAX_LEGS) {
      g_printerr ("e2ee-janus: more than %d publish; the others are not heard\n", MAX_LEGS);
      break;
    }
    name = name_of (feeds, publisher, id);
    journal_note (feeds->context->journal, "publishes", json_pack ("{s:s}", "who", name));
    g_ptr_array_add (feeds->legs, leg_subscribe (feeds->context, feeds->gateway, id, private_id,
            name, feeds->handlers, feeds->user_data));
    g_free (name);
    anybody = TRUE;
  }
  return anybody;
}

void
feeds_let_go (Feeds * feeds, Leg * leg, gint64 begun)
{
  json_array_append_new (feeds->past, leg_stats (leg, begun));
  journal_note (feeds->context->journal, "gone", json_pack ("{s:s}", "who", leg_get_name (leg)));
  g_ptr_array_remove (feeds->legs, leg);
}

void
feeds_choose_layer (Feeds * feeds, const gchar * what, gint layer)
{
  guint i;

  for (i = 0; i < feeds->legs->len; i++)
    leg_choose_layer (g_ptr_array_index (feeds->legs, i), what, layer);
}

void
feeds_add_stats (Feeds * feeds, json_t * peers, gint64 begun)
{
  guint i;

  json_array_extend (peers, feeds->past);
  for (i = 0; i < feeds->legs->len; i++)
    json_array_append_new (peers, leg_stats (g_ptr_array_index (feeds->legs, i), begun));
}
