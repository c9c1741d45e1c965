/* The frame formats: how an encoded frame becomes a protected one and back, one row per format.
 *
 * A format is a set of functions over a key (e2ee_key) or the keys of a receiver (e2ee_keyring);
 * what it must remember lies in the key.  A key belongs to the format of its suite, and every
 * function here answers KEY_FORMAT for one of another.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_FORMAT_H
#define E2EE_CORE_FRAME_FORMAT_H

#include "core/frame/codec.h"
#include "core/frame/keyring.h"

/* What a protected frame says of itself. */
typedef struct
{
  uint64_t kid;                 /* key id; of a format with a key ring the place in it */
  uint64_t ctr;                 /* what makes the nonce unique under the key */
  uint64_t epoch;               /* of the key in the ring; valid once the frame is open */
} e2ee_frame_info;

struct e2ee_format
{
  e2ee_format_id id;
  const char *name;             /* "sframe" */
  e2ee_suite_id default_suite;  /* of keys that name none; 0: their length decides */

  /* The codecs whose frames it protects, as a function and in words; NULL: all, and data. */
  int (*takes) (e2ee_codec codec);
  const char *takes_text;

  /* Bytes that the next seal() of @frame_size bytes writes at most. */
  size_t (*seal_bound) (const e2ee_key * key, e2ee_codec codec, size_t frame_size);

  /* Protects the whole encoded frame @frame into @out, which does not overlap it and has room for
   * seal_bound().  What keeps a nonce unique is spent before the cipher runs.  On failure
   * *@out_size is 0 and @out holds nothing readable.  Errors: UNSUPPORTED (this format does not protect this
   * codec), FRAME and TRUNCATED (no frame of this codec), TOO_LARGE, KEY_USAGE, KEY_FORMAT,
   * EXHAUSTED. */
  e2ee_result (*seal) (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out,
      size_t *out_size, e2ee_frame_info * info);

  /* Reads what a protected frame says of itself, which is not authenticated: kid and ctr.  Where a
   * format keeps them can depend on the keys that there are, of which @ring has the layout.  Errors
   * as those of open() that need no key. */
  e2ee_result (*peek) (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame,
      e2ee_frame_info * info);

  /* Opens @frame into @out, which does not overlap it and has room for frame.size bytes; the plain
   * frame is never larger.  kid and ctr of @info are valid as soon as they could be read, also on
   * failure.  Nothing is remembered, and no plain byte is left in @out, before the tag has been
   * verified.  Errors: TRUNCATED, HEADER, FRAME, UNSUPPORTED, UNKNOWN_KEY, KEY_FORMAT, REPLAYED,
   * TOO_MANY_SENDERS, TAG, TOO_LARGE, NO_MEMORY. */
  e2ee_result (*open) (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec,
      e2ee_bytes frame, uint8_t * out, size_t *out_size, e2ee_frame_info * info);

  /* A frame leaves as it came, or not at all, in a stream that may be protected again: what counts
   * packets goes on, for the keys that share @rollover.  NULL: nothing does. */
  void (*pass) (e2ee_rollover * rollover, e2ee_bytes frame);
};

typedef struct e2ee_format e2ee_format;

/* NULL for a format that this build does not have.  Static. */
const e2ee_format *e2ee_format_find (e2ee_format_id id);
const e2ee_format *e2ee_format_find_by_name (const char *name);

extern const e2ee_format e2ee_format_sframe;
extern const e2ee_format e2ee_format_livekit;
extern const e2ee_format e2ee_format_jitsi;
extern const e2ee_format e2ee_format_srtp;

#endif
