/* How the worker of lib-jitsi-meet is spoken to: every participant has a key of his own, which the
 * others have in the ring that they keep for him.
 *
 * gst-e2ee, LGPL-2.1-or-later */

export const script = '/lib-jitsi-meet/lib-jitsi-meet.e2ee-worker.js';

/*   @keys  { own: { key, index }, other: { key, index } }, keys as arrays of 32 bytes; a key that
 *          is null is none, and Jitsi's worker then lets all through in clear */
export async function setUp(worker, keys, own, other) {
  worker.postMessage({ operation: 'initialize', sharedKey: false });
  for (const [participantId, { key, index }] of [[own, keys.own], [other, keys.other]])
    worker.postMessage({
      operation: 'setKey',
      participantId,
      key: key ? new Uint8Array(key) : false,
      keyIndex: index,
    });
}

export function options(direction, kind, codec, own, other) {
  return {
    operation: direction === 'send' ? 'encode' : 'decode',
    participantId: direction === 'send' ? own : other,
  };
}

/* It keeps what fails to itself. */
export function textOf() {
  return null;
}
