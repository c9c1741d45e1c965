/* The command line of e2ee-call.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "common/codecs.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *rendezvous;
  gchar *tls_ca;                /* NULL: the system's authorities */
  gchar *room;
  gchar *name;
  gchar *call;                  /* NULL: wait for an offer */
  gchar *key_file;              /* NULL: no keys */
  gint64 key_id;                /* -1: the newest of the file */
  gint late_key;                /* milliseconds after the first packet; 0: from the start */
  gchar *format;                /* nicks of the elements' properties; NULL: their default */
  gchar *packetization;
  gchar *video_source;          /* launch lines; NULL: send none */
  gchar *audio_source;
  const Codec *video_codec;
  const Codec *audio_codec;
  gdouble seconds;              /* 0: until the others leave */
  gchar **copy_to;              /* NULL-terminated, or NULL */
  gboolean wiretap;
  gchar *stats;
  gchar *evidence;
  gchar *snapshot;
  gchar *record;
  gchar *ice_address;
  gboolean verbose;
  /* What makes the judging of a demo fail; the tests use them. */
  gboolean control_clear_copy;
  gboolean control_no_gate;
} CallOptions;

/* NULL and @error on a command line that makes no sense. */
CallOptions *call_options_parse (int *argc, char ***argv, GError ** error);
void call_options_free (CallOptions * options);

G_END_DECLS
