/* Random histories with ts-mls, one TAP line each.
 *
 *   node --test-reporter=tap histories.test.mjs [--histories 3] [--steps 40] [--seed 1]
 *       [--suite 1|3] [--ours 0.5] [--seconds 0]
 *
 * E2EE_MLS_PROGRAM names the program, or E2EE_WASM the program as WebAssembly.  The same seed
 * makes the same choices, so a failure is repeated with --seed N --histories 1.  --ours: the share of our members.  --seconds: no new history is
 * begun after so long; those left out are skipped, and the first never is.  With E2EE_LONG in the
 * environment: 20 histories of 200 steps in each suite, whatever the options say.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { Program, programCommand } from './program.mjs';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '3' },
    steps: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    suite: { type: 'string' },
    ours: { type: 'string', default: '0.5' },
    seconds: { type: 'string', default: '0' },
  },
});

if (process.env.E2EE_LONG)
  Object.assign(values, { histories: '20', steps: '200', seconds: '0' });

const suites = values.suite ? [Number(values.suite)] : [3, 1];
const first = Number(values.seed);
const steps = Number(values.steps);
const seconds = Number(values.seconds);
const command = programCommand();
const begun = Date.now();

const installed = existsSync(new URL('../node_modules/ts-mls', import.meta.url));
const skip = command.length === 0 ? 'no program named'
  : installed ? false : 'ts-mls is not installed; setup/ensure npm';

async function live(suite, seed) {
  const { History } = await import('./history.mjs');
  const program = new Program(command);
  const history = new History(program, { suite, seed, ours: Number(values.ours) });

  try {
    await history.start();
    for (let i = 0; i < steps; i++)
      await history.step();
  } catch (error) {
    error.message = `step ${history.counts.steps} of seed ${seed}, suite ${suite}: `
      + `${error.message}\n${history.log.slice(-12).join('\n')}`;
    await program.end();
    throw error;
  }
  const status = await program.end();

  if (status !== 0)
    throw new Error(`e2ee-mls ended with ${status}`);
  return history.counts;
}

for (const suite of suites) {
  const total = {};

  for (let seed = first; seed < first + Number(values.histories); seed++) {
    test(`test_suite_${suite}_seed_${seed}_all_members_agree_for_${steps}_steps`, { skip },
        async (t) => {
          if (seed > first && seconds > 0 && Date.now() - begun > seconds * 1000) {
            t.skip('out of time');
            return;
          }
          const counts = await live(suite, seed);

          for (const [name, n] of Object.entries(counts))
            total[name] = name === 'largest' ? Math.max(total[name] ?? 0, n)
              : (total[name] ?? 0) + n;
          t.diagnostic(`suite ${suite} so far: ${Object.entries(total)
            .map(([name, n]) => `${name} ${n}`).join(', ')}`);
        });
  }
}
