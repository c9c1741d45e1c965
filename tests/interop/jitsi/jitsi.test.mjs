/* The E2EE worker of lib-jitsi-meet and e2ee-call in one call, and beside it two of Jitsi's workers
 * with each other.
 *
 * Jitsi leaves the bytes clear that VP8 wants, whatever the codec, and escapes nothing: no H.264.
 * The worker is that of 2021, the newest that is a package.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertGoodCall, assertNothingOpened, assertNothingThrough, causesOf, describeRow, rowsOf,
  stateOfLastPicture, statesSaid } from '../figures.mjs';
import { LIMIT, rowsBetween, Stage, untouchedOf, whyNot } from '../foreign/stage.mjs';

const skip = await whyNot('@lyno/lib-jitsi-meet');
const options = { skip, timeout: LIMIT };

/* Each participant seals with a key of his own. */
const GST = { key: Array.from({ length: 32 }, (_, i) => 5 * i + 3), index: 0 };
const WEB = { key: Array.from({ length: 32 }, (_, i) => 9 * i + 4), index: 11 };
const wrong = ({ key, index }) => ({ key: key.toReversed(), index });

let stage;

before(async () => {
  if (!skip)
    stage = await Stage.open();
}, { timeout: LIMIT });

after(() => stage?.close(), { timeout: LIMIT });

/* @gst and @web: { own, other }. */
async function call(t, { codec = 'vp8', webCalls, gst, web, seconds }) {
  const file = await stage.writeKeys(`keys-${stage.calls}.json`, [
    { kid: gst.own.index, alg: 'JITSI_HKDF', k: gst.own.key, use: 'encrypt' },
    { kid: gst.other.index, alg: 'JITSI_HKDF', k: gst.other.key, use: 'decrypt' },
  ]);
  const result = await stage.callGStreamer(t, {
    settings: { format: 'jitsi', codecs: { video: codec }, keys: web },
    args: ['--format', 'jitsi', '--codec', codec, '--key-file', file,
      '--key-id', String(gst.own.index)],
    webCalls,
    seconds,
  });

  assert.ok(result.stats, result.log);
  assert.deepEqual(result.page.errors, []);
  result.rows = rowsOf(result.web, result.stats);
  result.rows.forEach((row) => t.diagnostic(`${codec}: ${describeRow(row)}`));
  return result;
}

for (const [who, webCalls, codec] of [
  ['offers', true, 'vp8'],
  ['answers', false, 'vp8'],
  ['offers', true, 'vp9'],
])
  test(`Jitsi's worker ${who} ${codec}: both ends open and decode`, options, async (t) => {
    const { rows, web, stats, status, log } = await call(t, {
      codec,
      webCalls,
      gst: { own: GST, other: WEB },
      web: { own: WEB, other: GST },
      seconds: 3,
    });

    t.diagnostic(`Chromium ${stage.browser.version()}, connected after `
        + `${stats['connected-ms']} ms`);
    assert.equal(status, 0, log);
    assertGoodCall(rows);
    assert.equal(untouchedOf(web), 0, 'no frame goes through in clear');
    assert.equal(stateOfLastPicture(stats), 'on');
    assert.deepEqual(stats.received.map(({ decryptor }) => causesOf(decryptor)), [{}, {}]);
  });

test('Jitsi\'s worker: with wrong keys neither end opens anything', options, async (t) => {
  const { rows, web, stats } = await call(t, {
    webCalls: true,
    gst: { own: GST, other: WEB },
    web: { own: wrong(WEB), other: wrong(GST) },
    seconds: 2,
  });

  const isIncoming = ({ what }) => what.startsWith('Chromium');

  assertNothingOpened(rows.filter(isIncoming));
  /* Jitsi's worker of 2021 hands on what it could not open, to a decoder that makes noise of it. */
  for (const { opened, sealed } of rows.filter((row) => !isIncoming(row))) {
    assert.equal(opened, 0);
    assert.ok(sealed > 10);
  }
  for (const kind of ['video', 'audio']) {
    assert.equal(web[`send ${kind}`].untouched, 0);
    assert.equal(web[`receive ${kind}`].untouched, web[`receive ${kind}`].frames);
  }
  for (const { media, decryptor } of stats.received)
    assert.deepEqual(Object.keys(causesOf(decryptor)), ['tag'], media);
  assert.deepEqual(statesSaid(stats), ['degraded']);
});

test('Jitsi\'s worker without a key sends in clear: e2eedec lets none of it through', options,
    async (t) => {
      const { web, stats } = await call(t, {
        webCalls: true,
        gst: { own: GST, other: WEB },
        web: { own: { key: null, index: WEB.index }, other: GST },
        seconds: 2,
      });

      assertNothingThrough(t, web, stats);
    });

for (const codec of ['vp8', 'vp9'])
  test(`two of Jitsi's workers with each other, ${codec}: what they open is the measure`, options,
      async (t) => {
        const common = { format: 'jitsi', codecs: { video: codec } };
        const { page, ...figures } = await stage.callEachOther(t,
            { ...common, keys: { own: GST, other: WEB } },
            { ...common, keys: { own: WEB, other: GST } });
        const rows = rowsBetween('Jitsi', figures);

        rows.forEach((row) => t.diagnostic(`${codec}: ${describeRow(row)}`));
        assert.deepEqual(page.errors, []);
        assertGoodCall(rows);
      });
