/* People in a meeting, for tests of its GObject: accounts, a ticket, a delivery service in memory, and
 * time that the test holds.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/e2ee/e2ee.h>

#include "api/meeting-test.h"

G_BEGIN_DECLS

#define ROOM_MAX_PEOPLE 12

typedef struct _Room Room;

/* Somebody with an account, a device and, as a rule, a meeting. */
typedef struct
{
  Room *room;
  const gchar *name;            /* his subject is the name in lower case */
  e2ee_device *device;
  gchar *token;
  gchar *key_file;
  gchar *state_file;            /* NULL: keeps nothing */
  GstE2eeMeeting *meeting;
  gboolean is_cut_off;          /* gets nothing and sends nothing; it is lost */
  gboolean is_held_back;        /* gets nothing yet: it is kept for room_let_through() */
  GQueue kept;                  /* GBytes */
  GString *told;                /* every signal as a line, see room.c */
  guint64 last_request;
} Person;

struct _Room
{
  guint64 begin;                /* seconds since 1970 at now_ms 0 */
  gint64 now_ms;                /* atomic: elements may look */
  gchar *folder;
  e2ee_device *authority;
  gchar *authorities;
  gchar *ticket;
  gchar *link;
  guint8 join_secret[32];
  gboolean at_once;             /* messages come back while they are being sent */
  GMutex lock;
  GQueue messages;              /* GBytes */
  Person people[ROOM_MAX_PEOPLE];
  guint n_people;
};

/* @names: of those who come, separated by a space; the first is the host and has a paid account, a
 * name that begins with "Guest" has none.  @policy: allow, require (initially on) or forbid.  Nobody
 * has joined yet. */
Room *room_new (const gchar * names, GstE2eeFloor policy);
/* The same for meetings with the real clock: papers are valid now, and no meeting is made. */
Room *room_new_now (const gchar * names, GstE2eeFloor policy);
void room_free (Room * room);

/* Makes the meeting of a person without one, @name as its name in the process. */
GstE2eeMeeting *room_open (Person * person, const gchar * name, GError ** error);
/* Drops it as if the program had ended. */
void room_close (Person * person);

/* Delivers and lets what is due happen, until all is quiet. */
void room_settle (Room * room);
/* The same while time goes on by @ms. */
void room_advance (Room * room, guint ms);

/* Gives him what was kept, and from now on what comes. */
void room_let_through (Person * person);

/* All join, one after the other, and are members. */
void room_join (Room * room);
/* The host turns encryption on or off; everybody has merged it. */
void room_turn (Room * room, gboolean on);

/* How often @line was told; clears with room_forget(). */
guint room_told (const Person * person, const gchar * line);
void room_forget (Room * room);

G_END_DECLS
