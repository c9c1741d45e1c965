/* The E2EE worker of livekit-client and e2ee-call in one call, with the codecs that both have, and
 * beside it two of LiveKit's workers with each other.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../browser.mjs';
import { assertGoodCall, assertNothingOpened, assertNothingThrough, causesOf, describeRow, rowsOf,
  stateOfLastPicture, statesSaid } from '../figures.mjs';
import { LIMIT, rowsBetween, Stage, untouchedOf, whyNot } from '../foreign/stage.mjs';

const skip = await whyNot('livekit-client');
const options = { skip, timeout: LIMIT };

/* What both ends derive their keys from; the index is the key's place in the ring. */
const KEYS = {
  passphrase: { alg: 'LIVEKIT_PBKDF2', key: 'correct horse battery staple', index: 0 },
  'raw key': {
    alg: 'LIVEKIT_HKDF',
    key: Array.from({ length: 32 }, (_, i) => 7 * i + 1),
    index: 5,
  },
};
const WRONG = {
  passphrase: { ...KEYS.passphrase, key: 'correct horse battery stable' },
  'raw key': { ...KEYS['raw key'], key: KEYS['raw key'].key.toReversed() },
};

let stage;

before(async () => {
  if (!skip)
    stage = await Stage.open();
}, { timeout: LIMIT });

after(() => stage?.close(), { timeout: LIMIT });

const settings = (codec, { key, index, enabled, ofEach }) =>
  ({ format: 'livekit', codecs: { video: codec }, keys: { key, index, enabled, ofEach } });

async function call(t, { codec, webCalls, gst, web, seconds, during }) {
  const file = Array.isArray(gst)
    ? await stage.writeKeys(`keys-${stage.calls}.json`,
        gst.map(({ index, alg, key }) => ({ kid: index, alg, k: key })))
    : await stage.makeKey(`keys-${stage.calls}.json`, gst);
  const result = await stage.callGStreamer(t, {
    settings: settings(codec, web),
    args: ['--format', 'livekit', '--codec', codec, '--key-file', file],
    webCalls,
    seconds,
    during,
  });

  assert.ok(result.stats, result.log);
  assert.deepEqual(result.page.errors, []);
  result.rows = rowsOf(result.web, result.stats);
  result.rows.forEach((row) => t.diagnostic(`${codec}: ${describeRow(row)}`));
  return result;
}

for (const [who, webCalls, codec, kind] of [
  ['offers', true, 'vp8', 'passphrase'],
  ['answers', false, 'vp8', 'raw key'],
  ['offers', true, 'vp9', 'raw key'],
  ['answers', false, 'vp9', 'passphrase'],
  ['offers', true, 'h264', 'passphrase'],
  ['answers', false, 'h264', 'raw key'],
])
  test(`LiveKit's worker ${who} ${codec} with a ${kind}: both ends open and decode`, options,
      async (t) => {
        const { rows, web, said, stats, status, log } = await call(t,
            { codec, webCalls, gst: KEYS[kind], web: KEYS[kind], seconds: 3 });

        t.diagnostic(`Chromium ${stage.browser.version()}, connected after `
            + `${stats['connected-ms']} ms`);
        assert.equal(status, 0, log);
        assertGoodCall(rows);
        assert.deepEqual(said, {}, 'LiveKit has no error to tell');
        assert.equal(untouchedOf(web), 0, 'no frame goes through in clear');
        assert.equal(stateOfLastPicture(stats), 'on');
        assert.deepEqual(stats.received.map(({ decryptor }) => causesOf(decryptor)), [{}, {}]);
      });

/* Waits until the page has sealed so many frames of video more. */
async function sealsMore(page, count) {
  const sealed = async () => {
    const { participants } = await import('/foreign/page.js');

    return (await participants.a.figures())['send video']?.passed ?? 0;
  };
  const before_ = await page.evaluate(sealed);

  await until(page, async (enough) => {
    const { participants } = await import('/foreign/page.js');

    return (await participants.a.figures())['send video']?.passed >= enough;
  }, before_ + count, LIMIT / 2);
}

