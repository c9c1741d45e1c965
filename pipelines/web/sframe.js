/* SFrame protection of one media frame, RFC 9605 section 4.4, over WebCrypto.
 *
 * On the wire: metadata (clear, sent by the caller) | header | ciphertext | tag.  The functions
 * here know no codec; protectFrame() and unprotectFrame() put the clear prefix of a codec in
 * front.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { concat } from './aead.js';
import { E2eeError } from './errors.js';
import { readHeader, writeHeader } from './header.js';
import { readPrefix } from './prefix.js';

/* Bytes of metadata that can be authenticated; the same bound as in the elements. */
export const MAX_METADATA = 4096;

function checkMetadata(metadata) {
  if (metadata.length > MAX_METADATA)
    throw new E2eeError('too-large');
}

/* Seals @plaintext with the next counter of @key, a SendKey: header | ciphertext | tag.
 *
 *   @metadata  Uint8Array in front of the SFrame object: authenticated, not encrypted, and not
 *              in the result
 *
 * The counter is spent before the cipher runs, so no failure can lead to its reuse.
 * Throws `no-key` when @key is null, `exhausted`, `too-large`. */
export async function seal(key, metadata, plaintext) {
  if (!key)
    throw new E2eeError('no-key');
  checkMetadata(metadata);

  const ctr = key.takeCounter();
  const header = writeHeader(key.kid, ctr);

  return concat(header, await key.aead.seal(ctr, concat(header, metadata), plaintext));
}

/* Opens the SFrame object @bytes with the keys of @ring, a KeyRing: { plaintext, kid, ctr }.
 *
 * Throws `truncated`, `header`, `unknown-key`, `replayed`, `too-many-senders`, `tag`,
 * `too-large`; the replay window is then as it was: nothing is remembered before the tag has been
 * verified. */
export async function open(ring, metadata, bytes) {
  checkMetadata(metadata);

  const { kid, ctr, size } = readHeader(bytes);
  const { aead, replay } = ring.find(kid);

  if (bytes.length < size + aead.suite.tagSize)
    throw new E2eeError('truncated');
  replay.check(ctr);

  const plaintext = await aead.open(ctr, concat(bytes.subarray(0, size), metadata),
      bytes.subarray(size));

  replay.commit(ctr);
  return { plaintext, kid, ctr };
}

/* One encoded frame as it goes to the packetizer: clear prefix | header | ciphertext | tag.
 * Throws as seal() and readPrefix() do. */
export async function protectFrame(key, mimeType, frame) {
  const { size } = readPrefix(mimeType, frame);
  const prefix = frame.subarray(0, size);

  return concat(prefix, await seal(key, prefix, frame.subarray(size)));
}

/* And back: { frame, keyFrame, kid, ctr }.  Throws as open() and readPrefix() do. */
export async function unprotectFrame(ring, mimeType, bytes) {
  const { size, keyFrame } = readPrefix(mimeType, bytes);
  const prefix = bytes.subarray(0, size);
  const { plaintext, kid, ctr } = await open(ring, prefix, bytes.subarray(size));

  return { frame: concat(prefix, plaintext), keyFrame, kid, ctr };
}
