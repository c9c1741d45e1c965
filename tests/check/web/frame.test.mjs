/* Whole encoded frames: what stays clear of each codec, and what does not come back.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSuite } from '../../../pipelines/web/aead.js';
import { protectFrame, unprotectFrame } from '../../../pipelines/web/frame.js';
import { readHeader } from '../../../pipelines/web/header.js';
import { KeyRing, SendKey, importBaseKey } from '../../../pipelines/web/keys.js';
import { because, hex, unhex } from './support.mjs';

const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

async function pair({ start } = {}) {
  const key = await importBaseKey(1n, findSuite(4), unhex(BASE_KEY), ['encrypt', 'decrypt']);
  const ring = new KeyRing();

  await ring.add(key);
  return { key: await SendKey.create(key, { start }), ring };
}

for (const [name, mimeType, frame, prefix] of [
  ['a VP8 key frame keeps 10 bytes clear', 'video/VP8', '10000000000000000000aabbcc', 10],
  ['a VP8 interframe keeps 3 bytes clear', 'video/VP8', '110000aabbcc', 3],
  ['a VP9 frame keeps none', 'video/VP9', '8249834200aabb', 0],
  ['an Opus frame keeps none', 'audio/opus', 'fcaabb', 0],
]) {
  test(name, async () => {
    const { key, ring } = await pair({ start: 0n });
    const bytes = await protectFrame(key, mimeType, unhex(frame));

    assert.equal(hex(bytes.subarray(0, prefix)), frame.slice(0, 2 * prefix));
    assert.deepEqual(readHeader(bytes.subarray(prefix)), { kid: 1n, ctr: 0n, size: 1 });
    assert.equal(hex((await unprotectFrame(ring, mimeType, bytes)).frame), frame);
  });
}

for (const [name, frame, prefix] of [
  ['key frame', '10000000000000000000aabbcc', 10],
  ['interframe', '110000aabbcc', 3],
]) {
  test(`a VP8 ${name} is refused when its clear bytes were changed`, async () => {
    const { key, ring } = await pair();
    const bytes = await protectFrame(key, 'video/VP8', unhex(frame));

    bytes[prefix - 1] ^= 1;
    await assert.rejects(unprotectFrame(ring, 'video/VP8', bytes), because('tag'));
  });
}

for (const [name, mimeType, frame, code] of [
  ['a codec without a rule', 'video/AV1', '00000001', 'unsupported'],
  ['no codec at all', undefined, '00000001', 'unsupported'],
  ['an empty video frame', 'video/VP8', '', 'truncated'],
  ['a VP8 key frame of 9 bytes', 'video/VP8', '100000000000000000', 'truncated'],
]) {
  test(`neither direction takes ${name}`, async () => {
    const { key, ring } = await pair();

    await assert.rejects(protectFrame(key, mimeType, unhex(frame)), because(code));
    await assert.rejects(unprotectFrame(ring, mimeType, unhex(frame)), because(code));
  });
}

test('a frame in clear is refused', async () => {
  const { ring } = await pair();

  /* Opus and a VP8 interframe as encoders write them. */
  await assert.rejects(unprotectFrame(ring, 'audio/opus', unhex('fc' + '5a'.repeat(80))),
      because('unknown-key'));
  await assert.rejects(unprotectFrame(ring, 'video/VP8', unhex('310000' + '5a'.repeat(80))),
      because('unknown-key'));
});

/* ---- H.264 and H.265 ---- */

const H264 = 'video/H264';
const H265 = 'video/H265';
const SPS = '6742e01f9a';
const PPS = '68ce3c80';

for (const [name, mimeType, frame, clear, back] of [
  ['a slice alone', H264, '00000001419a22334455', '00000001419a'],
  ['a slice behind a short start code', H264, '000001419a22334455', '00000001419a',
    '00000001419a22334455'],
  ['parameter sets and a key slice', H264, `00000001${SPS}00000001${PPS}0000000165882233`,
    `00000001${SPS}00000001${PPS}000000016588`],
  ['two slices: the second is encrypted with its header', H264,
    '000000014188aabbcc000001419ac0ddee', '000000014188', '000000014188aabbcc000001419ac0ddee'],
  ['delimiter, SEI and filler in front', H264,
    `0000000109f0000000010605aabb80000000010cffff80000001${SPS}00000165882233`,
    `00000001${SPS}000000016588`, `00000001${SPS}00000001658822` + '33'],
  ['parameter sets that come twice', H264,
    `00000001${SPS}00000001${PPS}00000001${SPS}00000001${PPS}0000000165882233`,
    `00000001${SPS}00000001${PPS}000000016588`,
    `00000001${SPS}00000001${PPS}0000000165882233`],
  ['parameter sets alone', H264, `00000001${SPS}00000001${PPS}`,
    `00000001${SPS}00000001${PPS}000000010605`],
  ['a second clear byte that is zero', H264, '00000001410022334455', '000000014100'],
  ['a slice without a body', H264, '00000001419a', '00000001419a'],
  ['zero bytes behind the last unit', H264, '00000001419a22330000', '00000001419a',
    '00000001419a2233'],
  ['H.265: parameter sets and a key slice', H265,
    '00000001400111000000014201220000000144013300000001260144556677',
    '0000000140011100000001420122000000014401330000000126' + '01'],
  ['H.265: parameter sets alone', H265, '000000014001110000000142012200000001440133',
    '0000000140011100000001420122000000014401' + '33000000014e01'],
]) {
  test(`NAL units, ${name}: what must stays clear, and all comes back`, async () => {
    const { key, ring } = await pair();
    const bytes = await protectFrame(key, mimeType, unhex(frame));

    assert.equal(hex(bytes.subarray(0, clear.length / 2)), clear);
    assert.equal(bytes.at(-1), 0x80);
    assert.equal(hex((await unprotectFrame(ring, mimeType, bytes)).frame), back ?? frame);
  });
}

