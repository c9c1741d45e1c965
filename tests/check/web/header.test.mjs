/* The SFrame header, RFC 9605 section 4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeader, writeHeader } from '../../../pipelines/web/header.js';
import { because, hex, loadVectors, unhex, withoutVectors } from './support.mjs';

const MAX = 2n ** 64n - 1n;

/* The corners of the encoding, for machines without the official vectors. */
const CASES = [
  ['both inline', 0n, 0n, '00'],
  ['both inline at their limit', 7n, 7n, '77'],
  ['the first key id that is not inline', 8n, 7n, '8708'],
  ['the first counter that is not inline', 7n, 8n, '7808'],
  ['one byte at its limit', 255n, 255n, '88ffff'],
  ['the first of two bytes', 256n, 256n, '9901000100'],
  ['RFC 9605 appendix C', 0x123n, 0x4567n, '9901234567'],
  ['more than a double can hold', 2n ** 53n + 1n, 1n, 'e120000000000001'],
  ['everything at its limit', MAX, MAX, 'ff' + 'ff'.repeat(16)],
];

for (const [name, kid, ctr, encoded] of CASES) {
  test(`a header is written and read: ${name}`, () => {
    assert.equal(hex(writeHeader(kid, ctr)), encoded);
    assert.deepEqual(readHeader(unhex(encoded + 'abcd')), { kid, ctr, size: encoded.length / 2 });
  });
}

test('every official header case is written and read', { skip: withoutVectors }, () => {
  const { header } = loadVectors('test-vectors.json');

  assert.equal(header.length, 289);
  for (const { kid, ctr, encoded } of header) {
    assert.equal(hex(writeHeader(BigInt(kid), BigInt(ctr))), encoded);
    assert.deepEqual(readHeader(unhex(encoded)),
        { kid: BigInt(kid), ctr: BigInt(ctr), size: encoded.length / 2 });
  }
});

test('a header that ends early is refused at every length', () => {
  const whole = writeHeader(MAX, MAX);

  for (let size = 0; size < whole.length; size++)
    assert.throws(() => readHeader(whole.subarray(0, size)), because('truncated'), `${size} bytes`);
});

for (const [name, encoded] of [
  ['a key id that fits inline', '8007'],
  ['a counter that fits inline', '0807'],
  ['a key id with a leading zero', '900008'],
  ['a counter with a leading zero', '090008'],
  ['a zero in eight bytes', '0f0000000000000000'],
]) {
  test(`a header in more bytes than it needs is refused: ${name}`, () => {
    assert.throws(() => readHeader(unhex(encoded)), because('header'));
  });
}

for (const [name, kid, ctr] of [
  ['a Number', 1, 1n],
  ['a negative counter', 1n, -1n],
  ['65 bits', 1n, 2n ** 64n],
]) {
  test(`a header is not written from what is no uint64: ${name}`, () => {
    assert.throws(() => writeHeader(kid, ctr), RangeError);
  });
}
