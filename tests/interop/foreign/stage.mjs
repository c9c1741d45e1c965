/* Calls in which somebody else's worker, as it was published, seals and opens: with e2ee-call over
 * the rendezvous, or with another one of its kind in the same page.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser, missing, servePages, until } from '../browser.mjs';
import { wasTooBusy } from '../figures.mjs';
import { makeKeys, missingPrograms, scratchFolder, startCall, startRendezvous }
  from '../programs.mjs';

export const LIMIT = 120_000;

/* By so much, where the machine was too busy. */
const LONGER = 3;

/* Frames of each stream that a call in one page waits for. */
const ENOUGH = 60;

/* Why the tests cannot run here, or false; @module is the package with the worker. */
export async function whyNot(module) {
  const path = fileURLToPath(new URL(`../node_modules/${module}/package.json`, import.meta.url));

  return await missing() || missingPrograms()
      || (existsSync(path) ? false : `${module} is not installed (npm ci in tests/interop)`);
}

export class Stage {
  calls = 0;

  static async open() {
    const self = new Stage();

    [self.browser, self.pages, self.rendezvous, self.folder] = await Promise.all([launchBrowser(),
      servePages(), startRendezvous(), scratchFolder()]);
    return self;
  }

  async close() {
    await this.browser?.close();
    await this.rendezvous?.stop();
    await this.pages?.close();
    await this.folder?.remove();
  }

  /* @keys are { kid, alg, k (bytes or text), use }: a key file of GStreamer's side. */
  async writeKeys(name, keys) {
    const path = this.folder.path(name);

    await writeFile(path, JSON.stringify({
      keys: keys.map(({ kid, alg, k, use }) => ({
        kty: 'oct',
        kid: String(kid),
        alg,
        k: Buffer.from(k).toString('base64url'),
        ...(use ? { key_ops: [use] } : {}),
      })),
    }), { mode: 0o600 });
    return path;
  }

  /* One key, as people make a file of a passphrase or of bytes that they have been given. */
  async makeKey(name, { alg, key, index }) {
    const path = this.folder.path(name);
    const secret = `${path}.secret`;

    await writeFile(secret, typeof key === 'string' ? `${key}\n` : Buffer.from(key),
        { mode: 0o600 });
    await makeKeys('--suite', alg, '--secret', secret, '--key-id', String(index), path);
    return path;
  }

  async openPage(t) {
    const page = await this.browser.newPage();

    page.setDefaultTimeout(LIMIT / 2);
    page.errors = [];
    page.on('pageerror', (error) => page.errors.push(error.message));
    t.after(() => page.close());
    await page.goto(`${this.pages.origin}/foreign/page.html`);
    await page.click('#start');
    return page;
  }

  /* A call of @seconds between e2ee-call with @args and a page with @settings; @webCalls says who
   * offers.  @during(page) may do something in the middle of it.  What both counted: { web, said,
   * stats, status, log, page }.  On a machine that cannot keep up with it, there is a second,
   * longer one. */
  async callGStreamer(t, options) {
    const result = await this.callOnce(t, options);
    const { seconds } = options;

    if (!result.stats || !wasTooBusy(result.stats, seconds))
      return result;
    t.diagnostic(`this machine is too busy for a call of ${seconds} s: once more, longer`);
    await result.page.close();
    return this.callOnce(t, { ...options, seconds: LONGER * seconds });
  }

  async callOnce(t, { settings, args, seconds, webCalls, during = async () => {} }) {
    const room = `room ${++this.calls}`;
    const child = startCall(this.folder.path(`stats-${this.calls}.json`), [
      '--rendezvous', this.rendezvous.url, '--room', room, '--name', 'gst',
      ...(webCalls ? [] : ['--call', 'web']), '--seconds', String(seconds), ...args]);

    t.after(() => child.kill());

    const page = await this.openPage(t);

    await page.evaluate(async ([settings_, address]) =>
      (await import('/foreign/page.js')).join(settings_, address),
    [{ ...settings, own: 'web', other: 'gst' },
      { rendezvous: this.rendezvous.url, room, call: webCalls ? 'gst' : undefined }]);
    await during(page);

    /* Whoever ends first, its figures tell why. */
    const web = await Promise.race([
      until(page, async () => (await import('/foreign/page.js')).participants.a?.final, null,
          LIMIT / 2),
      child.ended.then(async ({ status, log }) => {
        if (status !== 0)
          throw new Error(log);
        return until(page, async () => (await import('/foreign/page.js')).participants.a?.final,
            null, LIMIT / 2);
      }),
    ]);
    const { status, log, stats } = await child.ended;
    const said = await page.evaluate(async () =>
      (await import('/foreign/page.js')).participants.a.said);

    return { web, said, stats, status, log, page };
  }

  /* A call between two of a kind, until every receiver has been sent so many frames: { a, b, said,
   * page }. */
  async callEachOther(t, a, b) {
    const page = await this.openPage(t);

    await page.evaluate(async (both) => (await import('/foreign/page.js')).callEachOther(...both),
        [{ ...a, own: 'a', other: 'b' }, { ...b, own: 'b', other: 'a' }]);
    await until(page, async (enough) => {
      const { participants } = await import('/foreign/page.js');
      const figures = await Promise.all(Object.values(participants).map((one) => one.figures()));
      const streams = figures.flatMap((one) => Object.entries(one))
        .filter(([id]) => id.startsWith('receive'));

      return streams.length === 4 && streams.every(([, { frames }]) => frames >= enough);
    }, ENOUGH, LIMIT / 2);
    return {
      page,
      ...await page.evaluate(async () => {
        const { finish, participants } = await import('/foreign/page.js');

        await finish();
        return {
          a: participants.a.final,
          b: participants.b.final,
          said: [participants.a.said, participants.b.said],
        };
      }),
    };
  }
}

/* Both directions of a call between two of a kind, as rowsOf() of figures.mjs. */
export function rowsBetween(kind, { a, b }) {
  return [[a, b], [b, a]].flatMap(([from, to]) => ['video', 'audio'].map((media) => {
    const { replayed, refused } = to[`receive ${media}`].dropped;

    return {
      what: `${kind} -> ${kind} ${media}`,
      sealed: from[`send ${media}`].passed,
      opened: to[`receive ${media}`].passed,
      refused,
      repeated: replayed,
      decoded: to[`receive ${media}`].decoded ?? null,
      samples: to[`receive ${media}`].samples ?? null,
    };
  }));
}

/* How many frames, of all streams, went through the workers as they came. */
export function untouchedOf(...figures) {
  return figures.flatMap((one) => Object.values(one))
    .reduce((total, { untouched }) => total + untouched, 0);
}
