/* A real browser and e2ee-call in one encrypted call, with every codec in both directions.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * INTEROP_OUT, when set, is a folder that gets a picture of the page in the middle of each call. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser, missing, servePages, until } from './browser.mjs';
import { assertGoodCall, assertNothingOpened, causesOf, describeRow, rowsOf, stateOfLastPicture }
  from './figures.mjs';
import { makeKeys, missingPrograms, scratchFolder, startCall, startRendezvous }
  from './programs.mjs';

const LIMIT = 180_000;
const skip = await missing() || missingPrograms();
const options = { skip, timeout: LIMIT };

let browser;
let pages;
let rendezvous;
let folder;
let room = 0;

before(async () => {
  if (skip)
    return;
  [browser, pages, rendezvous, folder] = await Promise.all([launchBrowser(), servePages(),
    startRendezvous(), scratchFolder()]);
  await makeKeys('--pair', folder.path('gst.json'), folder.path('web.json'));
  await makeKeys('--pair', folder.path('other-gst.json'), folder.path('other-web.json'));
  await makeKeys('--key-id', '5', folder.path('five.json'));
}, { timeout: LIMIT });

after(async () => {
  await browser?.close();
  await rendezvous?.stop();
  await pages?.close();
  await folder?.remove();
}, { timeout: LIMIT });

/* A page whose errors fail the test. */
async function openPage(t, path) {
  const page = await browser.newPage();

  page.setDefaultTimeout(LIMIT / 2);
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  await page.goto(pages.origin + path);
  t.after(() => page.close());
  return page;
}

/* The page as a person uses it: form, key file, button. */
async function joinWithPage(t, { call = '', keyFile, keyId, codec = 'vp8' }) {
  const form = new URLSearchParams({ rendezvous: rendezvous.url, room: `room ${room}`, name: 'web',
    call, 'key-id': keyId, codec, source: 'test' });
  const page = await openPage(t, `/web/index.html#${form}`);

  await page.setInputFiles('[name=key-file]', folder.path(keyFile));
  await page.click('button');
  return page;
}

function joinWithGStreamer(t, { call, keyFile, keyId, codec = 'vp8', seconds }) {
  const child = startCall(folder.path(`stats-${room}.json`), ['--rendezvous', rendezvous.url,
    '--room', `room ${room}`, '--name', 'gst', ...(call ? ['--call', call] : []),
    '--key-file', folder.path(keyFile), '--key-id', keyId, '--codec', codec,
    '--seconds', String(seconds)]);

  t.after(() => child.kill());
  return child;
}

/* What the worker and the browser counted, once the page has said that it is done. */
async function finalFigures(page) {
  return until(page, async () => (await import('/web/call.js')).participant?.final, null,
      LIMIT / 2);
}

async function screenshot(page, name) {
  if (process.env.INTEROP_OUT)
    await page.screenshot({ path: join(process.env.INTEROP_OUT, `${name}.png`) });
}

/* How much the remote picture differs from one colour. */
function contrast(page) {
  return page.evaluate(() => {
    const video = document.getElementById('remote');
    const context = Object.assign(document.createElement('canvas'), { width: 64, height: 36 })
      .getContext('2d');

    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const luma = Array.from({ length: 64 * 36 }, (_, i) => data[4 * i] + data[4 * i + 1]);

    return Math.max(...luma) - Math.min(...luma);
  });
}

async function endOf(t, child, page) {
  const web = await finalFigures(page);
  const { status, log, stats } = await child.ended;

  assert.ok(stats, log);
  assert.deepEqual(page.errors, []);

  const rows = rowsOf(web, stats);

  rows.forEach((row) => t.diagnostic(describeRow(row)));
  return { web, status, log, stats, rows };
}

