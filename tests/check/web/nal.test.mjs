/* Emulation prevention and the front of a frame, byte by byte.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escape, readFront, trimmed, unescape } from '../../../pipelines/web/nal.js';
import { because, hex, unhex } from './support.mjs';

/* As ITU-T H.264 section 7.4.1 has them; the third is the number of zero bytes in front. */
for (const [plain, escaped, zeros] of [
  ['', '', 0],
  ['0000', '0000', 0],
  ['000000', '00000300', 0],
  ['000001', '00000301', 0],
  ['000002', '00000302', 0],
  ['000003', '00000303', 0],
  ['000004', '000004', 0],
  ['00000000', '0000030000', 0],
  ['0000000000', '000003000003' + '00', 0],
  ['00000100000100', '0000030100000301' + '00', 0],
  ['0001', '000301', 1],
  ['0001', '0001', 0],
  ['01', '01', 1],
  ['0000', '000300', 1],
  ['ff0000', 'ff0000', 0],
]) {
  test(`"${plain}" behind ${zeros} zero bytes is escaped as "${escaped}", and back`, () => {
    assert.equal(hex(escape(unhex(plain), zeros)), escaped);
    assert.equal(hex(unescape(unhex(escaped), zeros)), plain);
  });
}

for (const bytes of ['000000', '000001', '000002', 'aa000001bb'])
  test(`"${bytes}" is in no escaped block`, () => {
    assert.throws(() => unescape(unhex(bytes), 0), because('frame'));
  });

test('every block of zeros to threes comes back', () => {
  for (let i = 0; i < 4 ** 7; i++) {
    const plain = Uint8Array.from({ length: 7 }, (_, at) => i >> 2 * at & 3);

    for (const zeros of [0, 1]) {
      const escaped = escape(plain, zeros);

      assert.deepEqual(unescape(escaped, zeros), plain);
      assert.ok(![0, 1, 2].some((last) => hex(escaped).match(/../g).join(' ')
        .includes(`00 00 0${last}`)));
    }
  }
});

test('a front tells the key frame and where the slice begins', () => {
  const front = readFront('h264', unhex('00000001674200000001' + '06' + '05aa80' + '0000016588aa'));

  assert.deepEqual([front.keyFrame, front.slice, front.sei], [true, 17, 10]);
  assert.equal(hex(front.clear), '000000016742000000016588');
});

test('what is trimmed are zero bytes at the end', () => {
  assert.equal(hex(trimmed(unhex('aabb00cc0000'), 1)), 'bb00cc');
  assert.equal(hex(trimmed(unhex('0000'), 0)), '');
});
