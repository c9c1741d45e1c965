/* The words (wording.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Names come from others: they are never shown outside of a sentence that says what they are, so
 * that somebody named "End-to-end encrypted" becomes the speaker of that name and no status. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/wording.h"
#include "elements/catalogue.h"
#include "elements/shapes.h"

#include "core/meeting/text.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* Bytes of UTF-8; what is longer is cut, and what is too wide for the plate gets an ellipsis. */
#define MAX_NAME 96

/* A name in another direction must not turn the words around it over. */
#define FIRST_STRONG_ISOLATE "\342\201\250"
#define POP_DIRECTIONAL_ISOLATE "\342\201\251"

struct _E2eeWording
{
  E2eeCatalogue *catalogue;     /* NULL: English */
  gboolean rtl;
};

static const gchar *const states[] = {
  [GST_E2EE_STATE_UNKNOWN] = N_("Status unknown"),
  [GST_E2EE_STATE_OFF] = N_("Not end-to-end encrypted"),
  [GST_E2EE_STATE_SWITCHING] = N_("Switching…"),
  [GST_E2EE_STATE_ON] = N_("End-to-end encrypted"),
  [GST_E2EE_STATE_VERIFIED] = N_("Encrypted and verified"),
  [GST_E2EE_STATE_DEGRADED] = N_("Not everyone is protected"),
};

static const struct
{
  const gchar *code;
  const gchar *text;
  const gchar *named;           /* with a name for %s */
} reasons[] = {
  [E2EE_REASON_NONE] = {"", NULL, NULL},
  [E2EE_REASON_KEY_MISSING] = {"key-missing", N_("Key missing"), N_("Key missing: %s")},
  [E2EE_REASON_NOT_ENCRYPTED] = {"not-encrypted", N_("Somebody is not encrypted"),
      N_("Not encrypted: %s")},
  [E2EE_REASON_WAITING] = {"waiting", N_("Waiting for others"), N_("Waiting for %s")},
  [E2EE_REASON_STALE] = {"stale", N_("Nothing heard lately"), N_("Nothing heard from %s")},
  [E2EE_REASON_NO_STATUS] = {"no-status", N_("Nothing vouches for this picture"), NULL},
  [E2EE_REASON_SILENT_STREAM] = {"silent-stream", N_("Nothing vouches for a part of this picture"),
      NULL},
  [E2EE_REASON_NO_MEETING] = {"no-meeting", N_("There is no meeting"), NULL},
  [E2EE_REASON_BEHIND] = {"behind", N_("This device is behind the others"), NULL},
  [E2EE_REASON_FORK] = {"fork", N_("The others disagree on who is in the meeting"), NULL},
  [E2EE_REASON_SILENT] = {"silent", N_("Nothing heard from the others"), NULL},
  [E2EE_REASON_NOT_JOINED] = {"not-joined", N_("Not in the meeting"), NULL},
  [E2EE_REASON_REMOVED] = {"removed", N_("Removed from the meeting"), NULL},
  [E2EE_REASON_MEETING] = {"meeting", N_("The meeting is not in order"), NULL},
};

static E2eeReason
known_reason (E2eeReason reason)
{
  return (guint) reason < G_N_ELEMENTS (reasons) ? reason : E2EE_REASON_NONE;
}

const gchar *
e2ee_reason_get_code (E2eeReason reason)
{
  return reasons[known_reason (reason)].code;
}

E2eeReason
e2ee_reason_from_meeting (const gchar * code)
{
  static const struct
  {
    const gchar *code;
    E2eeReason reason;
  } known[] = {
    {"behind", E2EE_REASON_BEHIND}, {"state-behind", E2EE_REASON_BEHIND},
    {"fork", E2EE_REASON_FORK}, {"silent", E2EE_REASON_SILENT},
    {"not-joined", E2EE_REASON_NOT_JOINED}, {"removed", E2EE_REASON_REMOVED},
  };

  if (code == NULL)
    return E2EE_REASON_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (code, known[i].code) == 0)
      return known[i].reason;
  return E2EE_REASON_MEETING;
}

