/* The command line of e2ee-janus.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "common/codecs.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *gateway;
  gchar *tls_ca;                /* NULL: the system's authorities */
  gchar *room;
  gchar *name;
  gchar *pin;                   /* out of files; NULL: none is asked for */
  gchar *token;
  gchar *api_secret;
  gchar *key_file;              /* NULL: no keys */
  gint64 key_id;                /* -1: the newest of the file */
  gchar *format;                /* nicks of the elements' properties; NULL: their default */
  gchar *packetization;
  gchar *video_source;          /* launch lines; NULL: send none */
  gchar *audio_source;
  const Codec *video_codec;
  const Codec *audio_codec;
  gdouble seconds;              /* 0: until the others leave */
  gboolean no_receive;
  gboolean stay;
  gboolean wiretap;
  gboolean needs_e2ee;          /* of the room */
  gchar *stats;
  gchar *evidence;
  gchar *snapshot;
  gchar *record;
  gchar *ice_address;           /* NULL: all */
  gboolean verbose;
  /* What a room that demands encryption refuses; the tests use it. */
  gboolean control_no_flag;
  gint control_lose;            /* ms */
} JanusOptions;

/* NULL and @error on a command line that makes no sense, or a file that cannot be read. */
JanusOptions *janus_options_parse (int *argc, char ***argv, GError ** error);
void janus_options_free (JanusOptions * options);

G_END_DECLS
