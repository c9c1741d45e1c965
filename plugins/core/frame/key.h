/* One key: a base key under a key id, for one direction, in SFrame (RFC 9605 section 4.4.2) or
 * another frame format.
 *
 * Owns everything that must outlive a change of the key ring: the AEAD context, the salt, the
 * counter of a sending key and the replay window of a receiving key.  References are atomic; the
 * counter and the window belong to the one thread that seals or opens with it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_KEY_H
#define E2EE_CORE_FRAME_KEY_H

#include "core/env.h"
#include "core/frame/header.h"
#include "core/frame/replay.h"
#include "core/frame/rollover.h"
#include "core/frame/suite.h"

typedef enum
{
  E2EE_KEY_ENCRYPT = 1,
  E2EE_KEY_DECRYPT
} e2ee_key_usage;

/* Where a sending counter starts (docs/wire-format.md): a group key is this element's alone and
 * counts from 0; a static key may be in use elsewhere or have been before, and starts at a
 * random 63-bit value.  On the receiving side a static key may have several runs of counters. */
typedef enum
{
  E2EE_KEY_OF_GROUP = 1,
  E2EE_KEY_STATIC
} e2ee_key_origin;

typedef struct
{
  const e2ee_suite *suite;
  uint64_t kid;
  e2ee_bytes base_key;          /* 1 to 256 bytes; a static key should have suite->nk */
  e2ee_key_usage usage;
  e2ee_key_origin origin;
  size_t replay_window;         /* for decrypting; 0 means E2EE_REPLAY_DEFAULT_WINDOW */
  /* How many frames may be sealed; the key then answers EXHAUSTED.  0, and anything above it, means
   * E2EE_KEY_DEFAULT_LIMIT: it also keeps counters from wrapping.  Lower in tests. */
  uint64_t hard_limit;
  /* draft-ietf-avtcore-rtp-sframe, per-SSRC keys: when set, the base key is first bound to
   * @ssrc. */
  int per_ssrc;
  uint32_t ssrc;
  /* The same for many streams at once (SFrame only): frames are sealed and opened under keys of
   * their own SSRC, which e2ee_key_choose_stream() names before each.  @hard_limit and
   * @replay_window count for each of them. */
  int of_streams;
  /* For decrypting, formats with a ratchet (trailerkey.h): how many steps a sender may be ahead of
   * this key, up to E2EE_KEY_MAX_RATCHET_WINDOW, all told; and after how many frames in a row that
   * did not open the key answers GIVEN_UP to all that follow, 0: it never does. */
  size_t ratchet_window;
  size_t max_failures;
  /* SRTP: a static @base_key is master key || master salt; of a group the master key is derived from
   * it.  The key id is sent as the MKI, in @mki_size bytes; 0: it is not sent.  @rollover, if not
   * NULL, is what all keys of one element share; NULL: the key is alone. */
  size_t mki_size;
  e2ee_rollover *rollover;
} e2ee_key_params;

#define E2EE_KEY_MAX_RATCHET_WINDOW 64

/* As wide as the peers' own SDKs have it: 8 for raw keys of LiveKit and Jitsi, 0 for passphrases,
 * which everybody in a room shares, and where there is no ratchet. */
size_t e2ee_key_default_ratchet_window (const e2ee_suite * suite);

/* Nonzero when making a key of @suite takes tens of milliseconds, as it does of a passphrase. */
int e2ee_key_takes_long (const e2ee_suite * suite);

/* NIST SP 800-38D section 8.3 allows 2^32 invocations under one key; at 50 frames a second that is
 * 2.7 years. */
#define E2EE_KEY_DEFAULT_LIMIT (UINT64_C (1) << 32)

typedef struct e2ee_key e2ee_key;

/* Derives key and salt (section 4.4.2) and makes the AEAD context: tens of microseconds, for a
 * passphrase tens of milliseconds a step of its ratchet, so never on a streaming thread.  The caller keeps and wipes its base key.  *@key is NULL on
 * failure.  Errors: UNSUPPORTED (no suite, or not in this build), KEY_SIZE, KEY_ID, KEY_USAGE (a
 * usage or origin that does not exist), SELF_TEST, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_key_new (const e2ee_env * env, const e2ee_key_params * params,
    e2ee_key ** key);
e2ee_key *e2ee_key_ref (e2ee_key * key);
/* The last reference wipes; NULL is allowed. */
void e2ee_key_unref (e2ee_key * key);

uint64_t e2ee_key_get_kid (const e2ee_key * key);
const e2ee_suite *e2ee_key_get_suite (const e2ee_key * key);

/* At most so many SSRCs are sealed or opened with under one key that is @of_streams. */
#define E2EE_KEY_MAX_STREAMS 64

/* Under whose SSRC the next frame is sealed or opened with @key; does nothing for a key that is not
 * @of_streams.  Of a new SSRC the key is made here, tens of microseconds; else it costs a
 * comparison.  Errors: TOO_MANY_SENDERS, NO_MEMORY; then nothing is sealed or opened with @key
 * until another SSRC is chosen. */
E2EE_MUST_USE e2ee_result e2ee_key_choose_stream (e2ee_key * key, uint32_t ssrc);

/* Frames sealed so far, and how many may still be; of a key @of_streams under the stream that was
 * chosen last, for the thread that seals. */
uint64_t e2ee_key_get_used (const e2ee_key * key);
uint64_t e2ee_key_get_left (const e2ee_key * key);
/* Of a format with a ratchet, how many steps its sender has taken since this key; else 0. */
size_t e2ee_key_get_ratchet_step (const e2ee_key * key);

#endif
