/* How the worker of livekit-client is spoken to: with the messages that its E2EEManager sends, for
 * a key that all participants share (ExternalE2EEKeyProvider), or for one of each (BaseKeyProvider).
 *
 * gst-e2ee, LGPL-2.1-or-later */

export const script = '/livekit-client/livekit-client.e2ee.worker.js';

const COMMON = { ratchetSalt: 'LKFrameEncryptionKey', keyringSize: 16, keySize: 128 };
const SHARED = { ...COMMON, sharedKey: true, ratchetWindowSize: 0, failureTolerance: -1 };
const OF_EACH = { ...COMMON, sharedKey: false, ratchetWindowSize: 8, failureTolerance: 10 };

/* A text is a passphrase, an array of bytes is a key. */
function importMaterial(key) {
  const isText = typeof key === 'string';
  const bytes = isText ? new TextEncoder().encode(key) : new Uint8Array(key);

  return crypto.subtle.importKey('raw', bytes, isText ? 'PBKDF2' : 'HKDF', false,
      ['deriveBits', 'deriveKey']);
}

/* @participantIdentity goes over to this key; undefined: all do. */
export async function setKey(worker, { key, index }, participantIdentity) {
  worker.postMessage({
    kind: 'setKey',
    data: {
      participantIdentity,
      isPublisher: true,
      key: await importMaterial(key),
      keyIndex: index,
      updateCurrentKeyIndex: true,
    },
  });
}

/* @participantIdentity goes one step on with its key. */
export function ratchet(worker, index, participantIdentity) {
  worker.postMessage({ kind: 'ratchetRequest', data: { participantIdentity, keyIndex: index } });
}

/*   @keys  { key, index, enabled, ofEach }; with enabled false all goes through in clear, with
 *          ofEach true each participant has the key for himself */
export async function setUp(worker, { key, index, enabled = true, ofEach = false }, own, other) {
  worker.postMessage({
    kind: 'init',
    data: { loglevel: 'warn', keyProviderOptions: ofEach ? OF_EACH : SHARED },
  });
  for (const participantIdentity of ofEach ? [own, other] : [undefined])
    await setKey(worker, { key, index }, participantIdentity);
  for (const participantIdentity of [own, other])
    worker.postMessage({ kind: 'enable', data: { participantIdentity, enabled } });
}

export function options(direction, kind, codec, own, other) {
  return {
    kind: direction === 'send' ? 'encode' : 'decode',
    participantIdentity: direction === 'send' ? own : other,
    trackId: `${own} ${direction} ${kind}`,
    codec: kind === 'video' ? codec : undefined,
    hasPacketTrailer: false,
  };
}

export function textOf({ kind, data }) {
  if (kind === 'ratchetKey')
    return 'ratcheted';
  return kind === 'error' ? data.error.message : null;
}
