/* What the tests say of a server, they would not say if it were otherwise.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { SendKey, parseKeyFile } from '../../../pipelines/web/keys.js';
import { protectFrame } from '../../../pipelines/web/frame.js';
import { framesOf, parseRecording, parseRtp } from './packets.mjs';
import { assertOnlyCiphertext, commonRuns, digestOf, digestsOf, likenesses } from './seen.mjs';

/* Node 18, which Debian 12 has, keeps it out of the global scope. */
globalThis.crypto ??= webcrypto;

const unhex = (text) => Buffer.from(text, 'hex');
const keyFileOf = (kid) => JSON.stringify({
  keys: [{ kty: 'oct', kid: String(kid), k: Buffer.alloc(16, kid).toString('base64url') }],
});
const random = (size) => Buffer.from(webcrypto.getRandomValues(new Uint8Array(size)));

/* Some VP8 frames, and the same protected: { plain, frames, digests, keyFile } */
async function protectedFrames() {
  const keyFile = keyFileOf(1);
  const key = await SendKey.create((await parseKeyFile(keyFile))[0]);
  const plain = Array.from({ length: 3 }, () => Buffer.concat([unhex('110000'), random(400)]));
  const frames = [];

  for (const frame of plain)
    frames.push(Buffer.from(await protectFrame(key, 'video/VP8', frame)));
  return { plain, frames, digests: new Set(plain.map(digestOf)), keyFile };
}

const judge = ({ frames, digests, keyFile }) => assertOnlyCiphertext('vp8', frames, digests,
    keyFile);

test('ciphertext of frames that were sent is only ciphertext', async () => {
  await judge(await protectedFrames());
});

for (const [name, spoil, says] of [
  ['nothing at all', (seen) => { seen.frames = []; }, /has nothing/],
  ['frames that the keys do not open', (seen) => { seen.keyFile = keyFileOf(2); }, /no key/],
  ['frames under another key of that number', (seen) => {
    seen.keyFile = keyFileOf(1).replace(/"k":"[^"]*"/, '"k":"AAAAAAAAAAAAAAAAAAAAAA"');
  }, /tag is wrong/],
  ['frames that nobody sent', (seen) => { seen.digests.clear(); }, /nobody sent/],
  ['a frame in clear among them', (seen) => { seen.frames[1] = seen.plain[1]; }, /./],
]) {
  test(`${name} is not taken for it`, async () => {
    const seen = await protectedFrames();

    spoil(seen);
    await assert.rejects(judge(seen), says);
  });
}

test('sixteen bytes of what was encrypted are found wherever they stand', async () => {
  const { plain, frames } = await protectedFrames();
  const opened = plain.map((frame) => ({ plain: frame, size: 3 }));

  assert.equal(commonRuns(frames, opened), 0);
  plain[2].copy(frames[0], 77, 200, 216);
  assert.equal(commonRuns(frames, opened), 1);
});

test('what stays clear by rule is not taken for what was encrypted', async () => {
  const { plain, frames } = await protectedFrames();

  /* A long clear prefix, as H.264 has. */
  assert.equal(commonRuns([Buffer.concat([plain[0].subarray(0, 60), frames[0]])],
      plain.map((frame) => ({ plain: frame, size: 60 }))), 0);
});

const picture = (where, t, luma) => JSON.stringify({ picture: where, t,
  luma: Buffer.from(luma, 'hex').toString('base64') });

test('a picture is as like as the likest that was sent about then', () => {
  const sent = [picture('sent', 0, '00ff00ff'), picture('sent', 9000, 'ff00ff00')].join('\n');
  const got = [picture('raw', 100, '00800080'), picture('raw', 100, 'ff00ff00'),
    picture('raw', 100, '80808080'), picture('raw', 9000, 'f010f010'), picture('opened', 0, '0001'),
  ].join('\n');

  assert.deepEqual(likenesses(sent, got, 'raw').map((likeness) => Math.round(likeness * 100)),
      [-100, 0, 100, 100]);
});