function hasStartCode(bytes) {
  return bytes.some((byte, i) => byte <= 2 && i > 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0);
}

test('NAL units: what was protected holds no start code', async () => {
  /* A counter whose bytes are one: 01 00 00 00 00. */
  const { key, ring } = await pair({ start: 1n << 32n });
  const frame = unhex(`00000001419a${'5a'.repeat(40)}`);
  const bytes = await protectFrame(key, H264, frame);

  assert.match(hex(bytes), /^00000001419a1c010000030000/);
  assert.ok(!hasStartCode(bytes.subarray(4)));
  assert.deepEqual((await unprotectFrame(ring, H264, bytes)).frame, frame);
});

for (const [name, change] of [
  ['start codes of three bytes', (text) => text.replaceAll('00000001', '000001')],
  ['parameter sets once more in front', (text) => `00000001${SPS}00000001${PPS}${text}`],
  ['a delimiter in front', (text) => `0000000109f0${text}`],
  ['an SEI in front', (text) => `000000010605aabb80${text}`],
  ['zero bytes behind it', (text) => `${text}0000`],
]) {
  test(`NAL units: a depayloader that makes ${name} spoils nothing`, async () => {
    const { key, ring } = await pair();
    const frame = `00000001${SPS}00000001${PPS}0000000165882233445566778899`;
    const bytes = await protectFrame(key, H264, unhex(frame));

    /* The tag holds what it holds: only what stands in front of it is rewritten. */
    const clear = 4 + SPS.length / 2 + 4 + PPS.length / 2 + 6;
    const front = hex(bytes.subarray(0, clear));
    const rest = hex(bytes.subarray(clear));
    const changed = change(front + '..').replace('..', rest);

    assert.equal(hex((await unprotectFrame(ring, H264, unhex(changed))).frame), frame);
  });
}

for (const [name, change, code] of [
  ['another header of the slice', (text) => text.replace('000000016588', '00000001' + '4588'), 'tag'],
  ['another byte behind it', (text) => text.replace('000000016588', '000000016598'), 'tag'],
  ['another parameter set', (text) => text.replace(PPS, '68ce3c81'), 'tag'],
  ['a parameter set less', (text) => text.replace(`00000001${PPS}`, ''), 'tag'],
  ['a parameter set more', (text) => `0000000168ce${text}`, 'tag'],
  ['another stop byte', (text) => text.replace(/80$/, '81'), 'frame'],
  ['bytes behind the stop byte', (text) => `${text}01`, 'frame'],
  ['a second slice behind it', (text) => `${text}00000001419a80`, 'frame'],
  ['no slice', (text) => text.slice(0, text.indexOf('000000016588')), 'frame'],
  ['bytes before the first start code', (text) => `ff${text}`, 'frame'],
  ['a data partition in front', (text) => `00000001022233${text}`, 'frame'],
]) {
  test(`NAL units: ${name} is refused`, async () => {
    const { key, ring } = await pair();
    const bytes = await protectFrame(key, H264,
        unhex(`00000001${SPS}00000001${PPS}0000000165882233445566778899`));

    await assert.rejects(unprotectFrame(ring, H264, unhex(change(hex(bytes)))),
        because(code));
    /* And the frame itself still opens. */
    await unprotectFrame(ring, H264, bytes);
  });
}

for (const [name, frame, code] of [
  ['nothing', '', 'frame'],
  ['no start code', '419a2233', 'frame'],
  ['bytes before the first start code', 'aa00000001419a22', 'frame'],
  ['a slice of one byte', '0000000141', 'frame'],
  ['a delimiter alone', '0000000109f0', 'frame'],
  ['a data partition before the slice', '0000000102aabb00000001419a22', 'frame'],
  ['more clear bytes than can be authenticated', `0000000167${'11'.repeat(4096)}00000001658822`,
    'too-large'],
  ['more parameter sets than are remembered', `${Array.from({ length: 65 }, (_, i) =>
    `0000000168${(i + 16).toString(16)}80`).join('')}00000001658822`, 'too-large'],
]) {
  test(`NAL units: ${name} is not protected`, async () => {
    await assert.rejects(protectFrame((await pair()).key, H264, unhex(frame)), because(code));
  });
}

test('NAL units: a frame that ends early is refused at every length', async () => {
  const { key, ring } = await pair();
  const bytes = await protectFrame(key, H264, unhex(`00000001${SPS}0000000165882233445566`));

  for (let size = 0; size < bytes.length; size++)
    await assert.rejects(unprotectFrame(ring, H264, bytes.subarray(0, size)),
        ({ name: kind }) => kind === 'E2eeError', `${size} bytes`);
  await unprotectFrame(ring, H264, bytes);
});

test('NAL units: a frame in clear is refused', async () => {
  const { ring } = await pair();

  for (const [frame, code] of [['00000001419a' + '5a'.repeat(80), 'frame'],
    ['00000001419a' + '5a'.repeat(80) + '80', 'unknown-key']])
    await assert.rejects(unprotectFrame(ring, H264, unhex(frame)), because(code));
});
