/* What a core function can answer: one value per cause, one counter name and one sentence each.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_RESULT_H
#define E2EE_CORE_RESULT_H

typedef enum
{
  E2EE_OK = 0,
  /* input that is not what the format says */
  E2EE_ERR_TRUNCATED,           /* shorter than the smallest valid message */
  E2EE_ERR_HEADER,              /* an SFrame header no encoder may write (RFC 9605 section 4.3), or no
                                 * trailer of the format */
  E2EE_ERR_FRAME,               /* a media frame that its codec does not allow */
  E2EE_ERR_TOO_LARGE,           /* over a limit that protects memory */
  /* authentic or not */
  E2EE_ERR_UNKNOWN_KEY,         /* no key with this key id */
  E2EE_ERR_TAG,                 /* the authentication tag is wrong */
  E2EE_ERR_REPLAYED,            /* counter seen before, or older than the window */
  E2EE_ERR_TOO_MANY_SENDERS,    /* more counter runs under one key than are remembered */
  E2EE_ERR_GIVEN_UP,            /* the key has failed too often in a row to be tried once more */
  /* a meeting */
  E2EE_ERR_NOT_PROTECTED,       /* a clear frame while encryption is on */
  E2EE_ERR_CLOSED,              /* no media may flow */
  E2EE_ERR_SENDER,              /* protected by another sender than the one expected */
  E2EE_ERR_NEGOTIATION,         /* both ends have not agreed on how frames are packed */
  /* keys */
  E2EE_ERR_NO_KEY,              /* nothing to encrypt with */
  E2EE_ERR_KEY_SIZE,            /* key material of a length that the suite does not take */
  E2EE_ERR_KEY_ID,              /* a key id that the frame format cannot carry */
  E2EE_ERR_KEY_USAGE,           /* an encrypt-only key used to decrypt, or the reverse */
  E2EE_ERR_KEY_FORMAT,          /* a key of another frame format */
  E2EE_ERR_DUPLICATE_KEY,       /* a second key with the same key id */
  E2EE_ERR_EXHAUSTED,           /* the counter of this key has reached its hard limit */
  /* the machine */
  E2EE_ERR_UNSUPPORTED,         /* algorithm or suite that this build does not have */
  E2EE_ERR_SELF_TEST,           /* a known answer came out wrong */
  E2EE_ERR_NO_MEMORY,
  E2EE_N_RESULTS
} e2ee_result;

#define E2EE_MUST_USE __attribute__ ((warn_unused_result))

/* The counter's name in stats, kebab-case, such as "replayed"; "ok" for E2EE_OK.  Static. */
const char *e2ee_result_name (e2ee_result result);

/* One sentence for a person, without a full stop.  Static; never holds input or key bytes. */
const char *e2ee_result_text (e2ee_result result);

#endif