static gboolean
has_letter_from_right (const gchar * text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalpha (g_utf8_get_char (text)))
      switch (g_unichar_get_script (g_utf8_get_char (text))) {
        case G_UNICODE_SCRIPT_ARABIC:
        case G_UNICODE_SCRIPT_HEBREW:
        case G_UNICODE_SCRIPT_SYRIAC:
        case G_UNICODE_SCRIPT_THAANA:
        case G_UNICODE_SCRIPT_NKO:
        case G_UNICODE_SCRIPT_ADLAM:
          return TRUE;
        default:
          break;
      }
  return FALSE;
}

E2eeWording *
e2ee_wording_new (const gchar * language)
{
  E2eeWording *self = g_new0 (E2eeWording, 1);

  self->catalogue = e2ee_catalogue_new (language);
  self->rtl = has_letter_from_right (e2ee_wording_get_state (self, GST_E2EE_STATE_ON));
  return self;
}

void
e2ee_wording_free (E2eeWording * self)
{
  if (self == NULL)
    return;
  e2ee_catalogue_free (self->catalogue);
  g_free (self);
}

gboolean
e2ee_wording_is_rtl (const E2eeWording * self)
{
  return self->rtl;
}

const gchar *
e2ee_wording_get_state (const E2eeWording * self, GstE2eeState state)
{
  return e2ee_catalogue_lookup (self->catalogue, states[e2ee_shape_known_state (state)]);
}

/* @text with @name in place of its %s; no printf, because the text comes from a file. */
static gchar *
insert_name (const gchar * text, const gchar * name)
{
  gchar safe[MAX_NAME + 1];
  const gchar *at = strstr (text, "%s");

  if (at == NULL)
    return g_strdup (text);
  e2ee_text_sanitize (E2EE_BYTES (name, strlen (name)), safe, sizeof (safe));
  /* Few fonts have the isolates, and looking for one that does takes many milliseconds. */
  if (!has_letter_from_right (text) && !has_letter_from_right (safe))
    return g_strdup_printf ("%.*s%s%s", (gint) (at - text), text, safe, at + 2);
  return g_strdup_printf ("%.*s" FIRST_STRONG_ISOLATE "%s" POP_DIRECTIONAL_ISOLATE "%s",
      (gint) (at - text), text, safe, at + 2);
}

gchar *
e2ee_wording_dup_reason (const E2eeWording * self, const E2eeVerdict * verdict)
{
  E2eeReason reason = known_reason (verdict->reason);

  if (reasons[reason].text == NULL)
    return NULL;
  if (verdict->name == NULL || *verdict->name == '\0' || reasons[reason].named == NULL)
    return g_strdup (e2ee_catalogue_lookup (self->catalogue, reasons[reason].text));
  return insert_name (e2ee_catalogue_lookup (self->catalogue, reasons[reason].named),
      verdict->name);
}

gchar *
e2ee_wording_dup_speaker (const E2eeWording * self, const E2eeVerdict * verdict)
{
  if (verdict->speaker == NULL || *verdict->speaker == '\0')
    return NULL;
  return insert_name (e2ee_catalogue_lookup (self->catalogue, N_("Speaker: %s")),
      verdict->speaker);
}

gchar *
e2ee_wording_dup_text (const E2eeWording * self, const E2eeVerdict * verdict)
{
  const gchar *state = e2ee_wording_get_state (self, verdict->state);
  gchar *reason = e2ee_wording_dup_reason (self, verdict);
  /* TRANSLATORS: a state and its reason: "Not everyone is protected (Key missing: Alice)" */
  const gchar *both = e2ee_catalogue_lookup (self->catalogue, N_("%s (%s)"));
  const gchar *second;
  GString *text;

  if (reason == NULL)
    return g_strdup (state);
  text = g_string_new (both);
  second = strstr (both, "%s");
  if (second == NULL || strstr (second + 2, "%s") == NULL) {
    g_string_printf (text, "%s (%s)", state, reason);
  } else {
    gsize first_at = second - both, second_at = strstr (second + 2, "%s") - both;

    g_string_erase (text, second_at, 2);
    g_string_insert (text, second_at, reason);
    g_string_erase (text, first_at, 2);
    g_string_insert (text, first_at, state);
  }
  g_free (reason);
  return g_string_free (text, FALSE);
}
