/* What keystore.c, keymake.c and keyask.c share: one keeps keys, one makes them, one gets them.
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
  guint64 forgets;              /* how often keys were taken away: what was given before is late then */
  gchar *complaint;
};

/* keystore.c */
void e2ee_key_entry_free (gpointer entry);
Entry *e2ee_key_entries_find (GPtrArray * entries, const GstE2eeKey * listed);
/* Must be called with the lock held. */
gboolean e2ee_key_store_is_removed (E2eeKeyStore * store, const GstE2eeKey * listed);
gboolean e2ee_key_store_is_stranger (E2eeKeyStore * store, const GstE2eeKey * listed);
void e2ee_key_ids_add (GHashTable * set, guint64 key_id);
/* Must be called with the lock held. */
void e2ee_key_store_take_list (E2eeKeyStore * store, GList * listed, GPtrArray * made);
/* With no lock held: adds a key from outside of the provider, unless keys were taken away since
 * there were so many @forgets. */
void e2ee_key_store_add_made (E2eeKeyStore * store, GstE2eeKey * key, guint64 forgets);
/* Gives back what g_atomic_rc_box_acquire() took. */
void e2ee_key_store_unref (gpointer store, GClosure * closure);

/* keymake.c.  Must be called with the lock held: how @listed is to be made, whose secret stays its
 * own; and the key itself. */
e2ee_result e2ee_key_store_make_params (E2eeKeyStore * store, GstE2eeKey * listed,
    e2ee_key_params * params);
e2ee_result e2ee_key_store_make (E2eeKeyStore * store, GstE2eeKey * listed, e2ee_key ** key);
gboolean e2ee_key_takes_long_to_make (const GstE2eeKey * listed);
/* With no lock held: the keys of @listed that take long and are not there yet, as entries.  Nobody
 * who takes the lock for a moment is to wait for them, a streaming thread least of all. */
GPtrArray *e2ee_key_store_make_ahead (E2eeKeyStore * store, GList * listed);

/* keyask.c: asks @provider, with no lock held, and takes its answer, unless somebody who asked
 * later has done so already: what he heard is at least as new. */
void e2ee_key_store_ask (E2eeKeyStore * store, GstE2eeKeyProvider * provider);
/* keyask.c: add_made() in another thread. */
void e2ee_key_store_add_later (E2eeKeyStore * store, GstE2eeKey * key, guint64 forgets);

G_END_DECLS
