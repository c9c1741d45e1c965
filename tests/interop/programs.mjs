/* The programs on GStreamer's side: e2ee-rendezvous, e2ee-call, e2ee-keygen.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * E2EE_PROGRAMS is the build's folder pipelines/; GST_PLUGIN_PATH has the elements. */

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = process.env.E2EE_PROGRAMS ?? '.';
const program = (name) => join(folder, name.replace('e2ee-', ''), name);

/* Why the programs cannot run here, or false. */
export function missingPrograms() {
  const lost = ['e2ee-rendezvous', 'e2ee-call', 'e2ee-keygen'].find((name) =>
    !existsSync(program(name)));

  return lost ? `${lost} is not built` : false;
}

/* A folder for one test: { path(name), remove() }. */
export async function scratchFolder() {
  const root = await mkdtemp(join(tmpdir(), 'e2ee-interop-'));

  return {
    path: (name) => join(root, name),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/* A rendezvous on a port that was free: { url, stop() }. */
export async function startRendezvous() {
  const child = spawn(program('e2ee-rendezvous'), ['--port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const port = /^listening ([0-9]+)$/.exec(line)?.[1];

  if (!port)
    throw new Error(`e2ee-rendezvous says "${line}"`);
  return {
    url: `ws://127.0.0.1:${port}/`,
    stop: async () => {
      child.kill();
      if (child.exitCode === null)
        await once(child, 'exit');
    },
  };
}

export async function makeKeys(...args) {
  await promisify(execFile)(program('e2ee-keygen'), args);
}

/* e2ee-call with @args and a file for its figures: { ended, kill() }, where `ended` gives
 * { status, log, stats }. */
export function startCall(statsFile, args) {
  const child = spawn(program('e2ee-call'), [...args, '--stats', statsFile, '--verbose'],
      { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];

  child.stdout.on('data', (data) => log.push(data));
  child.stderr.on('data', (data) => log.push(data));

  const ended = once(child, 'close').then(async ([status, signal]) => ({
    status: status ?? signal,
    log: Buffer.concat(log).toString(),
    stats: existsSync(statsFile) ? JSON.parse(await readFile(statsFile, 'utf8')) : null,
  }));

  return { ended, kill: () => child.kill() };
}
