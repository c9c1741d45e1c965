/* The keys of one participant, out of a file.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "keys.h"

#include <gst/e2ee/e2ee.h>

struct _Keys
{
  GstE2eeKeyFile *file;         /* NULL: no keys */
  gint64 key_id;
  gint64 late;                  /* microseconds */
  gint first_asked;             /* atomic, for since */
  gint64 since;
  gchar *format;                /* NULL: the elements' default */
  gchar *packetization;
  Protection protection;
};

static void
set_up_wire (Keys * keys, GstElement * element)
{
  if (keys->format)
    gst_util_set_object_arg (G_OBJECT (element), "format", keys->format);
  if (keys->packetization)
    gst_util_set_object_arg (G_OBJECT (element), "packetization", keys->packetization);
}

/* Whether the enumeration @property has @nick; @error says what it has. */
static gboolean
check_nick (GstElement * element, const gchar * property, const gchar * nick, GError ** error)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), property);
  GEnumClass *values = G_PARAM_SPEC_ENUM (spec)->enum_class;
  GString *known;
  guint i;

  if (!nick || g_enum_get_value_by_nick (values, nick))
    return TRUE;
  known = g_string_new (NULL);
  for (i = 0; i < values->n_values; i++)
    g_string_append_printf (known, "%s%s", i ? ", " : "", values->values[i].value_nick);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s \"%s\" is not one of %s",
      property, nick, known->str);
  g_string_free (known, TRUE);
  return FALSE;
}

static gboolean
check_wire (const KeysOptions * options, GError ** error)
{
  GstElement *element;
  gboolean known;

  if (!options->format && !options->packetization)
    return TRUE;
  if (g_strcmp0 (options->format, "srtp") == 0) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "format \"srtp\" cannot go through a webrtcbin, which puts SRTP of its own around every hop");
    return FALSE;
  }
  element = gst_element_factory_make ("e2eeenc", NULL);
  if (!element) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "the GStreamer element e2eeenc is missing");
    return FALSE;
  }
  known = check_nick (element, "format", options->format, error)
      && check_nick (element, "packetization", options->packetization, error);
  gst_object_unref (gst_object_ref_sink (element));
  return known;
}

static void
set_up_encryptor (gpointer user_data, GstElement * element, const gchar * media)
{
  Keys *keys = user_data;

  set_up_wire (keys, element);
  if (keys->file)
    g_object_set (element, "key-provider", keys->file, "key-id", keys->key_id, NULL);
}

/* Answers request-key, but not before it is late enough.  Streaming threads. */
static GstE2eeKey *
on_request_key (GstElement * element, guint64 key_id, Keys * keys)
{
  GstE2eeKey *found = NULL;
  GList *list;

  if (g_atomic_int_compare_and_exchange (&keys->first_asked, 0, 1)) {
    keys->since = g_get_monotonic_time ();
    g_atomic_int_set (&keys->first_asked, 2);
  }
  if (g_atomic_int_get (&keys->first_asked) != 2
      || g_get_monotonic_time () - keys->since < keys->late)
    return NULL;

  list = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (keys->file),
      GST_E2EE_KEY_USAGE_DECRYPT);
  for (GList * link = list; link && !found; link = link->next)
    if (gst_e2ee_key_get_key_id (link->data) == key_id)
      found = gst_e2ee_key_ref (link->data);
  g_list_free_full (list, (GDestroyNotify) gst_e2ee_key_unref);
  return found;
}

static void
set_up_decryptor (gpointer user_data, GstElement * element)
{
  Keys *keys = user_data;

  set_up_wire (keys, element);
  if (keys->file && keys->late > 0)
    g_signal_connect (element, "request-key", G_CALLBACK (on_request_key), keys);
  else if (keys->file)
    g_object_set (element, "key-provider", keys->file, NULL);
}

Keys *
keys_new (const KeysOptions * options, GError ** error)
{
  Keys *keys;

  if (!check_wire (options, error))
    return NULL;
  keys = g_new0 (Keys, 1);
  keys->key_id = options->key_id;
  keys->late = options->late * G_TIME_SPAN_MILLISECOND;
  keys->format = g_strdup (options->format);
  keys->packetization = g_strdup (options->packetization);
  keys->protection.encryptor = set_up_encryptor;
  keys->protection.decryptor = set_up_decryptor;
  keys->protection.user_data = keys;
  if (options->file) {
    keys->file = gst_e2ee_key_file_new (options->file, error);
    if (!keys->file)
      g_clear_pointer (&keys, keys_free);
  }
  return keys;
}

void
keys_free (Keys * keys)
{
  if (!keys)
    return;
  g_clear_object (&keys->file);
  g_free (keys->format);
  g_free (keys->packetization);
  g_free (keys);
}

const Protection *
keys_protection (Keys * keys)
{
  return &keys->protection;
}

gboolean
keys_reload (Keys * keys, GError ** error)
{
  return !keys->file || gst_e2ee_key_file_reload (keys->file, error);
}
