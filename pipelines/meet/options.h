/* The command line of e2ee-meet.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/policy.h>

G_BEGIN_DECLS

typedef enum
{
  ROLE_SPEAKER,
  ROLE_VIEWER,                  /* sends nothing, as a kiosk */
  ROLE_RECORDER,                /* sends and shows nothing */
  ROLE_WIRETAP                  /* sends nothing; makes of what comes what it can */
} Role;

typedef struct
{
  gchar *rendezvous;
  gchar *tls_ca;                /* NULL: the system's authorities */
  gchar *room;                  /* NULL: from the link */
  gchar *ticket;                /* files; all NULL: a wiretap that is no member */
  gchar *link;
  gchar *account;
  gchar *device;
  gchar *authorities;
  gchar *state;                 /* NULL: nothing is remembered */
  Role role;
  GstE2eeFloor floor;
  gchar *video_source;          /* launch lines; NULL: send none */
  gchar *audio_source;
  gchar *schedule;              /* commands; NULL: none */
  gint gather;                  /* the schedule begins when so many others are connected members */
  gchar *snapshots;             /* a folder; NULL: none */
  gchar *record;
  gchar *stats;
  gchar *evidence;
  gchar *ice_address;
  gboolean verbose;
  /* What makes the judging of a demo fail; the tests use them. */
  gboolean control_clear_copy;
  gboolean control_no_gate;
} MeetOptions;

/* NULL and @error on a command line that makes no sense. */
MeetOptions *meet_options_parse (int *argc, char ***argv, GError ** error);
void meet_options_free (MeetOptions * options);

G_END_DECLS
