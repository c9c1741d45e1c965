/* A Janus gateway between those who publish and those who subscribe, each of them GStreamer
 * (e2ee-janus) or Chromium (pipelines/web).
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launchBrowser, missing, servePages, until } from '../browser.mjs';
import { causesOf } from '../figures.mjs';
import { makeKeys, missingPrograms, scratchFolder } from '../programs.mjs';
import { missingGateway, startGateway } from './gateway.mjs';
import { framesOf, parseRecording, parseRtp } from './packets.mjs';
import { Member, connectedAt, missingProgram, received } from './participants.mjs';
import { assertOnlyCiphertext, digestsOf, likenesses } from './seen.mjs';

const LIMIT = 120_000;
/* Pictures before somebody comes late, and after. */
const EARLY = 60;
const ENOUGH = 40;
/* From the first key frame to the picture, and from the connection to it on a busy machine: without
 * a request the next key frame would come after two minutes. */
const KEY_FRAME_MS = 1000;
const PICTURE_MS = 5000;

const skip = missingGateway() || missingProgram() || missingPrograms() || await missing();
const options = { skip, timeout: LIMIT };

const SOURCE = 'videotestsrc is-live=true pattern=ball motion=sweep '
    + '! video/x-raw,width=320,height=240,framerate=25/1';

let browser;
let pages;
let gateway;
let folder;
let keyFile;
let room = 100;

before(async () => {
  if (skip)
    return;
  folder = await scratchFolder();
  [browser, pages, gateway] = await Promise.all([launchBrowser(), servePages(),
    startGateway(folder.path('gateway'))]);
  /* Who publishes has a key of his own, who subscribes has it for decrypting. */
  await makeKeys('--pair', folder.path('alice.json'), folder.path('bob.json'));
  keyFile = await readFile(folder.path('bob.json'), 'utf8');
}, { timeout: LIMIT });

after(async () => {
  await browser?.close();
  await gateway?.stop();
  await pages?.close();
  await folder?.remove();
}, { timeout: LIMIT });

function join(t, name, args) {
  const member = new Member(gateway, room, name, folder, args);

  t.after(() => member.kill());
  return member;
}

const publisher = (t, codec, args = []) => join(t, 'alice', ['--key-file',
  folder.path('alice.json'), '--key-id', '1', '--no-receive', '--codec', codec, '--video-source',
  SOURCE, ...args]);
const subscriber = (t, name, args = []) => join(t, name, ['--key-file', folder.path('bob.json'),
  '--no-send', ...args]);

async function openPage(t) {
  const page = await browser.newPage();

  page.setDefaultTimeout(LIMIT / 2);
  t.after(() => page.close());
  await page.goto(`${pages.origin}/pages/janus.html`);
  await page.click('#start');
  return page;
}

function inPage(page, what, settings) {
  return page.evaluate(async ([name, argument]) =>
    (await import('/pages/janus.js'))[name](argument), [what, settings]);
}

/* What its worker and the browser count now. */
function figuresOf(page) {
  return page.evaluate(async () => {
    const { failures, participant } = await import('/pages/janus.js');

    if (failures.length)
      throw new Error(failures.join());
    return participant.figures();
  });
}

function pageUntil(page, id, what, count) {
  return until(page, async ([stream, figure, least]) => {
    const { failures, participant } = await import('/pages/janus.js');

    if (failures.length)
      throw new Error(failures.join());
    return (await participant.figures())[stream]?.[figure] >= least;
  }, [id, what, count], LIMIT / 2);
}

/* Until so many layers of a simulcast are encoded. */
function pageUntilLayers(page, count) {
  return until(page, async (least) => {
    const { participant } = await import('/pages/janus.js');
    const report = [...(await participant.pc.getStats()).values()];

    return report.filter(({ type, kind, framesEncoded }) => type === 'outbound-rtp'
        && kind === 'video' && framesEncoded > 5).length >= least;
  }, count, LIMIT / 2);
}

