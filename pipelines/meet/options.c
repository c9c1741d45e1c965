/* The command line of e2ee-meet.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "options.h"

#include <gst/gst.h>

#include "common/sources.h"
#include "schedule.h"

static gboolean
is_member (const MeetOptions * options)
{
  return options->ticket && options->link && options->account && options->device
      && options->authorities;
}

static gboolean
is_stranger (const MeetOptions * options)
{
  return !options->ticket && !options->link && !options->account && !options->device
      && !options->authorities;
}

static const gchar *
what_is_wrong (const MeetOptions * options)
{
  if (!options->rendezvous)
    return "--rendezvous is needed";
  if (!is_member (options) && !(options->role == ROLE_WIRETAP && is_stranger (options)))
    return "--ticket, --link-file, --account, --device and --authorities are needed";
  if (is_stranger (options) && !options->room)
    return "who has no link must name the --room";
  if (options->record && options->role == ROLE_WIRETAP)
    return "a wiretap does not --record";
  if (options->gather < 0)
    return "--gather is a number of people";
  return NULL;
}

static gboolean
choose (const gchar * text, const gchar * const *words, const gchar * what, gint * value,
    GError ** error)
{
  guint i;

  for (i = 0; text && words[i]; i++) {
    if (g_str_equal (text, words[i])) {
      *value = i;
      return TRUE;
    }
  }
  if (text)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s %s is none of %s, ...",
        what, text, words[0]);
  return !text;
}

static gboolean
check (MeetOptions * options, const gchar * role, const gchar * floor, GError ** error)
{
  static const gchar *const roles[] = { "speaker", "viewer", "recorder", "wiretap", NULL };
  static const gchar *const floors[] = { "allow", "require", "forbid", NULL };
  gint chosen_role = ROLE_SPEAKER, chosen_floor = GST_E2EE_FLOOR_ALLOW;
  const gchar *wrong;

  if (!choose (role, roles, "role", &chosen_role, error)
      || !choose (floor, floors, "e2ee", &chosen_floor, error))
    return FALSE;
  options->role = chosen_role;
  options->floor = chosen_floor;
  wrong = what_is_wrong (options);
  if (wrong) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
    return FALSE;
  }
  return !options->schedule || schedule_check (options->schedule, error);
}

MeetOptions *
meet_options_parse (int *argc, char ***argv, GError ** error)
{
  MeetOptions *options = g_new0 (MeetOptions, 1);
  gchar *role = NULL, *floor = NULL;
  gboolean no_send = FALSE;
  const GOptionEntry entries[] = {
    {"rendezvous", 'r', 0, G_OPTION_ARG_STRING, &options->rendezvous,
        "Where the participants meet: wss://HOST:PORT/, or ws://127.0.0.1:PORT/", "URL"},
    {"tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_ca,
        "The only certificates (PEM) to trust, instead of the system's", "FILE"},
    {"room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room (default: the meeting's)", "ROOM"},
    {"ticket", 0, 0, G_OPTION_ARG_FILENAME, &options->ticket, "The meeting's ticket", "FILE"},
    {"link-file", 0, 0, G_OPTION_ARG_FILENAME, &options->link,
        "The meeting's link, with its secret", "FILE"},
    {"account", 0, 0, G_OPTION_ARG_FILENAME, &options->account, "Own account token", "FILE"},
    {"device", 0, 0, G_OPTION_ARG_FILENAME, &options->device, "Own device key", "FILE"},
    {"authorities", 0, 0, G_OPTION_ARG_FILENAME, &options->authorities,
        "Who may vouch for accounts, as JWK Set", "FILE"},
    {"state-file", 0, 0, G_OPTION_ARG_FILENAME, &options->state,
        "What is remembered of the meeting after a restart, sealed", "FILE"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &role,
        "speaker (default), viewer: sends nothing, recorder: shows nothing either, or wiretap",
        "ROLE"},
    {"e2ee", 0, 0, G_OPTION_ARG_STRING, &floor,
        "allow (default): as the host decides; require: no clear media; forbid: leave when on",
        "FLOOR"},
    {"no-send", 0, 0, G_OPTION_ARG_NONE, &no_send, "Send nothing, whatever the role", NULL},
    {"video-source", 0, 0, G_OPTION_ARG_STRING, &options->video_source,
        "Live source as a gst-launch line, or none", "LINE"},
    {"audio-source", 0, 0, G_OPTION_ARG_STRING, &options->audio_source,
        "Live source as a gst-launch line, or none", "LINE"},
    {"schedule", 0, 0, G_OPTION_ARG_STRING, &options->schedule,
        "Commands at seconds: \"at 3 on; at 6 off; at 9 leave\"; others come by standard input",
        "TEXT"},
    {"gather", 0, 0, G_OPTION_ARG_INT, &options->gather,
        "Begin the schedule when N others are members and connected", "N"},
    {"snapshot-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->snapshots,
        "Write a picture received, with its shield, after every change", "DIR"},
    {"record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
        "Record what the host sends, as far as the meeting allows", "FILE.mkv"},
    {"stats", 0, 0, G_OPTION_ARG_FILENAME, &options->stats,
        "Write the figures of the meeting", "FILE.json"},
    {"evidence", 0, 0, G_OPTION_ARG_FILENAME, &options->evidence,
        "Write digests of frames and tiny pictures, for the report", "FILE.jsonl"},
    {"ice-address", 0, 0, G_OPTION_ARG_STRING, &options->ice_address,
        "Local address to use (default: 127.0.0.1)", "IP"},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Print what the elements say", NULL},
    {"control-clear-copy", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
        &options->control_clear_copy, "Negative control: a wiretap is sent what is in clear", NULL},
    {"control-no-gate", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
        &options->control_no_gate, "Negative control: the recording has no gate", NULL},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("- takes part in an encrypted meeting");
  gboolean good;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  good = g_option_context_parse (context, argc, argv, error);
  if (good && *argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "do not know what %s is",
        (*argv)[1]);
    good = FALSE;
  }
  good = good && check (options, role, floor, error);
  if (good) {
    gboolean sends = options->role == ROLE_SPEAKER && !no_send;

    if (!options->ice_address)
      options->ice_address = g_strdup ("127.0.0.1");
    options->video_source = sources_video (options->video_source);
    options->audio_source = sources_audio (options->audio_source);
    if (!sends) {
      g_clear_pointer (&options->video_source, g_free);
      g_clear_pointer (&options->audio_source, g_free);
    }
  } else {
    g_clear_pointer (&options, meet_options_free);
  }
  g_free (role);
  g_free (floor);
  g_option_context_free (context);
  return options;
}

void
meet_options_free (MeetOptions * options)
{
  if (!options)
    return;
  g_free (options->rendezvous);
  g_free (options->tls_ca);
  g_free (options->room);
  g_free (options->ticket);
  g_free (options->link);
  g_free (options->account);
  g_free (options->device);
  g_free (options->authorities);
  g_free (options->state);
  g_free (options->video_source);
  g_free (options->audio_source);
  g_free (options->schedule);
  g_free (options->snapshots);
  g_free (options->record);
  g_free (options->stats);
  g_free (options->evidence);
  g_free (options->ice_address);
  g_free (options);
}
