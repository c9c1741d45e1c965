/* Which bytes of an encoded frame stay clear, per codec (docs/wire-format.md); of H.264 and H.265
 * see nal.js.
 *
 * They are what a packetizer or a forwarding server reads; they are authenticated as SFrame
 * metadata.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { E2eeError } from './errors.js';

/* RFC 6386 section 9.1: the frame tag, whose first bit is 0 on key frames, and there start code and
 * dimensions in 7 bytes more. */
function vp8(frame) {
  if (frame.length < 1)
    throw new E2eeError('truncated');

  const keyFrame = !(frame[0] & 1);
  const size = keyFrame ? 10 : 3;

  if (frame.length < size)
    throw new E2eeError('truncated');
  return { size, keyFrame };
}

/* The payload descriptor of every packet says what a server reads: key frame, layers, size of the
 * picture. */
function vp9() {
  return { size: 0, keyFrame: false };
}

/* Nobody on the way reads into these, and each stands alone. */
function opaque() {
  return { size: 0, keyFrame: true };
}

const CODECS = new Map([['video/vp8', vp8], ['video/vp9', vp9], ['audio/opus', opaque]]);

/* Reads the clear prefix of @frame, plain or protected: { size, keyFrame }, where keyFrame is true
 * when clear bytes say so.
 *
 *   @mimeType  as in RTCEncodedVideoFrameMetadata.mimeType, in any case: 'video/VP8', 'audio/opus'
 *
 * Throws `unsupported` for every other codec, `truncated` for a frame shorter than its own
 * prefix. */
export function readPrefix(mimeType, frame) {
  const read = CODECS.get(String(mimeType).toLowerCase());

  if (!read)
    throw new E2eeError('unsupported', 'codec');
  return read(frame);
}
