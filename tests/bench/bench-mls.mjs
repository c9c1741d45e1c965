/* What joining and committing cost in groups of 2 to 1,000, here and in ts-mls, in one run.
 *
 *   node tests/bench/bench-mls.mjs [--sizes 2,10,50,200,1000] [--suite 3]
 *
 * E2EE_MLS_PROGRAM names the program.  One of ours and one of ts-mls are members of the same group;
 * the others only stand in its tree.  In a full tree every pair of members has committed, so
 * that a path has log2 n ciphertexts; a flat one is as an Add of everybody at once leaves it, and
 * a path has n - 1: the worst there is.  Times are medians, of the library alone here, and of
 * decoding, work and encoding in ts-mls.  Memory is that of a process that restores the stored
 * group once more: bytes that the library holds, and growth of the resident set.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OurMember } from '../interop/mls/ours.mjs';
import { Program, programCommand, bytes } from '../interop/mls/program.mjs';
import { TsMember } from '../interop/mls/tsmls.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '2,10,50,200,1000' },
    suite: { type: 'string', default: '3' },
  },
});
const suite = Number(values.suite);
const settings = { suite, privateHandshake: false, extensionTypes: [] };
const STORE_KEY = new Uint8Array(32);

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

async function timed(work) {
  const begun = performance.now();
  const result = await work();

  return [performance.now() - begun, result];
}

class Bench {
  constructor(n, full) {
    this.n = n;
    this.full = full;
    this.times = { 'join': [[], []], 'commit': [[], []], 'receive': [[], []] };
    this.rounds = n > 200 ? 3 : 7;
  }

  /* Of ours, in milliseconds, of the last call. */
  get elapsed() {
    return this.program.elapsed / 1000;
  }

  async fill() {
    const others = this.n - 2;

    this.program = new Program(programCommand());
    this.ours = new OurMember(this.program, 'ours', settings);
    await this.ours.create(new Uint8Array([1]), []);
    if (!this.full) {
      const changes = [];

      for (let i = 0; i < others; i++) {
        const { key_package } = await this.program.ask('create_key_package',
            { cipher_suite: suite, identity: 'ff' });

        changes.push({ type: 'add', keyPackage: bytes(key_package) });
      }
      if (changes.length > 0) {
        await this.ours.commit(changes, true);
        await this.ours.accept();
      }
      return;
    }
    for (let leaf = 1; leaf <= others; leaf++) {
      const member = new OurMember(this.program, `m${leaf}`, settings);
      const { welcome } = await this.ours.commit(
          [{ type: 'add', keyPackage: await member.keyPackage() }], false);

      await this.ours.accept();
      /* who commits fills all of its path, for its neighbour on the left as well */
      if (leaf % 2 === 1 || leaf === others) {
        await member.join(welcome);
        const { commit } = await member.commit([], false, true);

        await this.ours.receive(commit);
        await member.end();
      }
    }
  }

  async join() {
    const [here, there] = this.times.join;

    for (let i = 0; i < this.rounds; i++) {
      const member = new OurMember(this.program, `joiner${i}`, settings);
      const { welcome } = await this.ours.commit(
          [{ type: 'add', keyPackage: await member.keyPackage() }], false);

      await member.join(welcome);
      here.push(this.elapsed);
      await member.end();
      await this.ours.discard();
    }
    for (let i = 0; i < (this.n > 50 ? 1 : 3); i++) {
      await this.ours.discard();
      this.theirs = new TsMember('theirs', settings);
      const { welcome } = await this.ours.commit(
          [{ type: 'add', keyPackage: await this.theirs.keyPackage() }], false);
      const [ms] = await timed(() => this.theirs.join(welcome));

      there.push(ms);
      this.welcomeSize = welcome.length;
    }
    await this.ours.accept();
    if (this.full) {
      await this.ours.receive((await this.theirs.commit([], false)).commit);
      await this.theirs.accept();
    }
  }

  async commit() {
    for (let i = 0; i < this.rounds; i++) {
      const { commit } = await this.ours.commit([], false, true);

      this.times.commit[0].push(this.elapsed);
      this.commitSize = commit.length;
      await this.ours.discard();
      const [ms] = await timed(() => this.theirs.commit([], false));

      this.times.commit[1].push(ms);
      await this.theirs.discard();
    }
  }

  /* Only the first commit meets a flat tree. */
  async receive() {
    for (let i = 0; i < (this.full ? this.rounds : 1); i++) {
      const { commit: his } = await this.theirs.commit([], false);

      await this.ours.receive(his);
      this.times.receive[0].push(this.elapsed);
      await this.theirs.accept();
      const { commit: mine } = await this.ours.commit([], false, true);
      const [ms] = await timed(() => this.theirs.receive(mine));

      this.times.receive[1].push(ms);
      await this.ours.accept();
    }
    const views = await Promise.all([this.ours.view(), this.theirs.view()]);

    if (views[0].authenticator !== views[1].authenticator)
      throw new Error('the two disagree');
  }

  /* Bytes a member: what the library holds, and what the process grew by. */
  async memory() {
    const stored = await this.ours.store(STORE_KEY);
    const fresh = new Program(programCommand());
    const resident = () => {
      const status = readFileSync(`/proc/${fresh.pid}/status`, 'utf8');

      return Number(status.match(/VmRSS:\s*(\d+)/)[1]) * 1024;
    };

    /* some before: code and tables are in memory then, and what is needed only for a moment is
     * taken from what the earlier ones have given back */
    for (let i = 0; i < 3; i++)
      await fresh.ask('restore', { stored, key: STORE_KEY });
    const counted = (await fresh.ask('memory')).bytes;
    const before = resident();

    await fresh.ask('restore', { stored, key: STORE_KEY });
    const grown = resident() - before;
    const held = (await fresh.ask('memory')).bytes - counted;

    await fresh.end();
    return [held / this.n, grown / this.n];
  }

  async run() {
    await this.fill();
    await this.join();
    await this.commit();
    await this.receive();
    const memory = await this.memory();

    await this.program.end();
    const cells = [String(this.n), this.full ? 'full' : 'flat'];

    for (const [here, there] of Object.values(this.times)) {
      cells.push(median(here).toFixed(2), median(there).toFixed(1));
    }
    cells.push(String(this.commitSize), String(this.welcomeSize),
        ...memory.map((one) => one.toFixed(0)));
    console.log(cells.map((cell) => cell.padStart(10)).join(''));
  }
}

const HEAD = ['members', 'tree', 'join ms', 'ts-mls', 'commit ms', 'ts-mls', 'receive', 'ts-mls',
  'commit B', 'Welcome B', 'B/member', 'resident'];

console.log(`suite ${suite}`);
console.log(HEAD.map((cell) => cell.padStart(10)).join(''));
for (const full of [true, false]) {
  for (const n of values.sizes.split(',').map(Number))
    await new Bench(n, full).run();
}
