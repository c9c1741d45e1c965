/* SFrame protection of one media frame, RFC 9605 section 4.4, over WebCrypto.
 *
 * On the wire: metadata (clear, sent by the caller) | header | ciphertext | tag.  The functions
 * here know no codec: what stays clear of a frame is frame.js' business.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { concat } from './aead.js';
import { E2eeError } from './errors.js';
import { readHeader, writeHeader } from './header.js';

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
