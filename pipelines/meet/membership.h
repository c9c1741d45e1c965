/* This participant's meeting: made from files, told of in the journal, steered by commands.
 *
 * Main thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>
#include <gst/e2ee/meeting.h>
#include <jansson.h>

#include "common/journal.h"
#include "common/protection.h"
#include "options.h"

G_BEGIN_DECLS

typedef struct _Membership Membership;

typedef struct
{
  /* To everybody in the room, us included. */
  void (*send) (gpointer user_data, GBytes * message);
  /* Members have come, gone or changed. */
  void (*changed) (gpointer user_data);
  void (*state) (gpointer user_data, GstE2eeState state);
  /* We are in it no more, and did not leave: @why is a code. */
  void (*ended) (gpointer user_data, const gchar * why);
} MembershipHandlers;

/* @endpoint: our name in the room, by which members know whose media comes from there; the server
 * does not learn more than that.  @options, @journal and @handlers must stay. */
Membership *membership_new (const MeetOptions * options, const gchar * endpoint,
    Journal * journal, const MembershipHandlers * handlers, gpointer user_data, GError ** error);
void membership_free (Membership * membership);

/* Valid as long as @membership. */
const Protection *membership_protection (Membership * membership);
const gchar *membership_room (Membership * membership);

void membership_join (Membership * membership);
void membership_leave (Membership * membership);
void membership_receive (Membership * membership, GBytes * message);
/* on, off, chat, members, code. */
void membership_do (Membership * membership, const gchar * command, const gchar * text);

/* 0: we are none ourselves. */
guint membership_count_others (Membership * membership);
GstE2eeState membership_state (Membership * membership);
/* The name in the room of a host other than us; NULL while there is none.  (transfer full) */
gchar *membership_host_endpoint (Membership * membership);

json_t *membership_stats (Membership * membership);

G_END_DECLS
