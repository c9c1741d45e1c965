/* The receiving keys of one stream: an immutable, shared snapshot.
 *
 * A change makes a new ring; the streaming thread keeps the one it took until it takes the next,
 * so no frame ever waits for a lock.  Keys are shared between snapshots, and with them their
 * replay windows.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_KEYRING_H
#define E2EE_CORE_FRAME_KEYRING_H

#include "core/frame/key.h"

typedef struct e2ee_keyring e2ee_keyring;

/* An empty ring; NULL when there is no memory. */
E2EE_MUST_USE e2ee_keyring *e2ee_keyring_new (void);
e2ee_keyring *e2ee_keyring_ref (e2ee_keyring * ring);
void e2ee_keyring_unref (e2ee_keyring * ring);

/* A new ring: @ring and @key, which belongs to @epoch.  RFC 9605 section 5.2: a key of another
 * epoch under the same key id is replaced.  If both were made from one base key, the one that is
 * there stays and moves to @epoch, so that a key file read again does not forget which frames
 * have been played.  Errors: DUPLICATE_KEY (same key id in the same epoch), KEY_USAGE,
 * NO_MEMORY; then *@out is NULL.  @ring stays the caller's. */
E2EE_MUST_USE e2ee_result e2ee_keyring_add (const e2ee_keyring * ring, e2ee_key * key,
    uint64_t epoch, e2ee_keyring ** out);

/* A new ring without @kid; NULL: no memory. */
E2EE_MUST_USE e2ee_keyring *e2ee_keyring_remove (const e2ee_keyring * ring, uint64_t kid);

/* A new ring in which every key of an epoch before @epoch ends at @at_ms (unless it ends earlier),
 * and keys that ended before @now_ms are gone; NULL: no memory. */
E2EE_MUST_USE e2ee_keyring *e2ee_keyring_retire (const e2ee_keyring * ring, uint64_t epoch,
    uint64_t at_ms, uint64_t now_ms);

/* The key for @kid, or NULL when there is none or its time is over; @epoch, if not NULL, is told.
 * No reference is taken: it lives as long as @ring.  Logarithmic in the number of keys. */
e2ee_key *e2ee_keyring_find (const e2ee_keyring * ring, uint64_t kid, uint64_t now_ms,
    uint64_t * epoch);

/* The @nth of the keys whose time is not over, those of the newest epoch first; NULL past the last.
 * For formats that can send without a key id.  Linear. */
e2ee_key *e2ee_keyring_nth_newest (const e2ee_keyring * ring, uint64_t now_ms, size_t nth,
    uint64_t * epoch);

/* How many bytes of a packet are its key id, in a format where the peers agree on that; all rings
 * that are made of this one have the same.  Set before anybody else has the ring. */
void e2ee_keyring_set_mki_size (e2ee_keyring * ring, size_t size);
size_t e2ee_keyring_get_mki_size (const e2ee_keyring * ring);

size_t e2ee_keyring_size (const e2ee_keyring * ring);

#endif