test('LiveKit\'s worker ratchets its key, and then goes over to another: e2eedec follows', options,
    async (t) => {
      const [first, second] = [KEYS['raw key'], { ...WRONG['raw key'], index: 6 }];
      const { rows, web, said, stats, status, log } = await call(t, {
        codec: 'vp8',
        webCalls: true,
        /* Of two keys of one epoch e2eeenc takes the first. */
        gst: [first, second],
        web: { ...first, ofEach: true },
        seconds: 5,
        during: async (page) => {
          await sealsMore(page, 20);
          await page.evaluate(async (index) => {
            const { participants } = await import('/foreign/page.js');
            const { ratchet } = await import('/livekit/livekit.js');

            ratchet(participants.a.worker, index, 'web');
            ratchet(participants.a.worker, index, 'web');
          }, first.index);
          await sealsMore(page, 20);
          await page.evaluate(async (key) => {
            const { participants } = await import('/foreign/page.js');
            const { setKey } = await import('/livekit/livekit.js');

            await setKey(participants.a.worker, key, 'web');
          }, second);
          await sealsMore(page, 20);
        },
      });

      const keyIds = stats.messages.filter(({ message, element }) =>
        message === 'e2ee-status' && element === 'decryptor').map((status_) => status_['key-id']);

      assert.equal(status, 0, log);
      assertGoodCall(rows);
      assert.equal(untouchedOf(web), 0);
      assert.deepEqual(said, { ratcheted: 2 });
      assert.deepEqual(keyIds.sort(), [first.index, first.index, second.index, second.index]);
      assert.deepEqual(stats.received.map(({ decryptor }) => causesOf(decryptor)), [{}, {}]);
    });

for (const [who, webCalls, kind] of [
  ['offers', true, 'passphrase'],
  ['answers', false, 'raw key'],
])
  test(`LiveKit's worker ${who}: with a wrong ${kind} neither end opens anything`, options,
      async (t) => {
        const { rows, web, said, stats } = await call(t,
            { codec: 'vp8', webCalls, gst: KEYS[kind], web: WRONG[kind], seconds: 2 });

        assertNothingOpened(rows);
        assert.equal(untouchedOf(web), 0);
        for (const { media, decryptor } of stats.received)
          assert.deepEqual(Object.keys(causesOf(decryptor)), ['tag'], media);
        assert.ok(Object.keys(said).length > 0
            && Object.keys(said).every((text) => text.startsWith('InvalidKey:')),
        JSON.stringify(said));
        assert.deepEqual(statesSaid(stats), ['degraded']);
      });

test('LiveKit\'s worker: with a key at another place of the ring neither end opens anything',
    options, async (t) => {
      const { rows, web, said, stats } = await call(t, {
        codec: 'vp8',
        webCalls: true,
        gst: KEYS.passphrase,
        web: { ...KEYS.passphrase, index: 3 },
        seconds: 2,
      });

      assertNothingOpened(rows);
      assert.equal(untouchedOf(web), 0);
      for (const { media, decryptor } of stats.received)
        assert.deepEqual(Object.keys(causesOf(decryptor)), ['unknown-key'], media);
      assert.ok(Object.keys(said).every((text) => text.startsWith('MissingKey:')),
          JSON.stringify(said));
    });

test('LiveKit\'s worker sends in clear: e2eedec lets none of it through', options, async (t) => {
  const { web, stats } = await call(t, {
    codec: 'h264',
    webCalls: true,
    gst: KEYS.passphrase,
    web: { ...KEYS.passphrase, enabled: false },
    seconds: 2,
  });

  assertNothingThrough(t, web, stats);
});

for (const codec of ['vp8', 'vp9', 'h264'])
  test(`two of LiveKit's workers with each other, ${codec}: what they open is the measure`, options,
      async (t) => {
        const both = settings(codec, KEYS.passphrase);
        const { page, said, ...call_ } = await stage.callEachOther(t, both, both);
        const rows = rowsBetween('LiveKit', call_);

        rows.forEach((row) => t.diagnostic(`${codec}: ${describeRow(row)}`));
        assert.deepEqual(page.errors, []);
        for (const row of rows)
          assert.ok(row.opened >= 0.9 * row.sealed && row.opened <= row.sealed, describeRow(row));
        /* Of H.264 Chromium's packet buffer also hands over pieces of frames that came whole
         * before, after a probe of the bandwidth; LiveKit's worker refuses those. */
        if (codec !== 'h264') {
          assertGoodCall(rows);
          assert.deepEqual(said, [{}, {}]);
        }
      });
