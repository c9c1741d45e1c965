/* Talks JSON lines with e2ee-mls, natively or as WebAssembly; docs/mls-program.md.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/* What starts e2ee-mls: the native one that E2EE_MLS_PROGRAM names, or the module in E2EE_WASM;
 * nothing when neither is there. */
export function programCommand() {
  if (process.env.E2EE_WASM) {
    return [process.execPath, '--no-warnings',
      fileURLToPath(new URL('../../wasm/run.mjs', import.meta.url)), process.env.E2EE_WASM];
  }
  return process.env.E2EE_MLS_PROGRAM ? [process.env.E2EE_MLS_PROGRAM] : [];
}

export class Refused extends Error {
  constructor(verb, answer) {
    super(`${verb}: ${answer.error}: ${answer.text}`);
    this.name = 'Refused';
    this.cause_name = answer.error;
  }
}

export class Program {
  #child;
  #waiting = [];
  #ended;
  /* Microseconds inside the library, of the last answer. */
  elapsed = 0;

  /* @command is the program and its arguments. */
  constructor(command) {
    this.#child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout, crlfDelay: Infinity }).on('line', (line) => {
      this.#waiting.shift()?.resolve(line);
    });
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      const end = (how) => {
        for (const one of this.#waiting.splice(0))
          one.reject(new Error(`e2ee-mls has ended: ${how}`));
        resolve(how);
      };

      this.#child.on('error', (error) => end(error.message));
      this.#child.on('close', (status, signal) => end(signal ?? status));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /* The raw answer to a raw line. */
  line(text) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${text}\n`);
    });
  }

  /* Fields of the answer; throws Refused.  Bytes are Uint8Arrays in requests, hexadecimal in
   * answers. */
  async ask(verb, fields = {}) {
    const answer = JSON.parse(await this.line(JSON.stringify({ verb, ...fields }, (key, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex')
        : value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value)));

    if (!answer.ok)
      throw new Refused(verb, answer);
    this.elapsed = answer.elapsed_us;
    return answer;
  }

  /* The exit status or signal. */
  async end() {
    this.#child.stdin.end();
    return this.#ended;
  }
}

export const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
export const hex = (array) => Buffer.from(array).toString('hex');
