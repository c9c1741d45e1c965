/* e2ee-janus as a child, which is told things and asked for its figures while it runs.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * E2EE_PROGRAMS is the build's folder pipelines/. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const PROGRAM = join(process.env.E2EE_PROGRAMS ?? '.', 'janus', 'e2ee-janus');
const POLL_MS = 100;
const LIMIT_MS = 40_000;

export function missingProgram() {
  return existsSync(PROGRAM) ? false : 'e2ee-janus is not built';
}

export class Member {
  /* In @room of @gateway (gateway.mjs), under @name; @args are further options.  Its files are in
   * @folder. */
  constructor(gateway, room, name, folder, args) {
    this.name = name;
    this.statsFile = folder.path(`${name}-${room}.json`);
    this.evidenceFile = folder.path(`${name}-${room}.jsonl`);
    this.child = spawn(PROGRAM, ['--gateway', gateway.url, '--room', String(room), '--name', name,
      '--ice-address', '127.0.0.1', '--stats', this.statsFile, '--evidence', this.evidenceFile,
      '--verbose', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.log = [];
    this.asked = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    this.child.stderr.on('data', (data) => this.log.push(String(data)));
    /* It may be gone before it is told to go. */
    this.child.stdin.on('error', () => {});
    this.ended = once(this.child, 'close').then(async ([status, signal]) => {
      this.asked.splice(0).forEach(({ reject }) => reject(new Error(`${name} is gone`)));
      return {
        status: status ?? signal,
        log: this.log.join('\n'),
        stats: existsSync(this.statsFile)
          ? JSON.parse(await readFile(this.statsFile, 'utf8')) : null,
      };
    });
  }

  /* Figures stand alone on their line; what is said begins with the name. */
  hear(line) {
    if (line.startsWith('{'))
      this.asked.shift()?.resolve(JSON.parse(line));
    else
      this.log.push(line);
  }

  tell(command) {
    this.child.stdin.write(`${command}\n`);
  }

  /* Its figures now. */
  async stats() {
    if (this.child.exitCode !== null)
      throw new Error(`${this.name} is gone:\n${this.log.join('\n')}`);

    const answer = new Promise((resolve, reject) => { this.asked.push({ resolve, reject }); });

    this.tell('stats');
    return answer;
  }

  /* The figures as soon as @test says yes to them. */
  async until(what, test) {
    for (const end = Date.now() + LIMIT_MS; ;) {
      const stats = await this.stats();

      if (test(stats))
        return stats;
      if (Date.now() > end)
        throw new Error(`${this.name}, in vain: ${what}\n${this.log.join('\n')}\n`
            + JSON.stringify(stats.received.map(({ media, opened, decryptor }) =>
              ({ media, opened, decryptor }))) + JSON.stringify(stats.sent));
      await setTimeout(POLL_MS);
    }
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}

/* What it got of one medium, or undefined. */
export const received = (stats, media) => stats.received.find((stream) => stream.media === media);

/* Connected with whom it hears, in ms since it began. */
export const connectedAt = (stats) =>
  stats.peers.find(({ publishes, connected }) => !publishes && connected)?.['connected-ms'];
