/* The SFrame header, RFC 9605 section 4.3: X KKK Y CCC, then the key id, then the counter.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { E2eeError } from './errors.js';

export const MAX_HEADER_SIZE = 17;
export const MAX_UINT64 = (1n << 64n) - 1n;

/* Key ids and counters are BigInt throughout: a Number is exact to 53 bits only. */
function integerSize(value) {
  let size = 1;

  while (value >> BigInt(8 * size) > 0n)
    size++;
  return size;
}

function putInteger(out, offset, size, value) {
  for (let i = size - 1; i >= 0; i--) {
    out[offset + i] = Number(value & 0xffn);
    value >>= 8n;
  }
}

function getInteger(bytes, offset, size) {
  let value = 0n;

  for (let i = 0; i < size; i++)
    value = value << 8n | BigInt(bytes[offset + i]);
  return value;
}

function checkRange(value, name) {
  if (typeof value !== 'bigint' || value < 0n || value > MAX_UINT64)
    throw new RangeError(`${name} is not an unsigned 64-bit BigInt`);
}

/* The one encoding that the RFC allows, as a Uint8Array of 1 to 17 bytes.
 *
 *   @kid, @ctr  BigInt, 0 to 2^64 - 1; anything else is a RangeError */
export function writeHeader(kid, ctr) {
  checkRange(kid, 'kid');
  checkRange(ctr, 'ctr');

  const kidSize = kid < 8n ? 0 : integerSize(kid);
  const ctrSize = ctr < 8n ? 0 : integerSize(ctr);
  const out = new Uint8Array(1 + kidSize + ctrSize);

  out[0] = (kidSize ? 0x80 | kidSize - 1 << 4 : Number(kid) << 4)
      | (ctrSize ? 0x08 | ctrSize - 1 : Number(ctr));
  putInteger(out, 1, kidSize, kid);
  putInteger(out, 1 + kidSize, ctrSize, ctr);
  return out;
}

/* Reads a header from the front of the Uint8Array @bytes: { kid, ctr, size }.
 *
 * Throws `truncated`, or `header` for a value in more bytes than it needs, which no encoder may
 * write ("MUST", section 4.3), so that a frame has one form. */
export function readHeader(bytes) {
  if (bytes.length < 1)
    throw new E2eeError('truncated');

  const config = bytes[0];
  const kidSize = config & 0x80 ? (config >> 4 & 7) + 1 : 0;
  const ctrSize = config & 0x08 ? (config & 7) + 1 : 0;
  const size = 1 + kidSize + ctrSize;

  if (bytes.length < size)
    throw new E2eeError('truncated');

  const kid = kidSize ? getInteger(bytes, 1, kidSize) : BigInt(config >> 4 & 7);
  const ctr = ctrSize ? getInteger(bytes, 1 + kidSize, ctrSize) : BigInt(config & 7);

  if (kidSize && (kid < 8n || integerSize(kid) !== kidSize))
    throw new E2eeError('header', 'key id');
  if (ctrSize && (ctr < 8n || integerSize(ctr) !== ctrSize))
    throw new E2eeError('header', 'counter');
  return { kid, ctr, size };
}
