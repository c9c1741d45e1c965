/* The keys of one element: from its provider and from request-key, as snapshots for the streaming
 * thread.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Any thread may change the keys; deriving and building happen there.  The streaming thread holds
 * one snapshot and compares one atomic number a frame; only after a change does it take the lock.
 *
 * A key that stays the same through a change keeps its counter and its replay window.  A receiving
 * key that is no longer listed is kept for ten seconds, so that frames on their way still open; a
 * provider that finds keys (a meeting) keeps the old ones itself as long as they are good.
 *
 * A meeting knows far more keys than one element sees.  Of a large one only those are made that
 * frames have asked for, and their successors. */
#pragma once

#include <gst/e2ee/e2ee.h>
#include "core/frame/keyring.h"

G_BEGIN_DECLS

#define E2EE_KEY_STORE_RETIRE_MS 10000
/* Of a provider that finds keys, up to so many listed ones are made before a frame asks for them. */
#define E2EE_KEY_STORE_EAGER 64
/* A server could make up any number of key ids: no frame makes us look for more when there are so many
 * keys, or so many looked for already. */
#define E2EE_KEY_STORE_MAX_KEYS 1024
#define E2EE_KEY_STORE_MAX_WANTED 64

typedef struct _E2eeKeyStore E2eeKeyStore;

/* What the streaming thread works with.  Belongs to it alone: fields are read without a lock. */
typedef struct
{
  e2ee_keyring *ring;           /* receiving: never NULL after the first take */
  e2ee_key *sending;            /* sending: the key to use, NULL when there is none */
  GstE2eeStatus *sending_status;
  GHashTable *statuses;         /* guint64 * key id -> GstE2eeStatus * */
  GHashTable *strangers;        /* guint64 * key id of others than the sender expected */
  GstE2eeMedia media;
  gint serial;
} E2eeKeySnapshot;

typedef struct
{
  gsize replay_window;
  guint64 frame_limit;          /* 0: the core's own */
  gint64 key_id;                /* which key sends; -1: the newest */
  e2ee_format_id format;        /* keys of another are refused */
  gboolean per_ssrc;            /* keys are keys of streams (core/frame/streams.h) */
  gint ratchet_window;          /* -1: what the suite has */
  gsize mki_size;               /* SRTP: bytes of the key id in a packet; 0: it is not sent */
  gint failure_tolerance;       /* frames in a row that may fail under a key; -1: any number */
} E2eeKeyStoreSettings;

E2eeKeyStore *e2ee_key_store_new (GstE2eeKeyUsage usage);
void e2ee_key_store_free (E2eeKeyStore * store);

/* Takes effect for keys made from now on, but for key_id, which counts at once. */
void e2ee_key_store_configure (E2eeKeyStore * store, const E2eeKeyStoreSettings * settings);

/* @provider may be NULL.  Its keys are taken now and at every `keys-changed`. */
void e2ee_key_store_set_provider (E2eeKeyStore * store, GstE2eeKeyProvider * provider);

/* Receiving: whose frames are let in; NULL: everybody's. */
void e2ee_key_store_set_sender (E2eeKeyStore * store, const gchar * sender);

/* A frame needs a key that is not there.  When the provider finds keys it is asked in another
 * thread, and again whenever its keys change within two seconds. */
void e2ee_key_store_want (E2eeKeyStore * store, guint64 key_id);

/* A key from outside of the provider; one that takes long to make is there in a moment.  FALSE: it
 * cannot be used for this direction, does not fit its suite or the format, or is a meeting's. */
gboolean e2ee_key_store_add (E2eeKeyStore * store, GstE2eeKey * key);

/* Forgets keys at once, even if the provider still lists them, until it lists others.  FALSE: no
 * such key. */
gboolean e2ee_key_store_remove (E2eeKeyStore * store, guint64 key_id);
void e2ee_key_store_clear (E2eeKeyStore * store);

/* Drops provider and keys: the element is shut down. */
void e2ee_key_store_reset (E2eeKeyStore * store);

/* Keys that could not be used when they were listed, such as two of one key id: what was wrong
 * with the last, for a warning; NULL when all is well. (transfer full) */
gchar *e2ee_key_store_take_complaint (E2eeKeyStore * store);

/* Streaming thread: what the keys of one stream share, until e2ee_key_store_reset(). */
e2ee_rollover *e2ee_key_store_get_rollover (E2eeKeyStore * store);

/* Streaming thread: brings @snapshot up to date.  TRUE when something changed. */
gboolean e2ee_key_store_take (E2eeKeyStore * store, E2eeKeySnapshot * snapshot);
void e2ee_key_snapshot_clear (E2eeKeySnapshot * snapshot);
/* The status of frames under @key_id; owned by the snapshot, NULL when unknown. */
GstE2eeStatus *e2ee_key_snapshot_status (const E2eeKeySnapshot * snapshot, guint64 key_id);
/* TRUE when frames under @key_id come from somebody else than the sender expected. */
gboolean e2ee_key_snapshot_is_stranger (const E2eeKeySnapshot * snapshot, guint64 key_id);
/* TRUE when a frame under @key_id is one of the provider's, whether the key is there or not. */
gboolean e2ee_key_snapshot_is_ours (const E2eeKeySnapshot * snapshot, guint64 key_id);

G_END_DECLS
