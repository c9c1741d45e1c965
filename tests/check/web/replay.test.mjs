/* The replay window and its runs of counters.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplayWindow, SPAN } from '../../../pipelines/web/replay.js';
import { because } from './support.mjs';

const START = 2n ** 62n;

test('a counter is accepted once', () => {
  const replay = new ReplayWindow();

  replay.commit(START);
  assert.throws(() => replay.check(START), because('replayed'));
  assert.throws(() => replay.commit(START), because('replayed'));
});

test('late counters inside of the window are accepted once each', () => {
  const replay = new ReplayWindow(64);

  replay.commit(START);
  replay.commit(START + 63n);
  replay.commit(START + 1n);
  assert.throws(() => replay.check(START), because('replayed'));
  assert.throws(() => replay.check(START + 1n), because('replayed'));
  replay.commit(START + 2n);
});

test('a counter older than the window is refused though it never came', () => {
  const replay = new ReplayWindow(64);

  replay.commit(START);
  replay.commit(START + 100n);
  assert.throws(() => replay.check(START + 36n), because('replayed'));
  replay.check(START + 37n);
});

test('a jump forward forgets nothing that is still in the window', () => {
  const replay = new ReplayWindow(64);

  replay.commit(START);
  replay.commit(START + 10n);
  replay.commit(START + 70n);
  assert.throws(() => replay.check(START + 10n), because('replayed'));
  replay.commit(START + 11n);
  replay.commit(START + 10_000n);
  replay.commit(START + 9_999n);
  assert.throws(() => replay.check(START + 70n), because('replayed'));
});

for (const [name, step, late] of [
  ['inside of the window', 70n, 64n],
  ['past the window', 10_000n, 9_984n],
]) {
  /* START, START + 64 and START + 9,984 share a slot. */
  test(`a jump ${name} leaves no trace of counters that have left it`, () => {
    const replay = new ReplayWindow(64);

    replay.commit(START);
    replay.commit(START + 40n);
    replay.commit(START + step);
    replay.commit(START + late);
    assert.throws(() => replay.check(START + late), because('replayed'));
  });
}

test('check alone remembers nothing', () => {
  const replay = new ReplayWindow();

  replay.check(START);
  replay.check(START);
  replay.commit(START);
});

test('counters from before we came are refused', () => {
  const replay = new ReplayWindow();

  replay.commit(START);
  assert.throws(() => replay.check(START - 1n), because('replayed'));
  assert.throws(() => replay.check(START - SPAN), because('replayed'));
});

test('a second sender on the same key has a run of its own', () => {
  const replay = new ReplayWindow();

  replay.commit(START);
  replay.commit(5n);
  replay.commit(START + 1n);
  replay.commit(6n);
  assert.equal(replay.runs.length, 2);
  assert.throws(() => replay.check(5n), because('replayed'));
  assert.throws(() => replay.check(START), because('replayed'));
});

test('more senders than are remembered are refused', () => {
  const replay = new ReplayWindow(64, 2);

  replay.commit(SPAN * 10n);
  replay.commit(SPAN * 20n);
  assert.throws(() => replay.check(SPAN * 30n), because('too-many-senders'));
  replay.check(SPAN * 20n + 1n);
});

test('the key of a group has one run from 0 on', () => {
  const replay = new ReplayWindow(64, 1);

  replay.commit(3n);
  replay.commit(0n);
  replay.commit(SPAN * 30n);
  assert.throws(() => replay.check(4n), because('replayed'));
});
