/* One encoded frame, protected and back: what stays clear of its codec, and an SFrame object behind
 * it (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { concat } from './aead.js';
import { E2eeError } from './errors.js';
import { CLEAR_SIZE, carrierOf, escape, readFront, trimmed, unescape } from './nal.js';
import { readPrefix } from './prefix.js';
import { MAX_METADATA, open, seal } from './sframe.js';

/* A unit must not end in a zero byte, which payloaders cut off. */
const STOP_BYTE = 0x80;
const NAL_CODECS = new Map([['video/h264', 'h264'], ['video/h265', 'h265']]);

/* Of the clear bytes right before the escaped ones; before the last stands none. */
const zerosBehind = (clear) => (clear.at(-1) === 0 ? 1 : 0);

/* With the clear bytes of the unit in which the protected ones stand. */
function clearOf(codec, { clear, slice }) {
  const whole = slice === null ? concat(clear, carrierOf(codec)) : clear;

  if (whole.length > MAX_METADATA)
    throw new E2eeError('too-large');
  return whole;
}

/* clear front | escape (SFrame object | 80) */
async function protectNal(key, codec, frame) {
  const front = readFront(codec, frame);

  if (!front.clear.length)
    throw new E2eeError('frame', 'neither slice nor parameter set');

  const clear = clearOf(codec, front);
  const plain = front.slice === null ? new Uint8Array(0) : trimmed(frame, front.slice + CLEAR_SIZE);
  const object = concat(await seal(key, clear, plain), new Uint8Array([STOP_BYTE]));

  return concat(clear, escape(object, zerosBehind(clear)));
}

async function unprotectNal(ring, codec, bytes) {
  const front = readFront(codec, bytes);
  const unit = front.slice ?? front.sei;

  if (unit === null)
    throw new E2eeError('frame', 'neither slice nor carrier');

  const escaped = trimmed(bytes, unit + CLEAR_SIZE);

  if (!escaped.length)
    throw new E2eeError('truncated');
  if (escaped.at(-1) !== STOP_BYTE)
    throw new E2eeError('frame', 'no stop byte');

  const clear = clearOf(codec, front);
  const { plaintext, kid, ctr } = await open(ring, clear,
      unescape(escaped.subarray(0, -1), zerosBehind(clear)));

  /* The carrier is no part of the plain frame. */
  return { frame: concat(front.clear, plaintext), clearSize: front.clear.length,
    keyFrame: front.keyFrame, kid, ctr };
}

/* One encoded frame as it goes to the packetizer.
 *
 *   @mimeType  as in RTCEncodedVideoFrameMetadata.mimeType, in any case
 *
 * Throws `unsupported` for a codec without a rule, `truncated` and `frame` for what is no frame of
 * it, and as seal() does. */
export async function protectFrame(key, mimeType, frame) {
  const nal = NAL_CODECS.get(String(mimeType).toLowerCase());

  if (nal)
    return protectNal(key, nal, frame);

  const prefix = frame.subarray(0, readPrefix(mimeType, frame).size);

  return concat(prefix, await seal(key, prefix, frame.subarray(prefix.length)));
}

/* And back: { frame, clearSize, keyFrame, kid, ctr }, where the first clearSize bytes of the frame
 * were clear.  Throws as protectFrame() and open() do. */
export async function unprotectFrame(ring, mimeType, bytes) {
  const nal = NAL_CODECS.get(String(mimeType).toLowerCase());

  if (nal)
    return unprotectNal(ring, nal, bytes);

  const { size, keyFrame } = readPrefix(mimeType, bytes);
  const prefix = bytes.subarray(0, size);
  const { plaintext, kid, ctr } = await open(ring, prefix, bytes.subarray(size));

  return { frame: concat(prefix, plaintext), clearSize: size, keyFrame, kid, ctr };
}