test('digests are told apart by place and medium', () => {
  const evidence = [['sent', 'video', 'a'], ['sent', 'audio', 'b'], ['raw', 'video', 'c']]
    .map(([frame, media, digest]) => JSON.stringify({ frame, media, digest })).join('\n');

  assert.deepEqual([...digestsOf(evidence, 'sent', 'video')], ['a']);
  assert.deepEqual([...digestsOf(evidence, 'raw', 'video')], ['c']);
});

const rtp = (seq, marker, payload) => parseRtp(Buffer.concat([
  unhex('80'), Buffer.from([marker ? 0xe0 : 0x60, seq >> 8, seq & 0xff]), unhex('0000000100000002'),
  unhex(payload)]));
const framesIn = (codec, packets) => framesOf(codec, packets).map((frame) => frame.toString('hex'));

for (const [name, packets, expected] of [
  ['two frames', [[1, 0, '90802a01'], [2, 1, '80802a02'], [3, 1, '90802b03']], ['0102', '03']],
  ['two frames out of order', [[3, 1, '90802b03'], [1, 0, '90802a01'], [2, 1, '80802a02']],
    ['0102', '03']],
  ['a packet that comes twice', [[1, 0, '90802a01'], [1, 0, '90802a01'], [2, 1, '80802a02']],
    ['0102']],
  ['a frame without its first packet', [[2, 1, '80802a02'], [3, 1, '90802b03']], ['03']],
  ['a frame without its last packet', [[1, 0, '90802a01'], [3, 1, '90802b03']], ['03']],
  ['a frame without a packet in between', [[1, 0, '90802a01'], [3, 1, '80802a03']], []],
  ['sequence numbers that wrap', [[65535, 0, '90802a01'], [0, 1, '80802a02']], ['0102']],
]) {
  test(`VP8: ${name}`, () => {
    assert.deepEqual(framesIn('vp8', packets.map((packet) => rtp(...packet))), expected);
  });
}

for (const [name, codec, packets, expected] of [
  ['VP9, not flexible, with a scalability structure', 'vp9',
    [[1, 0, 'aa8123000018014000f001040101'], [2, 1, 'a48123000002']], ['0102']],
  ['VP9, two layers of a picture', 'vp9', [[1, 0, 'ac812300000a'], [2, 1, 'ac812300000b']],
    ['0a', '0b']],
  ['VP9, flexible, with references', 'vp9', [[1, 1, 'fc81230103040a']], ['0a']],
  ['H.264: single units, aggregated and fragmented ones', 'h264',
    [[1, 0, '6701'], [2, 0, '780002680200020603'], [3, 0, '7c85aa'], [4, 1, '7c45bb'],
      [5, 1, '41cc']],
    ['0000000167010000000168020000000106030000000165aabb', '0000000141cc']],
  ['H.264: a frame of which the beginning is missing', 'h264',
    [[1, 1, '41aa'], [3, 1, '41bb'], [4, 1, '41cc']], ['0000000141aa', '0000000141cc']],
  ['Opus', 'opus', [[1, 0, 'fc01'], [3, 0, 'fc02']], ['fc01', 'fc02']],
]) {
  test(name, () => {
    assert.deepEqual(framesIn(codec, packets.map((packet) => rtp(...packet))), expected);
  });
}

test('RTP with sources, an extension and padding has its payload in between', () => {
  const packet = 'b1e00001000000010000000200000003bede000110aa0000' + '1122' + '000003';

  assert.equal(parseRtp(unhex(packet)).payload.toString('hex'), '1122');
});

test('a recording gives its header and its packets', () => {
  const one = unhex('80600001000000010000000211');
  const file = Buffer.concat([Buffer.from('MJR00002'), unhex('0009'), Buffer.from('{"t":"v"}'),
    Buffer.from('MEET'), unhex('00000000'), unhex('000d'), one]);
  const { header, packets } = parseRecording(file);

  assert.deepEqual(header, { t: 'v' });
  assert.deepEqual(packets.map(({ payload }) => payload.toString('hex')), ['11']);
  assert.throws(() => parseRecording(Buffer.concat([file, unhex('00')])), /no packet/);
  assert.throws(() => parseRecording(unhex('00')), /no recording/);
});
