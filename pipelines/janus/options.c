/* The command line of e2ee-janus.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "options.h"

#include <gst/gst.h>

#include "common/sources.h"

/* A word or two; whatever is larger is another file. */
#define MAX_WORD 4096

static const gchar *
what_is_wrong (const JanusOptions * options, gboolean no_keys, gboolean no_send,
    const gchar * required)
{
  if (!options->gateway || !options->room || !options->name)
    return "--gateway, --room and --name are needed";
  if (!options->key_file && !no_keys && !options->wiretap)
    return "--key-file is needed; without any key (--no-keys) nothing is sent and nothing is shown";
  if (options->key_file && no_keys)
    return "--key-file and --no-keys exclude each other";
  if (options->wiretap && (options->record || options->no_receive))
    return "a wiretap only listens: no --record, --no-receive";
  if (no_send && options->no_receive)
    return "--no-send and --no-receive leave nothing to do";
  if (options->seconds < 0)
    return "time runs forward only";
  if (required && g_strcmp0 (required, "e2ee") != 0)
    return "all that can be required of a room is \"e2ee\"";
  return NULL;
}

/* What would stand in the list of processes on a command line stands in a file. */
static gboolean
read_word (const gchar * path, gchar ** word, GError ** error)
{
  gsize size;

  if (!path)
    return TRUE;
  if (!g_file_get_contents (path, word, &size, error))
    return FALSE;
  g_strchomp (*word);
  if (size <= MAX_WORD && **word && g_utf8_validate (*word, -1, NULL)
      && !g_strrstr (*word, "\n"))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s does not hold one line", path);
  return FALSE;
}

static gboolean
choose_codecs (JanusOptions * options, const gchar * video, const gchar * audio, GError ** error)
{
  options->video_codec = codec_choose ("video", video ? video : "vp8", error);
  if (options->video_codec)
    options->audio_codec = codec_choose ("audio", audio ? audio : "opus", error);
  return options->audio_codec != NULL;
}

static void
fill_in (JanusOptions * options, gboolean no_send)
{
  options->video_source = sources_video (options->video_source);
  options->audio_source = sources_audio (options->audio_source);
  if (no_send || options->wiretap) {
    g_clear_pointer (&options->video_source, g_free);
    g_clear_pointer (&options->audio_source, g_free);
  }
}

JanusOptions *
janus_options_parse (int *argc, char ***argv, GError ** error)
{
  JanusOptions *options = g_new0 (JanusOptions, 1);
  gboolean no_keys = FALSE, no_send = FALSE;
  gchar *video_codec = NULL, *audio_codec = NULL, *required = NULL;
  gchar *pin = NULL, *token = NULL, *secret = NULL;
  const gchar *wrong = NULL;
  gboolean good;
  const GOptionEntry entries[] = {
    {"gateway", 'g', 0, G_OPTION_ARG_STRING, &options->gateway,
        "WebSocket API of the gateway: wss://HOST:PORT/, or ws://127.0.0.1:PORT/", "URL"},
    {"tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_ca,
        "The only certificates (PEM) to trust, instead of the system's", "FILE"},
    {"room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room, a number or a text", "ROOM"},
    {"name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "Own name in the room", "NAME"},
    {"require", 0, 0, G_OPTION_ARG_STRING, &required,
        "e2ee: enter only a room that refuses publishers without end-to-end encryption", "WHAT"},
    {"pin-file", 0, 0, G_OPTION_ARG_FILENAME, &pin, "The room's PIN", "FILE"},
    {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &token, "Token, if the gateway asks for one",
        "FILE"},
    {"api-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &secret,
        "API secret, if the gateway asks for one", "FILE"},
    {"key-file", 'k', 0, G_OPTION_ARG_FILENAME, &options->key_file, "JWK Set with the keys",
        "FILE"},
    {"key-id", 0, 0, G_OPTION_ARG_INT64, &options->key_id, "The key of the file to send with",
        "ID"},
    {"no-keys", 0, 0, G_OPTION_ARG_NONE, &no_keys, "Take part without any key", NULL},
    {"no-send", 0, 0, G_OPTION_ARG_NONE, &no_send, "Publish nothing", NULL},
    {"no-receive", 0, 0, G_OPTION_ARG_NONE, &options->no_receive, "Subscribe to nobody", NULL},
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
        "Stay so long once media flow; 0: until the others leave", "N"},
    {"stay", 0, 0, G_OPTION_ARG_NONE, &options->stay,
        "Stay when the others have left or cannot be reached, for those who come", NULL},
    {"wiretap", 0, 0, G_OPTION_ARG_NONE, &options->wiretap,
        "Send nothing; try to make something of what comes, with the keys there are and without",
        NULL},
    {"stats", 0, 0, G_OPTION_ARG_FILENAME, &options->stats, "Write the figures at the end",
        "FILE.json"},
    {"evidence", 0, 0, G_OPTION_ARG_FILENAME, &options->evidence,
        "Write digests of frames and tiny pictures", "FILE.jsonl"},
    {"snapshot", 0, 0, G_OPTION_ARG_FILENAME, &options->snapshot,
        "Write the last picture received, with its shield", "FILE.png"},
    {"record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
        "Record what is received, as far as the policy allows", "FILE.mkv"},
    {"ice-address", 0, 0, G_OPTION_ARG_STRING, &options->ice_address,
        "The only local address to use (default: all but loopback)", "IP"},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Print what the elements say", NULL},
    {"control-no-flag", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->control_no_flag,
        "Negative control: session descriptions do not say that media are encrypted", NULL},
    {"control-lose", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options->control_lose,
        "Control: lose what comes of each stream in its first so many ms", "MS"},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("- takes part in a VideoRoom of a Janus gateway");

  options->key_id = -1;
  g_option_context_set_description (context, "Commands on standard input: substream 0-2, "
      "temporal 0-2, stats, leave\n");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  good = g_option_context_parse (context, argc, argv, error);
  if (good && *argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "do not know what %s is",
        (*argv)[1]);
    good = FALSE;
  }
  if (good)
    wrong = what_is_wrong (options, no_keys, no_send, required);
  if (wrong) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
    good = FALSE;
  }
  options->needs_e2ee = required != NULL;
  good = good && choose_codecs (options, video_codec, audio_codec, error)
      && read_word (pin, &options->pin, error) && read_word (token, &options->token, error)
      && read_word (secret, &options->api_secret, error);
  if (good)
    fill_in (options, no_send);
  else
    g_clear_pointer (&options, janus_options_free);
  g_free (video_codec);
  g_free (audio_codec);
  g_free (required);
  g_free (pin);
  g_free (token);
  g_free (secret);
  g_option_context_free (context);
  return options;
}

void
janus_options_free (JanusOptions * options)
{
  if (!options)
    return;
  g_free (options->gateway);
  g_free (options->tls_ca);
  g_free (options->room);
  g_free (options->name);
  g_free (options->pin);
  g_free (options->token);
  g_free (options->api_secret);
  g_free (options->key_file);
  g_free (options->format);
  g_free (options->packetization);
  g_free (options->video_source);
  g_free (options->audio_source);
  g_free (options->stats);
  g_free (options->evidence);
  g_free (options->snapshot);
  g_free (options->record);
  g_free (options->ice_address);
  g_free (options);
}
