/* A headless Chromium, and the loopback server that gives it its pages.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, extname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/* What the server shows, by the first part of the path. */
const FOLDERS = {
  web: join(HERE, '..', '..', 'pipelines', 'web'),
  pages: join(HERE, 'pages'),
  foreign: join(HERE, 'foreign'),
  livekit: join(HERE, 'livekit'),
  jitsi: join(HERE, 'jitsi'),
  /* What others have published, as it is. */
  'livekit-client': join(HERE, 'node_modules', 'livekit-client', 'dist'),
  'lib-jitsi-meet': join(HERE, 'node_modules', '@lyno', 'lib-jitsi-meet'),
};

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/* Host candidates must be addresses, not mDNS names, and loopback must count as an interface. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
];

/* CHROMIUM, when set, names one that is not in PATH. */
export function findChromium() {
  if (process.env.CHROMIUM)
    return process.env.CHROMIUM;

  const folders = (process.env.PATH ?? '').split(delimiter);

  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

export async function findPlaywright() {
  try {
    return (await import('playwright-core')).chromium;
  } catch {
    return null;
  }
}

/* Why the tests cannot run here, or false. */
export async function missing() {
  if (!findChromium())
    return 'no chromium in PATH';
  if (!await findPlaywright())
    return 'playwright-core is not installed (npm ci in tests/interop)';
  return false;
}

async function answer(request, response) {
  const [, folder, ...rest] = normalize(new URL(request.url, 'http://host').pathname).split('/');

  try {
    const path = join(FOLDERS[folder], ...rest);
    const body = await readFile(path);

    response.writeHead(200, { 'Content-Type': TYPES[extname(path)], 'Cache-Control': 'no-store' });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/* Serves the folders on a free port of 127.0.0.1: { origin, close() }. */
export async function servePages() {
  const server = createServer(answer);

  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/* A browser with an empty profile: { newPage(), close() }. */
export async function launchBrowser() {
  const playwright = await findPlaywright();
  const profile = await mkdtemp(join(tmpdir(), 'e2ee-chromium-'));
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: true,
    args: FLAGS,
    timeout: 120_000,
  });

  return {
    version: () => context.browser()?.version() ?? 'unknown',
    newPage: () => context.newPage(),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const POLL_MS = 200;

/* What @ask, run in the page with @argument, answers once it answers something; fails after
 * @limit ms. */
export async function until(page, ask, argument, limit) {
  const end = Date.now() + limit;

  for (;;) {
    const answered = await page.evaluate(ask, argument);

    if (answered)
      return answered;
    if (Date.now() > end)
      throw new Error(`in vain for ${limit} ms: ${ask}`);
    await setTimeout(POLL_MS);
  }
}