const decoded = (count) => (stats) => (received(stats, 'video')?.opened.decoded ?? 0) >= count;

/* What one subscriber of GStreamer came to. */
function assertGot(t, { status, log, stats }, least, share = 0.9) {
  assert.equal(status, 0, log);
  for (const media of ['video', 'audio']) {
    const stream = received(stats, media);

    assert.ok(stream, `${stats.name} got no ${media}`);

    const { decryptor, opened, codec } = stream;

    t.diagnostic(`${stats.name} ${codec}: ${decryptor['whole-frames']} frames came, `
        + `${decryptor.frames} opened, ${opened.decoded} decoded; picture `
        + `${Math.round(opened['first-decoded-ms'] - connectedAt(stats))} ms after connecting, `
        + `longest gap ${opened['longest-gap-ms']} ms; ${JSON.stringify(causesOf(decryptor))}`);
    assert.deepEqual(causesOf(decryptor), {}, `${stats.name} ${media}`);
    assert.equal(decryptor.dropped, 0);
    assert.equal(decryptor.frames, decryptor['whole-frames']);
    assert.ok(opened.frames >= least, `${stats.name} ${media}`);
    assert.ok(opened.decoded >= share * opened.frames, `${stats.name} ${media}`);
  }
  assert.equal(stats.shield?.state, 'on');
}

function assertCameLate(t, { stats }) {
  const { opened } = received(stats, 'video');
  const afterKeyFrame = opened['first-decoded-ms'] - opened['first-frame-ms'];
  const afterConnecting = opened['first-decoded-ms'] - connectedAt(stats);

  t.diagnostic(`${stats.name} came late: a picture ${Math.round(afterConnecting)} ms after `
      + `connecting, ${Math.round(afterKeyFrame)} ms after its key frame`);
  assert.ok(afterKeyFrame < KEY_FRAME_MS);
  assert.ok(afterConnecting < PICTURE_MS);
}

/* A port of this machine that writes down what comes: { port, packets, close() }. */
async function listen() {
  const socket = createSocket('udp4');
  const packets = [];

  socket.on('message', (bytes) => packets.push(parseRtp(Buffer.from(bytes))));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, packets, close: () => socket.close() };
}

/* The recordings of this room: { video: packets, audio: packets } */
async function recordingOf(path) {
  const recording = {};

  for (const name of await readdir(path)) {
    const { header, packets } = parseRecording(await readFile(`${path}/${name}`));

    recording[header.t === 'v' ? 'video' : 'audio'] = packets;
  }
  return recording;
}

