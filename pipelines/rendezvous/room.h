/* The rooms of a rendezvous: who is in which, and who hears of whom.
 *
 * Knows no sockets: a member is a function that takes text.  One thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define RENDEZVOUS_MAX_NAME 64
#define RENDEZVOUS_MAX_MEMBERS 64       /* of one room */
#define RENDEZVOUS_MAX_ROOMS 256

typedef struct _RendezvousRooms RendezvousRooms;
typedef struct _RendezvousMember RendezvousMember;

typedef void (*RendezvousSendFunc) (gpointer user_data, const gchar * text);

RendezvousRooms *rendezvous_rooms_new (void);
/* Every member must have been freed before. */
void rendezvous_rooms_free (RendezvousRooms * rooms);

/* Somebody has connected and is in no room yet.  @send may be called at any time until the
 * member is freed. */
RendezvousMember *rendezvous_member_new (RendezvousRooms * rooms, RendezvousSendFunc send,
    gpointer user_data);
/* He is gone: the others of his room are told. */
void rendezvous_member_free (RendezvousMember * member);

/* He said @text of @size bytes, not necessarily terminated.  What is wrong with it is answered
 * to him alone. */
void rendezvous_member_receive (RendezvousMember * member, const gchar * text, gsize size);

G_END_DECLS