for (const [who, gstCalls, webCalls] of [
  ['Chromium offers', undefined, 'gst'],
  ['Chromium answers', 'web', undefined],
]) {
  for (const codec of ['vp8', 'vp9', 'h264'])
    test(`${who} ${codec}: both ends open and decode what the other has sealed`, options,
        async (t) => {
          room++;
          const child = joinWithGStreamer(t,
              { call: gstCalls, keyFile: 'gst.json', keyId: '1', codec, seconds: 4 });
          const page = await joinWithPage(t,
              { call: webCalls, keyFile: 'web.json', keyId: '2', codec });

          await page.waitForSelector('#shield[data-state=on]');
          assert.ok(await contrast(page) > 100, 'the remote picture is of one colour');
          await screenshot(page, `${who} ${codec}`.toLowerCase().replaceAll(' ', '-'));

          const { rows, status, log, stats } = await endOf(t, child, page);

          t.diagnostic(`Chromium ${browser.version()}, connected after `
              + `${stats['connected-ms']} ms`);
          assert.equal(status, 0, log);
          assertGoodCall(rows);
          assert.equal(stats.received.find(({ media }) => media === 'video').codec, codec);
          assert.equal(stateOfLastPicture(stats), 'on');
        });

  test(`${who}: with a wrong key neither end opens anything`, options, async (t) => {
    room++;
    const child = joinWithGStreamer(t,
        { call: gstCalls, keyFile: 'gst.json', keyId: '1', seconds: 3 });
    const page = await joinWithPage(t, { call: webCalls, keyFile: 'other-web.json', keyId: '2' });

    await page.waitForSelector('#shield[data-state=degraded]');
    await screenshot(page, 'wrong-key');

    const { rows, web, stats } = await endOf(t, child, page);

    assertNothingOpened(rows);
    for (const { media, decryptor } of stats.received) {
      assert.deepEqual(Object.keys(causesOf(decryptor)), ['tag'], media);
      assert.deepEqual(Object.keys(web[`receive ${media}`].dropped), ['tag'], media);
    }
  });

  test(`${who}: a key id that the other has not opens nothing`, options, async (t) => {
    room++;
    const child = joinWithGStreamer(t,
        { call: gstCalls, keyFile: 'gst.json', keyId: '1', seconds: 2 });
    const page = await joinWithPage(t, { call: webCalls, keyFile: 'five.json', keyId: '5' });
    const { rows, web, stats } = await endOf(t, child, page);

    assertNothingOpened(rows);
    for (const { media, decryptor } of stats.received) {
      assert.deepEqual(Object.keys(causesOf(decryptor)), ['unknown-key'], media);
      assert.deepEqual(Object.keys(web[`receive ${media}`].dropped), ['unknown-key'], media);
    }
  });

  test(`${who} and sets its transforms too late: its clear frames are refused`, options,
      async (t) => {
        room++;
        const child = joinWithGStreamer(t,
            { call: gstCalls, keyFile: 'gst.json', keyId: '1', seconds: 6 });
        const page = await openPage(t, '/pages/late.html');

        await page.click('#start');
        await page.evaluate(async (settings) => (await import('/pages/late.js')).start(settings), {
          rendezvous: rendezvous.url,
          room: `room ${room}`,
          name: 'web',
          call: webCalls,
          keyFile: await readFile(folder.path('web.json'), 'utf8'),
          sendKid: '2',
        });

        /* Media flows; then transforms are set, and media goes on flowing. */
        const sentBefore = await until(page, async () => {
          const { participant } = await import('/pages/late.js');
          const { sent, audioSent } = await participant.mediaFigures();

          return audioSent > 10 && sent > 10 ? sent : 0;
        }, null, LIMIT / 2);

        await page.evaluate(async () => (await import('/pages/late.js')).participant.protectLate());
        await until(page, async (before_) => {
          const { participant } = await import('/pages/late.js');

          return (await participant.mediaFigures()).sent > before_ + 30;
        }, sentBefore, LIMIT / 2);

        const { sent, audioSent } = await page.evaluate(async () =>
          (await import('/pages/late.js')).participant.mediaFigures());
        const figures = await page.evaluate(async () =>
          (await import('/pages/late.js')).participant.figures());

        t.diagnostic(`Chromium sent ${sent} pictures and ${audioSent} sounds in clear; its `
            + `transforms saw ${Object.values(figures).map(({ frames }) => frames).join(', ')}`);
        assert.equal(Object.keys(figures).length, 4, 'the worker knows of every transform');
        for (const [id, { frames }] of Object.entries(figures))
          assert.equal(frames, 0, `${id}: this Chromium uses late transforms`);

        const { stats, log } = await child.ended;

        assert.ok(stats, log);
        for (const kind of ['video', 'audio']) {
          const { decryptor, opened } = stats.received.find(({ media }) => media === kind);

          t.diagnostic(`GStreamer got ${decryptor['whole-frames']} ${kind} frames in clear, let `
              + `${decryptor.frames} through, refused ${JSON.stringify(causesOf(decryptor))}, `
              + `${opened.decoded} decoded`);
          assert.equal(decryptor.frames, 0);
          assert.equal(opened.frames, 0);
          assert.ok(decryptor.dropped > 10);
          assert.ok(kind === 'audio' || opened.decoded === 0);
        }

        const said = stats.messages.filter(({ message, element }) =>
          message === 'e2ee-status' && element === 'decryptor');

        assert.ok(said.length > 0 && said.every(({ state }) => state === 'degraded'),
            JSON.stringify(stats.messages));
        t.diagnostic(`e2eedec said: ${said.map(({ reason }) => reason).join(', ')}`);

        /* And the page of ours would have noticed. */
        await page.evaluate(async () => {
          const { participant } = await import('/pages/late.js');

          await participant.check();
          await participant.check();
        });
        assert.match((await page.evaluate(async () =>
          (await import('/pages/late.js')).failures.join())), /passes the transform/);
      });
}
