/* What happens to each frame of a stream.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSuite } from '../../../pipelines/web/aead.js';
import { readHeader } from '../../../pipelines/web/header.js';
import { importBaseKey } from '../../../pipelines/web/keys.js';
import { FrameTransform, KeyStore } from '../../../pipelines/web/transform.js';
import { hex, unhex } from './support.mjs';

const VP8 = '110000aabbcc';

function material(kid, usages = ['encrypt', 'decrypt']) {
  return importBaseKey(kid, findSuite(4), new Uint8Array(16).fill(Number(kid)), usages);
}

async function store(sendKid, ...kids) {
  const keys = new KeyStore();

  await keys.set(await Promise.all(kids.map((kid) => material(kid))), sendKid);
  return keys;
}

function frame(bytes, mimeType = 'video/VP8', synchronizationSource = undefined) {
  return {
    data: unhex(bytes).buffer,
    type: 'delta',
    getMetadata: () => ({ mimeType, synchronizationSource }),
  };
}

/* What a stream makes of @frames: those that came out, as hex. */
async function run(transform, ...frames) {
  const out = [];

  for (const one of frames)
    await transform.transform(one, { enqueue: ({ data }) => out.push(hex(data)) });
  return out;
}

const sender = (keys) => new FrameTransform({ direction: 'send', keys });
const receiver = (keys, onVideoLost) =>
  new FrameTransform({ direction: 'receive', keys, onVideoLost });

test('what one stream protects another opens', async () => {
  const keys = await store(1n, 1n);
  const sealed = await run(sender(keys), frame(VP8), frame(VP8));
  const receive = receiver(keys);

  assert.deepEqual(await run(receive, ...sealed.map((bytes) => frame(bytes))), [VP8, VP8]);
  assert.deepEqual([receive.stats.frames, receive.stats.passed, receive.stats.lastKid], [2, 2, 1n]);
});

test('without a key nothing leaves', async () => {
  const send = sender(new KeyStore());

  assert.deepEqual(await run(send, frame(VP8)), []);
  assert.deepEqual(send.stats.dropped, { 'no-key': 1 });
});

test('a listener sends nothing', async () => {
  assert.deepEqual(await run(sender(await store(null, 1n)), frame(VP8)), []);
});

test('a frame in clear does not come out, and a key frame is asked for', async () => {
  let asked = 0;
  const receive = receiver(await store(1n, 1n), () => asked++);

  assert.deepEqual(await run(receive, frame('310000' + '5a'.repeat(80))), []);
  assert.deepEqual(receive.stats.dropped, { 'unknown-key': 1 });
  assert.equal(asked, 1);
});

test('a frame that comes again is refused, and costs no key frame', async () => {
  const keys = await store(1n, 1n);
  const [sealed] = await run(sender(keys), frame(VP8));
  let asked = 0;
  const receive = receiver(keys, () => asked++);

  assert.deepEqual(await run(receive, frame(sealed), frame(sealed)), [VP8]);
  assert.deepEqual(receive.stats.dropped, { replayed: 1 });
  assert.equal(asked, 0);
});

test('a frame whose fate is not known yet is not counted', async () => {
  const receive = receiver(await store(1n, 1n));
  const under = run(receive, frame(VP8));

  assert.equal(receive.stats.frames, 0);
  await under;
  assert.equal(receive.stats.frames, 1);
});

test('a codec that cannot be protected is dropped in both directions', async () => {
  const keys = await store(1n, 1n);

  for (const transform of [sender(keys), receiver(keys)]) {
    assert.deepEqual(await run(transform, frame(VP8, 'video/AV1'), frame(VP8, 'audio/red')), []);
    assert.deepEqual(transform.stats.dropped, { unsupported: 2 });
  }
});

test('a browser that does not tell the codec is told', async () => {
  const keys = await store(1n, 1n);
  const send = new FrameTransform({ direction: 'send', keys, mimeType: 'video/vp8' });

  assert.equal((await run(send, frame(VP8, undefined))).length, 1);
});

test('a new key encrypts from the next frame on', async () => {
  const keys = await store(1n, 1n);
  const send = sender(keys);

  await run(send, frame(VP8));
  await keys.set([await material(1n), await material(2n)], 2n);
  await run(send, frame(VP8));
  assert.equal(send.stats.lastKid, 2n);
});

test('every stream has a run of counters of its own', async () => {
  const keys = await store(1n, 1n);
  const video = sender(keys);
  const audio = sender(keys);
  const [first] = await run(video, frame(VP8));
  const [second] = await run(audio, frame('fcaa', 'audio/opus'));
  const receive = receiver(keys);

  /* In one run the frame that was sealed first would be taken for a replay. */
  assert.equal((await run(receive, frame(second, 'audio/opus'), frame(first))).length, 2);
});

const counterOf = (sealed) => readHeader(unhex(sealed).subarray(3)).ctr;

test('every layer of a simulcast has a run of counters of its own', async () => {
  const keys = await store(1n, 1n);
  const sealed = await run(sender(keys), ...[1, 2, 1, 2].map((ssrc) =>
    frame(VP8, 'video/VP8', ssrc)));
  const [low, high, nextLow, nextHigh] = sealed.map(counterOf);

  assert.equal(nextLow, low + 1n);
  assert.equal(nextHigh, high + 1n);
  assert.ok(high - low > 1n << 32n || low - high > 1n << 32n, 'the runs are neighbours');

  /* Whichever layer is sent on, in whatever order: nothing is a replay. */
  const receive = receiver(keys);

  assert.equal((await run(receive, ...[sealed[3], sealed[0], sealed[2]].map((bytes) =>
    frame(bytes)))).length, 3);
});

test('frames of a layer that come at once are in one run', async () => {
  const send = sender(await store(1n, 1n));
  const sealed = await Promise.all(Array.from({ length: 20 }, () =>
    run(send, frame(VP8, 'video/VP8', 7))));

  assert.equal(new Set(sealed.map(([bytes]) => counterOf(bytes))).size, 20);
  assert.ok(sealed.every(([bytes]) => counterOf(bytes) - counterOf(sealed[0][0]) < 20n));
});

test('a stream that changes its SSRC for ever is kept in mind with few keys', async () => {
  const send = sender(await store(1n, 1n));

  await run(send, ...Array.from({ length: 40 }, (_, ssrc) => frame(VP8, 'video/VP8', ssrc)));
  assert.equal(send.sendKeys.size, 16);
  assert.equal(send.stats.passed, 40);
});

test('a key that stays keeps its replay window', async () => {
  const keys = await store(1n, 1n);
  const [sealed] = await run(sender(keys), frame(VP8));
  const receive = receiver(keys);

  await run(receive, frame(sealed));
  await keys.set([await material(1n)], 1n);
  assert.deepEqual(await run(receive, frame(sealed)), []);
  assert.deepEqual(receive.stats.dropped, { replayed: 1 });
});

test('a key for decrypting only, or none of that id, cannot be chosen to encrypt', async () => {
  const keys = new KeyStore();
  const decryptOnly = await material(1n, ['decrypt']);

  await assert.rejects(keys.set([decryptOnly], 1n), { code: 'key-usage' });
  await assert.rejects(keys.set([decryptOnly], 2n), { code: 'no-key' });
});