for (const codec of ['vp8', 'vp9', 'h264']) {
  test(`GStreamer publishes ${codec}: all open and decode it, who comes late too, and Janus has `
      + 'ciphertext', options, async (t) => {
    room++;
    const records = folder.path(`records-${room}`);

    await gateway.createRoom(room, { record: true, rec_dir: records });

    const alice = publisher(t, codec);
    const bob = subscriber(t, 'bob');
    const page = await openPage(t);

    await inPage(page, 'subscribe', { url: gateway.url, room, name: 'web', keyFile,
      codecs: { video: codec, audio: 'opus' } });
    await alice.until('pictures are sent', ({ sent }) => sent.video?.['frames-encoded'] >= EARLY);

    const [video, audio] = [await listen(), await listen()];

    t.after(() => { video.close(); audio.close(); });
    await gateway.forward(room, 'alice', video.port, audio.port);

    const late = subscriber(t, 'late');

    await late.until('pictures come', decoded(ENOUGH));
    await bob.until('pictures come', decoded(ENOUGH));
    await pageUntil(page, 'receive video', 'decoded', ENOUGH);

    const web = await figuresOf(page);

    alice.tell('leave');

    const [sent, ...got] = await Promise.all([alice, bob, late].map(({ ended }) => ended));

    assert.equal(sent.status, 0, sent.log);

    const { encryptor, 'key-frames': keyFrames, 'key-frames-asked': asked } = sent.stats.sent.video;

    t.diagnostic(`alice sealed ${encryptor.frames} ${codec} frames, ${keyFrames} of them key `
        + `frames; she was asked for one ${asked} times`);
    /* Her own first, and one for each who came. */
    assert.ok(asked >= 4 && keyFrames >= 3);
    got.forEach((one) => assertGot(t, one, ENOUGH));
    assertCameLate(t, got[1]);

    for (const [id, { frames, passed, dropped, decoded: shown }] of Object.entries(web))
      if (id.startsWith('receive')) {
        t.diagnostic(`Chromium ${id}: ${frames} frames came, ${passed} opened, `
            + `${shown ?? '-'} decoded; ${JSON.stringify(dropped)}`);
        assert.deepEqual({ ...dropped, replayed: 0 }, { replayed: 0 });
        assert.ok(passed >= ENOUGH);
      }

    const evidence = await readFile(alice.evidenceFile, 'utf8');
    const recording = await recordingOf(records);

    for (const [media, name] of [['video', codec], ['audio', 'opus']]) {
      const digests = digestsOf(evidence, 'sent', media);
      const recorded = framesOf(name, recording[media]);
      const forwarded = framesOf(name, { video, audio }[media].packets);

      t.diagnostic(`Janus recorded ${recorded.length} and forwarded ${forwarded.length} ${media} `
          + `frames of ${sent.stats.sent[media].encryptor.frames}`);
      assert.ok(recorded.length > 0.9 * sent.stats.sent[media].encryptor.frames);
      assert.ok(forwarded.length >= ENOUGH);
      await assertOnlyCiphertext(name, recorded, digests, keyFile);
      await assertOnlyCiphertext(name, forwarded, digests, keyFile);
    }
  });
}

for (const codec of ['vp8', 'vp9', 'h264'])
  test(`a subscriber who has lost the first key frame of ${codec} asks until another comes`,
      options, async (t) => {
        room++;
        await gateway.createRoom(room);

        const alice = publisher(t, codec);
        const bob = subscriber(t, 'bob', ['--control-lose', '700']);

        await bob.until('pictures come', decoded(ENOUGH));
        alice.tell('leave');

        const [sent, got] = await Promise.all([alice, bob].map(({ ended }) => ended));
        const { 'key-frames-requested': requests } = got.stats.peers
          .find(({ publishes }) => !publishes);

        t.diagnostic(`bob requested ${requests} key frames, of `
            + `${sent.stats.sent.video['key-frames-asked']} that alice was asked for`);
        assert.ok(requests > 0);
        assertGot(t, got, ENOUGH);
      });

test('two who publish both open and decode each other', options, async (t) => {
  room++;
  await gateway.createRoom(room);

  const both = [['alice', '1'], ['bob', '2']].map(([name, keyId]) => join(t, name, ['--key-file',
    folder.path(`${name}.json`), '--key-id', keyId, '--video-source', SOURCE]));

  await Promise.all(both.map((who) => who.until('pictures come', decoded(ENOUGH))));
  both[0].tell('leave');

  /* With the one the other goes, since nobody is left.  Who leaves does not wait for what is still
   * in his decoder. */
  const [alice, bob] = await Promise.all(both.map(({ ended }) => ended));

  assertGot(t, alice, ENOUGH, 0.5);
  assertGot(t, bob, ENOUGH);
});

