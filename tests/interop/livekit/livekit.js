/* How the worker of livekit-client is spoken to: with the messages that its E2EEManager sends for a
 * key that all participants share (ExternalE2EEKeyProvider).
 *
 * gst-e2ee, LGPL-2.1-or-later */

export const script = '/livekit-client/livekit-client.e2ee.worker.js';

const KEY_PROVIDER = {
  sharedKey: true,
  ratchetSalt: 'LKFrameEncryptionKey',
  ratchetWindowSize: 0,
  failureTolerance: -1,
  keyringSize: 16,
  keySize: 128,
};

/* A text is a passphrase, an array of bytes is a key. */
function importMaterial(key) {
  const isText = typeof key === 'string';
  const bytes = isText ? new TextEncoder().encode(key) : new Uint8Array(key);

  return crypto.subtle.importKey('raw', bytes, isText ? 'PBKDF2' : 'HKDF', false,
      ['deriveBits', 'deriveKey']);
}

/*   @keys  { key, index, enabled }; with enabled false all goes through in clear */
export async function setUp(worker, { key, index, enabled = true }, own, other) {
  worker.postMessage({
    kind: 'init',
    data: { loglevel: 'warn', keyProviderOptions: KEY_PROVIDER },
  });
  worker.postMessage({
    kind: 'setKey',
    data: {
      isPublisher: true,
      key: await importMaterial(key),
      keyIndex: index,
      updateCurrentKeyIndex: true,
    },
  });
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
  return kind === 'error' ? data.error.message : null;
}
