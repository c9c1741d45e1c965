/* NAL units of H.264 and H.265 in a byte stream, as in plugins/core/frame/nal.h: the clear front
 * of a frame, and emulation prevention for what stands behind it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { concat } from './aead.js';
import { E2eeError } from './errors.js';

const START_CODE = new Uint8Array([0, 0, 0, 1]);
/* Clear bytes of the unit that the protected bytes stand in: the header of H.264 and the byte
 * behind it, whose first bit tells a slice that begins a picture; the header of H.265. */
export const CLEAR_SIZE = 2;
/* Different parameter sets in one frame. */
const MAX_SETS = 64;

const isOneOf = (...types) => (type) => types.includes(type);
const isFrom = (first, last) => (type) => type >= first && type <= last;

/* What units are, by the tables 7-1 of ITU-T H.264 and H.265.  A partition is coded picture data
 * that is no whole slice; `carrier` is an SEI, in which a frame without a slice has its protected
 * bytes. */
const CODECS = {
  h264: {
    typeOf: (first) => first & 0x1f,
    isSlice: isOneOf(1, 5),
    isKeySlice: isOneOf(5),
    isSet: isOneOf(7, 8, 13, 15),
    isSei: isOneOf(6),
    isPartition: isOneOf(2, 3, 4, 19, 20, 21),
    carrier: new Uint8Array([0, 0, 0, 1, 0x06, 0x05]),
  },
  h265: {
    typeOf: (first) => first >> 1 & 0x3f,
    isSlice: (type) => type <= 9 || isFrom(16, 21)(type),
    isKeySlice: isFrom(16, 21),
    isSet: isFrom(32, 34),
    isSei: isOneOf(39, 40),
    isPartition: (type) => isFrom(10, 15)(type) || isFrom(22, 31)(type),
    carrier: new Uint8Array([0, 0, 0, 1, 0x4e, 0x01]),
  },
};

/* Where 00 00 01 stands from @from on, or the length.  Three bytes at a time: a byte over 1 is in
 * none of the three places. */
function findStartCode(frame, from) {
  for (let i = from; i + 3 <= frame.length;) {
    if (frame[i + 2] === 0)
      i++;
    else if (frame[i + 2] === 1 && frame[i] === 0 && frame[i + 1] === 0)
      return i;
    else
      i += 3;
  }
  return frame.length;
}

/* Zero bytes behind a unit are no part of it. */
function trimmedEnd(frame, begin, end = frame.length) {
  while (end > begin && frame[end - 1] === 0)
    end--;
  return end;
}

/* { begin, end } of every unit, without start code.  Throws `frame` when something else than zero
 * bytes stands before the first start code, or there is none. */
function* unitsOf(frame) {
  const first = findStartCode(frame, 0);

  if (first === frame.length || trimmedEnd(frame, 0, first) > 0)
    throw new E2eeError('frame', 'no start code in front');
  for (let begin = first + 3; begin < frame.length;) {
    const code = findStartCode(frame, begin);

    yield { begin, end: trimmedEnd(frame, begin, code) };
    begin = code + 3;
  }
}

const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/* What stands in front of the encrypted bytes, in the one form that every receiver can find again:
 * { clear, slice, sei, keyFrame }, where `clear` holds the different parameter sets before the
 * first slice and that slice's first bytes, each behind a start code of four; `slice` and `sei`
 * are where in the frame those units begin, or null.  Delimiters, SEI, filler and what is unknown
 * are left out: not everybody hands them on.
 *
 *   @codec  'h264' or 'h265'
 *
 * Throws `frame`, `too-large`. */
export function readFront(codec, frame) {
  const { typeOf, isSlice, isKeySlice, isSet, isSei, isPartition } = CODECS[codec];
  const sets = [];
  let sei = null;

  for (const { begin, end } of unitsOf(frame)) {
    const type = typeOf(frame[begin]);

    if (end === begin)
      continue;
    if (isPartition(type) || isSlice(type) && end - begin < CLEAR_SIZE)
      throw new E2eeError('frame', 'coded data that is no slice');
    if (isSlice(type)) {
      const units = [...sets, frame.subarray(begin, begin + CLEAR_SIZE)];

      return { clear: concat(...units.flatMap((unit) => [START_CODE, unit])), slice: begin, sei,
        keyFrame: isKeySlice(type) };
    }
    if (isSet(type) && !sets.some((set) => equal(set, frame.subarray(begin, end)))) {
      if (sets.length === MAX_SETS)
        throw new E2eeError('too-large');
      sets.push(frame.subarray(begin, end));
    }
    if (isSei(type) && sei === null && end - begin >= CLEAR_SIZE)
      sei = begin;
  }
  return { clear: concat(...sets.flatMap((set) => [START_CODE, set])), slice: null, sei,
    keyFrame: false };
}

/* What begins the unit in which a frame without a slice has its protected bytes. */
export function carrierOf(codec) {
  return CODECS[codec].carrier;
}

/* From @begin on, without the zero bytes that a payloader may cut off or put behind a unit. */
export function trimmed(frame, begin) {
  return frame.subarray(begin, trimmedEnd(frame, begin));
}

/* Emulation prevention: 03 stands behind two zero bytes and before a byte of at most 3.
 *
 *   @zeros  how many zero bytes stand right before @bytes */
export function escape(bytes, zeros) {
  const at = [];
  let size = 0;

  for (let i = 0; i < bytes.length; i++) {
    if (zeros >= 2 && bytes[i] <= 3) {
      at.push(i);
      zeros = 0;
    }
    zeros = bytes[i] === 0 ? zeros + 1 : 0;
  }
  if (!at.length)
    return bytes;

  const out = new Uint8Array(bytes.length + at.length);

  at.forEach((end, i) => {
    const begin = i ? at[i - 1] : 0;

    out.set(bytes.subarray(begin, end), size);
    size += end - begin;
    out[size++] = 3;
  });
  out.set(bytes.subarray(at.at(-1)), size);
  return out;
}

/* And back.  Throws `frame` at two zero bytes and one below 3, which no escaped block has. */
export function unescape(bytes, zeros) {
  const out = new Uint8Array(bytes.length);
  let size = 0;

  for (const byte of bytes) {
    if (zeros >= 2 && byte < 3)
      throw new E2eeError('frame', 'bytes that are not escaped');
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[size++] = byte;
  }
  return out.subarray(0, size);
}
