/* The rooms of a rendezvous: who is in which, and who hears of whom.
 *
 * Knows no sockets and no clock: a member is a function that takes text.  One thread, and that is
 * what gives a room its one order: a broadcast has gone to everybody before the next is looked at.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define RENDEZVOUS_MAX_NAME 64
#define RENDEZVOUS_MAX_MEMBERS 64       /* of one room */
#define RENDEZVOUS_MAX_ROOMS 256
/* What a browser with every codec describes is 10 kB. */
#define RENDEZVOUS_MAX_MESSAGE (64 * 1024)
/* 1 MiB in base64. */
#define RENDEZVOUS_MAX_DATA ((1024 * 1024 + 2) / 3 * 4)

typedef struct _RendezvousRooms RendezvousRooms;
typedef struct _RendezvousMember RendezvousMember;

/* @text may be kept, with g_ref_string_acquire(): what goes to many is there once. */
typedef void (*RendezvousSendFunc) (gpointer user_data, GRefString * text);
/* Everything that a member said and that was not refused, as he said it. */
typedef void (*RendezvousTapFunc) (gpointer user_data, const gchar * room, const gchar * from,
    const gchar * text, gsize size);

/* @tap may be NULL. */
RendezvousRooms *rendezvous_rooms_new (RendezvousTapFunc tap, gpointer user_data);
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
