/* The command line of e2ee-call.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "options.h"

#include <gst/gst.h>

#include "common/sources.h"

static const gchar *
what_is_wrong (const CallOptions * options, gboolean no_keys)
{
  if (!options->rendezvous || !options->name)
    return "--rendezvous and --name are needed";
  if (g_strcmp0 (options->call, options->name) == 0)
    return "nobody can call himself";
  if (!options->key_file && !no_keys && !options->wiretap)
    return "--key-file is needed; without any key (--no-keys) nothing is sent and nothing is shown";
  if (options->key_file && no_keys)
    return "--key-file and --no-keys exclude each other";
  if (options->wiretap && (options->call || options->copy_to || options->record))
    return "a wiretap only listens: no --call, --send-copy-to, --record";
  if (options->seconds < 0 || options->late_key < 0)
    return "time runs forward only";
  return NULL;
}

CallOptions *
call_options_parse (int *argc, char ***argv, GError ** error)
{
  CallOptions *options = g_new0 (CallOptions, 1);
  gboolean no_keys = FALSE;
  gchar *video_codec = NULL, *audio_codec = NULL;
  const gchar *wrong;
  const GOptionEntry entries[] = {
    {"rendezvous", 'r', 0, G_OPTION_ARG_STRING, &options->rendezvous,
        "Where the participants meet: wss://HOST:PORT/, or ws://127.0.0.1:PORT/", "URL"},
    {"tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_ca,
        "The only certificates (PEM) to trust, instead of the system's", "FILE"},
    {"room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room (default: call)", "ROOM"},
    {"name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "Own name in the room", "NAME"},
    {"call", 'c', 0, G_OPTION_ARG_STRING, &options->call,
        "Call NAME as soon as he is there; without it, wait to be called", "NAME"},
    {"key-file", 'k', 0, G_OPTION_ARG_FILENAME, &options->key_file,
        "JWK Set with the keys", "FILE"},
    {"key-id", 0, 0, G_OPTION_ARG_INT64, &options->key_id,
        "The key of the file to send with", "ID"},
    {"no-keys", 0, 0, G_OPTION_ARG_NONE, &no_keys, "Take part without any key", NULL},
    {"late-key", 0, 0, G_OPTION_ARG_INT, &options->late_key,
        "Give the decryptors their keys so many ms after their first packet", "MS"},
    {"video-source", 0, 0, G_OPTION_ARG_STRING, &options->video_source,
        "Live source as a gst-launch line, or none", "LINE"},
    {"audio-source", 0, 0, G_OPTION_ARG_STRING, &options->audio_source,
        "Live source as a gst-launch line, or none", "LINE"},
    {"codec", 0, 0, G_OPTION_ARG_STRING, &video_codec,
        "What to send video with: vp8 (default), vp9, h264, h265", "NAME"},
    {"audio-codec", 0, 0, G_OPTION_ARG_STRING, &audio_codec,
        "What to send audio with: opus (default), pcmu, pcma", "NAME"},
    {"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
        "How frames are protected: sframe (default), livekit, jitsi", "NAME"},
    {"packetization", 0, 0, G_OPTION_ARG_STRING, &options->packetization,
        "How protected frames are put into packets: codec (default), frame, packet", "NAME"},
    {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &options->seconds,
        "Send so long once all are connected; 0: until the others leave", "N"},
    {"send-copy-to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->copy_to,
        "Send the same encrypted packets to NAME, too", "NAME"},
    {"wiretap", 0, 0, G_OPTION_ARG_NONE, &options->wiretap,
        "Send nothing; try to make something of what comes, with the keys there are and without",
        NULL},
    {"stats", 0, 0, G_OPTION_ARG_FILENAME, &options->stats,
        "Write the figures of the call", "FILE.json"},
    {"evidence", 0, 0, G_OPTION_ARG_FILENAME, &options->evidence,
        "Write digests of frames and tiny pictures, for e2ee-report", "FILE.jsonl"},
    {"snapshot", 0, 0, G_OPTION_ARG_FILENAME, &options->snapshot,
        "Write the last picture received, with its shield", "FILE.png"},
    {"record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
        "Record what is received, as far as the policy allows", "FILE.mkv"},
    {"ice-address", 0, 0, G_OPTION_ARG_STRING, &options->ice_address,
        "Local address to use (default: 127.0.0.1)", "IP"},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Print what the elements say", NULL},
    {"control-clear-copy", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
        &options->control_clear_copy, "Negative control: copies are sent unencrypted", NULL},
    {"control-no-gate", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
        &options->control_no_gate, "Negative control: the recording has no gate", NULL},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("- takes part in an end-to-end encrypted call");

  options->key_id = -1;
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, argc, argv, error))
    goto fail;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "do not know what %s is",
        (*argv)[1]);
    goto fail;
  }

  wrong = what_is_wrong (options, no_keys);
  if (wrong) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
    goto fail;
  }
  options->video_codec = codec_choose ("video", video_codec ? video_codec : "vp8", error);
  if (!options->video_codec)
    goto fail;
  options->audio_codec = codec_choose ("audio", audio_codec ? audio_codec : "opus", error);
  if (!options->audio_codec)
    goto fail;
  if (!options->room)
    options->room = g_strdup ("call");
  if (!options->ice_address)
    options->ice_address = g_strdup ("127.0.0.1");
  options->video_source = sources_video (options->video_source);
  options->audio_source = sources_audio (options->audio_source);
  goto out;

fail:
  call_options_free (options);
  options = NULL;
out:
  g_free (video_codec);
  g_free (audio_codec);
  g_option_context_free (context);
  return options;
}

void
call_options_free (CallOptions * options)
{
  if (!options)
    return;
  g_free (options->rendezvous);
  g_free (options->tls_ca);
  g_free (options->room);
  g_free (options->name);
  g_free (options->call);
  g_free (options->key_file);
  g_free (options->format);
  g_free (options->packetization);
  g_free (options->video_source);
  g_free (options->audio_source);
  g_strfreev (options->copy_to);
  g_free (options->stats);
  g_free (options->evidence);
  g_free (options->snapshot);
  g_free (options->record);
  g_free (options->ice_address);
  g_free (options);
}
