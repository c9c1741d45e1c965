/* What can go wrong with a frame: one name per cause, the names of the counters everywhere else.
 *
 * gst-e2ee, LGPL-2.1-or-later */

/* Same names as e2ee_result_name() in plugins/core/result.h, so that the statistics of a browser
 * and of an element can be laid side by side. */
export const CAUSES = Object.freeze({
  'truncated': 'the frame is shorter than the smallest valid one',
  'header': 'the SFrame header is not one that an encoder may write',
  'frame': 'the frame is not one that its codec allows',
  'unsupported': 'the codec or the cipher suite is not supported',
  'too-large': 'the bytes in front of the SFrame object are more than can be authenticated',
  'unknown-key': 'there is no key with this key id',
  'tag': 'the authentication tag is wrong',
  'replayed': 'the frame was seen before, or is older than the replay window',
  'too-many-senders': 'more counter runs under one key than are remembered',
  'no-key': 'there is no key to encrypt with',
  'key-size': 'the key has a length that its cipher suite does not take',
  'key-usage': 'the key is for the other direction',
  'duplicate-key': 'there is a second key with the same key id',
  'exhausted': 'the counter of this key has reached its limit',
});

/* Thrown by everything in this folder that refuses a frame or a key.  The message is for a person
 * and never holds bytes of input or of keys. */
export class E2eeError extends Error {
  constructor(cause, detail = '') {
    super(detail ? `${CAUSES[cause]}: ${detail}` : CAUSES[cause]);
    this.name = 'E2eeError';
    this.code = cause;
  }
}
