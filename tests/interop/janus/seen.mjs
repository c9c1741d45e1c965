/* Whether what a server has is what was sent, and of no use to it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { KeyRing, parseKeyFile } from '../../../pipelines/web/keys.js';
import { unprotectFrame } from '../../../pipelines/web/frame.js';

const MIME_TYPES = { vp8: 'video/VP8', vp9: 'video/VP9', h264: 'video/H264', opus: 'audio/opus' };
/* As evidence.c writes them. */
export const digestOf = (frame) => createHash('sha256').update(frame).digest('hex').slice(0, 16);
/* No two frames have so many bytes alike by chance. */
const RUN = 16;

const linesOf = (evidence) => evidence.trim().split('\n').map((line) => JSON.parse(line));

/* The digests that a participant's evidence has of frames of @media in one place: 'sent', as he
 * encoded them, 'opened', or 'raw', as they came. */
export function digestsOf(evidence, place, media) {
  return new Set(linesOf(evidence).filter((line) => line.frame === place && line.media === media)
    .map(({ digest }) => digest));
}

function normalised(luma) {
  const values = [...Buffer.from(luma, 'base64')];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.hypot(...centred);

  /* A picture of one colour is like no other. */
  return centred.map((value) => (length > 0 ? value / length : 0));
}

/* How like the pictures that one evidence has in @place are to those that the other sent within two
 * seconds: the best correlation of each, in order.  Neither brightness nor contrast counts. */
export function likenesses(sent, got, place) {
  const picturesOf = (evidence, where) => linesOf(evidence)
    .filter(({ picture }) => picture === where)
    .map(({ t, luma }) => ({ t, luma: normalised(luma) }));
  const originals = picturesOf(sent, 'sent');

  return picturesOf(got, place).map(({ t, luma }) => Math.max(-1, ...originals
    .filter((original) => Math.abs(original.t - t) < 2000)
    .map((original) => original.luma.reduce((sum, value, i) => sum + value * luma[i], 0))))
    .sort((a, b) => a - b);
}

/* Opens every frame: [{ plain, size }], where so many bytes in front were clear.  Throws on one
 * that does not open. */
export async function openAll(codec, frames, keyFile) {
  const ring = new KeyRing();
  const opened = [];

  for (const key of await parseKeyFile(keyFile))
    if (key.usages.includes('decrypt'))
      await ring.add(key);
  for (const frame of frames) {
    const { frame: plain, clearSize } = await unprotectFrame(ring, MIME_TYPES[codec], frame);

    opened.push({ plain: Buffer.from(plain), size: clearSize });
  }
  return opened;
}

function* runsOf(bytes) {
  const text = bytes.toString('latin1');

  for (let i = 0; i + RUN <= text.length; i++)
    yield text.slice(i, i + RUN);
}

/* How many runs of 16 bytes in @frames, which the server has, stand somewhere in what was
 * encrypted. */
export function commonRuns(frames, opened) {
  const encrypted = new Set();
  let common = 0;

  for (const { plain, size } of opened)
    for (const run of runsOf(plain.subarray(size)))
      encrypted.add(run);
  for (const frame of frames)
    for (const run of runsOf(frame))
      common += encrypted.has(run);
  return common;
}

/* @frames, which the server has, are what the participant sent whose digests are given, and neither
 * whole nor in part as he encoded them. */
export async function assertOnlyCiphertext(codec, frames, digests, keyFile) {
  const opened = await openAll(codec, frames, keyFile);
  const known = opened.filter(({ plain }) => digests.has(digestOf(plain))).length;

  assert.ok(frames.length > 0, `${codec}: the server has nothing`);
  assert.equal(known, frames.length, `${codec}: frames that nobody sent`);
  assert.equal(frames.filter((frame) => digests.has(digestOf(frame))).length, 0,
      `${codec}: frames as they were encoded`);
  assert.equal(commonRuns(frames, opened), 0, `${codec}: bytes as they were encoded`);
}