test('who subscribes without the flag and without keys gets ciphertext', options, async (t) => {
  room++;
  await gateway.createRoom(room);

  const alice = publisher(t, 'vp8');
  const bob = subscriber(t, 'bob');
  const eve = join(t, 'eve', ['--wiretap', '--control-no-flag']);

  await Promise.all([bob.until('pictures come', decoded(ENOUGH)), eve.until('frames come',
      (stats) => (received(stats, 'video')?.raw.frames ?? 0) >= ENOUGH)]);
  alice.tell('leave');

  const [, , { status, log, stats }] = await Promise.all([alice, bob, eve].map((who) => who.ended));
  const [sent, opened, tapped] = await Promise.all([alice, bob, eve].map((who) =>
    readFile(who.evidenceFile, 'utf8')));

  assert.equal(status, 0, log);
  for (const media of ['video', 'audio']) {
    const { decryptor, raw } = received(stats, media);
    const digests = digestsOf(sent, 'sent', media);
    const known = (evidence, place) => [...digestsOf(evidence, place, media)]
      .filter((digest) => digests.has(digest)).length;

    t.diagnostic(`eve ${media}: ${raw.frames} frames came, ${raw.decoded} decoded as they were, `
        + `${decryptor.frames} opened, refused ${JSON.stringify(causesOf(decryptor))}`);
    assert.equal(decryptor.frames, 0);
    /* The last are held for a while, lest their key comes. */
    assert.ok(decryptor.dropped >= ENOUGH / 2);
    assert.equal(known(tapped, 'raw'), 0);
    /* Else that would say nothing. */
    assert.ok(known(opened, 'opened') >= ENOUGH);
  }

  const right = likenesses(sent, opened, 'opened');
  const best = likenesses(sent, tapped, 'raw').at(-1) ?? 0;

  t.diagnostic(`bob's pictures are like alice's: ${right.at(right.length / 2).toFixed(3)} in the `
      + `median; eve's at best ${best.toFixed(2)}`);
  assert.ok(right.at(right.length / 2) > 0.95);
  assert.ok(best < 0.75);
});

/* Options that name a file with a PIN. */
const inFolder = (arg) => (arg.endsWith('.pin') ? folder.path(arg) : arg);

for (const [name, settings, args, says] of [
  ['a publisher who does not say that his media are encrypted', {},
    ['--no-receive', '--control-no-flag'], /requires end-to-end encrypted media \(433\)/],
  ['who has the wrong PIN', { pin: 'right' }, ['--no-send', '--pin-file', 'wrong.pin'],
    /wrong pin.*\(433\)/],
  ['who has no PIN', { pin: 'right' }, ['--no-send'], /pin.*\(429\)/],
]) {
  test(`a room refuses ${name}`, options, async (t) => {
    room++;
    await gateway.createRoom(room, settings);
    await writeFile(folder.path('wrong.pin'), 'wrong\n');

    const { status, log } = await join(t, 'alice', ['--key-file', folder.path('alice.json'),
      '--key-id', '1', ...args.map(inFolder)]).ended;

    assert.equal(status, 1, log);
    assert.match(log, says);
  });
}

for (const [name, settings, says] of [
  ['does not demand encryption', { require_e2ee: false }, /does not demand/],
  ['is in no list', { is_private: true }, /not listed/],
]) {
  test(`who requires end-to-end encryption does not enter a room that ${name}`, options,
      async (t) => {
        room++;
        await gateway.createRoom(room, settings);

        const { status, log, stats } = await subscriber(t, 'bob', ['--require', 'e2ee']).ended;

        assert.equal(status, 1, log);
        assert.match(log, says);
        assert.ok(!stats.events.some(({ event }) => event === 'entered'));
      });
}

test('a room that demands encryption, and a PIN, lets in who requires the one and has the other',
    options, async (t) => {
      room++;
      await gateway.createRoom(room, { pin: 'right' });
      await writeFile(folder.path('right.pin'), 'right\n');

      const bob = subscriber(t, 'bob', ['--require', 'e2ee', '--pin-file',
        folder.path('right.pin')]);

      await bob.until('is in', ({ events }) => events.some(({ event }) => event === 'entered'));
      bob.tell('leave');
      assert.equal((await bob.ended).status, 0);
    });

for (const [name, args, says] of [
  ['a room that is not there', () => ['--room', '99999999'], /No such room.*\(426\)/],
  ['a gateway that is not there', () => ['--gateway', 'ws://127.0.0.1:9/'], /refused/],
  ['a server that is no gateway', () => ['--gateway', pages.origin.replace('http', 'ws')],
    /gateway ws:/],
  ['a line without TLS that leaves this machine', () => ['--gateway', 'ws://192.0.2.1:8188/'],
    /neither wss/],
]) {
  test(`${name} is an error that says so`, options, async (t) => {
    const { status, log } = await subscriber(t, 'bob', args()).ended;

    assert.equal(status, 1, log);
    assert.match(log, says);
  });
}

