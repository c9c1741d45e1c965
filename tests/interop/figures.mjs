/* What a call came to, seen from both ends, and what is demanded of it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';

/* Of what one end has sealed the other must open so much; the rest is under way when a call ends,
 * or was lost where a busy machine did not read its sockets: sound is not sent again. */
const OPENED = 0.9;
/* And decode so much of what it opened: decoders wait for a key frame, and a browser leaves out
 * what it has no time for.  Of ciphertext a decoder makes next to nothing. */
const DECODED = 0.6;

/* Frames of a call that must work, and of one that must not: what a machine that does ten other
 * things still sends in its seconds. */
const ENOUGH = 25;
const SOME = 10;

/* Pictures of e2ee-call in a second, and how many of them a machine that keeps up makes. */
const FRAME_RATE = 25;
const REAL_TIME = 0.7;

const sum = (counters) => Object.values(counters).reduce((total, count) => total + count, 0);

/* A frame that comes once more after it was opened is refused, and nothing is lost: Chromium hands
 * its transforms a frame again when retransmission or a probe of the bandwidth has brought it
 * twice. */
const refusedOf = (decryptor) => (decryptor?.dropped ?? 0) - (decryptor?.replayed ?? 0);

/* One row for each medium and direction: { what, sealed, opened, refused, repeated, decoded },
 * where decoded is null for sound in the browser, which counts samples. */
export function rowsOf(web, { sent, received }) {
  return ['video', 'audio'].flatMap((kind) => {
    const incoming = received.find(({ media }) => media === kind);
    const { replayed = 0, ...dropped } = web[`receive ${kind}`].dropped;

    return [{
      what: `Chromium -> GStreamer ${kind}`,
      sealed: web[`send ${kind}`].passed,
      opened: incoming?.decryptor.frames ?? 0,
      refused: refusedOf(incoming?.decryptor),
      repeated: incoming?.decryptor.replayed ?? 0,
      decoded: incoming?.opened.decoded ?? 0,
    }, {
      what: `GStreamer -> Chromium ${kind}`,
      sealed: sent[kind].encryptor.frames,
      opened: web[`receive ${kind}`].passed,
      refused: sum(dropped),
      repeated: replayed,
      decoded: web[`receive ${kind}`].decoded ?? null,
      samples: web[`receive ${kind}`].samples ?? null,
    }];
  });
}

export function describeRow({ what, sealed, opened, refused, repeated, decoded, samples }) {
  const played = decoded === null ? `${samples} samples played` : `${decoded} decoded`;

  return `${what}: ${sealed} frames sealed, ${opened} opened, ${refused} refused, `
      + `${repeated} came again, ${played}`;
}

export function assertGoodCall(rows) {
  for (const row of rows) {
    const text = describeRow(row);

    assert.ok(row.sealed > ENOUGH, text);
    assert.ok(row.opened >= OPENED * row.sealed && row.opened <= row.sealed, text);
    assert.ok(row.refused <= row.sealed - row.opened, text);
    if (row.decoded === null)
      /* 20 ms a frame at 48,000 samples a second; what was made up is left out. */
      assert.ok(row.samples >= DECODED * row.opened * 960, text);
    else
      assert.ok(row.decoded >= DECODED * row.opened, text);
  }
}

export function assertNothingOpened(rows) {
  for (const row of rows) {
    const text = describeRow(row);

    assert.ok(row.sealed > SOME, text);
    assert.equal(row.opened, 0, text);
    assert.ok(row.refused > 0, text);
    assert.ok(!row.decoded && !row.samples, text);
  }
}

/* The causes under which @counters has counted, without those that are 0. */
export function causesOf(counters) {
  const causes = ['truncated', 'header', 'frame', 'too-large', 'unknown-key', 'tag', 'replayed',
    'too-many-senders'];

  return Object.fromEntries(causes.filter((cause) => counters[cause])
    .map((cause) => [cause, counters[cause]]));
}

/* Of the picture itself: the shield says "unknown" as soon as a busy machine is silent for long. */
export function stateOfLastPicture({ received }) {
  return received.find(({ media }) => media === 'video')['status-of-last-picture'];
}

/* Whether so little of what e2ee-call should have sent in its seconds was sent that the call proves
 * nothing. */
export function wasTooBusy({ sent }, seconds) {
  return (sent?.video?.encryptor.frames ?? 0) < REAL_TIME * FRAME_RATE * seconds;
}

/* What e2eedec has said of what it got, each state once. */
export function statesSaid({ messages }) {
  return [...new Set(messages.filter(({ message, element }) =>
    message === 'e2ee-status' && element === 'decryptor').map(({ state }) => state))];
}

/* The browser's worker has sent all in clear: e2eedec has let none of it through. */
export function assertNothingThrough(t, web, stats) {
  for (const { media, decryptor, opened } of stats.received) {
    t.diagnostic(`${media}: ${decryptor.dropped} refused, ${JSON.stringify(causesOf(decryptor))}`);
    assert.ok(web[`send ${media}`].untouched > SOME, media);
    assert.ok(decryptor.dropped > SOME, media);
    assert.equal(decryptor.frames, 0, media);
    assert.equal(opened.frames, 0, media);
    assert.equal(opened.decoded, 0, media);
  }
  assert.deepEqual(statesSaid(stats), ['degraded']);
}
