/* What keystore.c and keyask.c share: the one keeps keys, the other gets them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "keystore.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct
{
  GstE2eeKey *listed;           /* what the provider or the app gave */
  e2ee_key *key;                /* what works with it */
  gboolean ours;                /* from request-key: stays when the provider lists others */
} Entry;

/* A key that a frame has asked for; once it is found it is an entry. */
typedef struct
{
  guint64 key_id;
  guint64 asked_ms;
} Wanted;

struct _E2eeKeyStore
{
  GstE2eeKeyUsage usage;
  atomic_int serial;

  GMutex lock;
  E2eeKeyStoreSettings settings;
  GstE2eeKeyProvider *provider;
  gulong changed_id;
  GPtrArray *entries;           /* Entry */
  GPtrArray *removed;           /* GstE2eeKey that the app took away */
  e2ee_rollover *rollover;      /* what keys of SRTP share, until the element is shut down */
  e2ee_keyring *ring;
  guint64 generation;           /* the ring's epoch: how often the list has changed */
  GHashTable *statuses;
  GHashTable *strangers;
  gchar *sender;
  GstE2eeMedia media;
  GArray *wanted;               /* Wanted */
  gboolean is_searching;        /* a search is on its way that will look for all of them */
  guint64 turns;                /* how often the provider has been asked */
  guint64 taken;                /* whose answer is in use */
  gchar *complaint;
};

/* keystore.c */
void e2ee_key_ids_add (GHashTable * set, guint64 key_id);
/* Must be called with the lock held. */
void e2ee_key_store_take_list (E2eeKeyStore * store, GList * listed);
/* Gives back what g_atomic_rc_box_acquire() took. */
void e2ee_key_store_unref (gpointer store, GClosure * closure);

/* keyask.c: asks @provider, with no lock held, and takes its answer, unless somebody who asked later has
 * done so already: what he heard is at least as new. */
void e2ee_key_store_ask (E2eeKeyStore * store, GstE2eeKeyProvider * provider);

G_END_DECLS