for (const [name, args, says] of [
  ['no keys', [], /--key-file is needed/],
  ['keys and no keys', ['--key-file', 'x', '--no-keys'], /exclude each other/],
  ['nothing to do', ['--no-keys', '--no-send', '--no-receive'], /nothing to do/],
  ['something else to require', ['--no-keys', '--require', 'tls'], /is "e2ee"/],
  ['an unknown codec', ['--no-keys', '--codec', 'mpeg'], /no video codec/],
  ['a negative time', ['--no-keys', '--seconds', '-1'], /forward/],
  ['a PIN file of two lines', ['--no-keys', '--pin-file', 'two.pin'], /one line/],
]) {
  test(`a command line with ${name} is refused`, options, async (t) => {
    await writeFile(folder.path('two.pin'), 'one\ntwo\n');

    const { status, log } = await join(t, 'bob', args.map(inFolder)).ended;

    assert.equal(status, 2, log);
    assert.match(log, says);
  });
}

for (const codec of ['vp8', 'vp9', 'h264']) {
  test(`Chromium publishes ${codec}: GStreamer opens and decodes it, who comes late too`, options,
      async (t) => {
        room++;
        await gateway.createRoom(room);

        const bob = subscriber(t, 'bob');
        const page = await openPage(t);

        await inPage(page, 'publish', { url: gateway.url, room, name: 'web',
          keyFile: await readFile(folder.path('alice.json'), 'utf8'), sendKid: '1',
          codecs: { video: codec, audio: 'opus' } });
        await bob.until('pictures come', decoded(EARLY));

        const late = subscriber(t, 'late');

        await late.until('pictures come', decoded(ENOUGH));
        await inPage(page, 'leave');

        const got = await Promise.all([bob, late].map(({ ended }) => ended));
        const { passed, frames } = (await figuresOf(page))['send video'];

        t.diagnostic(`Chromium sealed ${passed} of ${frames} ${codec} frames`);
        assert.equal(passed, frames);
        got.forEach((one) => assertGot(t, one, ENOUGH));
        assertCameLate(t, got[1]);
      });
}

/* The layers of a simulcast, as Janus numbers them: the last one offered is 0.  Of a smaller
 * picture Chromium makes fewer. */
const LAYERS = [240, 480, 960].map((width, number) => ({ number, width }));

test('a subscriber of a simulcast decodes on through every switch of layers', options,
    async (t) => {
      room++;
      await gateway.createRoom(room);

      const bob = subscriber(t, 'bob');
      const page = await openPage(t);

      await inPage(page, 'publish', { url: gateway.url, room, name: 'web',
        keyFile: await readFile(folder.path('alice.json'), 'utf8'), sendKid: '1',
        codecs: { video: 'vp8', audio: 'opus' }, size: { width: 960, height: 540 },
        encodings: LAYERS.map(({ number }) => ({ rid: 'lmh'[number], scaleResolutionDownBy:
          2 ** (2 - number), maxBitrate: [100, 250, 500][number] * 1000 })).reverse() });

      /* The bandwidth is found out step by step, and the layers begin with it. */
      await pageUntilLayers(page, LAYERS.length);

      for (const number of [2, 0, 1, 2, 1, 0, 2]) {
        bob.tell(`substream ${number}`);

        const { opened } = received(await bob.until(`pictures of layer ${number} come`, (stats) =>
          received(stats, 'video')?.opened.width === LAYERS[number].width), 'video');

        await bob.until(`more of layer ${number} come`, decoded(opened.decoded + 12));
      }
      for (const number of [0, 1]) {
        bob.tell(`temporal ${number}`);

        const { opened } = received(await bob.stats(), 'video');

        await bob.until(`more of temporal layer ${number} come`, decoded(opened.decoded + 12));
      }
      await inPage(page, 'leave');

      const got = await bob.ended;
      const { passed, frames, runs } = (await figuresOf(page))['send video'];
      const layers = got.stats.events.filter(({ event }) => event === 'layer')
        .map(({ substream, temporal }) => `${substream ?? ''}/${temporal ?? ''}`);

      t.diagnostic(`Chromium sealed ${passed} of ${frames} frames of ${LAYERS.length} layers; `
          + `Janus said ${layers.join(' ')}`);
      assert.equal(runs, LAYERS.length, 'every layer has a run of counters of its own');
      assertGot(t, got, ENOUGH);
      assert.ok(received(got.stats, 'video').opened['longest-gap-ms'] < 3000);
    });

