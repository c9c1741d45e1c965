/* Two participants in one page of a real browser: worker, transforms and frames without GStreamer.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, missing, servePages, until } from './browser.mjs';

const LIMIT = 180_000;
const ENOUGH = 60;
const skip = await missing();
const options = { skip, timeout: LIMIT };

let browser;
let pages;

before(async () => {
  if (!skip)
    [browser, pages] = await Promise.all([launchBrowser(), servePages()]);
}, { timeout: LIMIT });

after(async () => {
  await browser?.close();
  await pages?.close();
}, { timeout: LIMIT });

function keyFile(alg, ...kids) {
  return JSON.stringify({
    keys: kids.map((kid) => ({
      kty: 'oct',
      kid: String(kid),
      alg,
      k: Buffer.alloc(alg.startsWith('AES_256') ? 32 : 16, kid).toString('base64url'),
    })),
  });
}

async function startPage(t, a, b) {
  const page = await browser.newPage();

  page.setDefaultTimeout(LIMIT / 2);
  t.after(() => page.close());
  await page.goto(`${pages.origin}/pages/loopback.html`);
  await page.click('#start');
  await page.evaluate(async (settings) => (await import('/pages/loopback.js')).start(settings),
      { a, b });
  return page;
}

/* Waits until every receiving stream has counted enough of @what. */
async function receiversReach(page, what) {
  await until(page, async ([count, enough]) => {
    const { figures } = await import('/pages/loopback.js');
    const streams = Object.values(await figures()).flatMap((one) => Object.entries(one))
      .filter(([id]) => id.startsWith('receive'));

    return streams.length === 4 && streams.every(([, stream]) => stream[count] >= enough);
  }, [what, ENOUGH], LIMIT / 2);
}

/* What it came to, once nothing is under way any more. */
function finalFigures(page) {
  return page.evaluate(async () => (await import('/pages/loopback.js')).finish());
}

for (const alg of ['AES_128_GCM_SHA256_128', 'AES_256_GCM_SHA512_128',
  'AES_128_CTR_HMAC_SHA256_80', 'AES_256_CTR_HMAC_SHA512_32']) {
  test(`two participants hear and see each other with ${alg}`, options, async (t) => {
    const keys = keyFile(alg, 1, 2);
    const page = await startPage(t, { keyFile: keys, sendKid: 1 }, { keyFile: keys, sendKid: 2 });

    await receiversReach(page, 'passed');

    const { a, b } = await finalFigures(page);

    for (const [from, to] of [[a, b], [b, a]])
      for (const kind of ['video', 'audio']) {
        const sent = from[`send ${kind}`];
        const { passed, dropped, decoded } = to[`receive ${kind}`];
        const { replayed = 0, ...others } = dropped;

        t.diagnostic(`${kind}: ${sent.passed} of ${sent.frames} frames sealed, ${passed} opened, `
            + `${replayed} came again, ${decoded ?? '-'} decoded`);
        assert.equal(sent.passed, sent.frames, kind);
        /* Chromium hands a frame over once more when its bandwidth probes bring the packets
         * twice; each must be opened, and none twice. */
        assert.equal(passed, sent.passed, kind);
        assert.deepEqual(others, {}, kind);
        assert.ok(decoded === undefined || decoded >= 0.9 * passed, kind);
      }
  });
}

test('a participant with another key sees nothing', options, async (t) => {
  const right = keyFile('AES_128_GCM_SHA256_128', 1);
  const wrong = JSON.stringify({
    keys: [{ kty: 'oct', kid: '1', k: Buffer.alloc(16, 99).toString('base64url') }],
  });
  const page = await startPage(t, { keyFile: right, sendKid: 1 }, { keyFile: wrong, sendKid: 1 });

  await receiversReach(page, 'frames');

  const { a, b } = await finalFigures(page);

  for (const one of [a, b]) {
    assert.equal(one['receive video'].passed, 0);
    assert.equal(one['receive video'].decoded, 0);
    assert.deepEqual(one['receive audio'].dropped, { tag: one['receive audio'].frames });
  }
});