for (const codec of ['vp8', 'h264'])
  test(`${codec} in LiveKit's format passes as well`, options, async (t) => {
    const keys = folder.path(`livekit-${codec}.json`);
    const shared = ['--format', 'livekit', '--key-file', keys];

    room++;
    await gateway.createRoom(room);
    await makeKeys('--suite', 'LIVEKIT_HKDF', keys);

    const alice = join(t, 'alice', [...shared, '--no-receive', '--codec', codec,
      '--video-source', SOURCE]);
    const bob = join(t, 'bob', [...shared, '--no-send']);

    await bob.until('pictures come', decoded(ENOUGH));
    alice.tell('leave');

    const [sent, got] = await Promise.all([alice, bob].map(({ ended }) => ended));

    assert.equal(sent.status, 0, sent.log);
    assertGot(t, got, ENOUGH);
  });

test('each spatial layer of VP9 is a frame of its own, and all are opened', options, async (t) => {
  room++;
  await gateway.createRoom(room);

  const bob = subscriber(t, 'bob');
  const page = await openPage(t);

  await inPage(page, 'publish', { url: gateway.url, room, name: 'web',
    keyFile: await readFile(folder.path('alice.json'), 'utf8'), sendKid: '1',
    codecs: { video: 'vp9', audio: 'opus' }, size: { width: 960, height: 540 },
    encodings: [{ scalabilityMode: 'L3T3', maxBitrate: 900_000 }] });

  /* How many there are is for Chromium to decide, by bandwidth and load. */
  await bob.until('pictures of several layers come', (stats) => {
    const { decryptor, opened } = received(stats, 'video') ?? {};

    return opened?.decoded >= ENOUGH && decryptor.frames > 1.5 * opened.frames;
  });
  await inPage(page, 'leave');

  const got = await bob.ended;
  const { passed, frames } = (await figuresOf(page))['send video'];
  const { decryptor, opened } = received(got.stats, 'video');

  t.diagnostic(`Chromium sealed ${passed} of ${frames} frames; bob opened ${decryptor.frames} of `
      + `${opened.frames} pictures`);
  assertGot(t, got, ENOUGH);
  assert.ok(decryptor.frames > 1.4 * opened.frames, 'there were no layers');
});

test('a gateway that goes away ends the calls on it with an error that says so', options,
    async (t) => {
      const own = await startGateway(folder.path('own'));

      room++;
      await own.createRoom(room);

      const bob = new Member(own, room, 'bob', folder, ['--key-file', folder.path('bob.json'),
        '--no-send']);

      t.after(() => bob.kill());
      await bob.until('is in', ({ events }) => events.some(({ event }) => event === 'entered'));
      await own.stop();

      const { status, log } = await bob.ended;

      assert.equal(status, 1, log);
      assert.match(log, /closed the line|ended the session/);
    });

test('a room that is closed ends the calls in it with an error that says so', options,
    async (t) => {
      room++;
      await gateway.createRoom(room);

      const bob = subscriber(t, 'bob');

      await bob.until('is in', ({ events }) => events.some(({ event }) => event === 'entered'));
      await gateway.ask({ request: 'destroy', room });

      const { status, log } = await bob.ended;

      assert.equal(status, 1, log);
      assert.match(log, /was closed/);
    });
