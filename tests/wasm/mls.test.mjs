/* pipelines/web/mls.js with the module that tests/wasm/build has made.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { webcrypto } from 'node:crypto';
import { fromHex, Mls, MlsError, toHex } from '../../pipelines/web/mls.js';

/* Node 18, which Debian 12 has, keeps it out of the global scope. */
globalThis.crypto ??= webcrypto;

const MOST = 400_000;
const bytes = await readFile(process.env.E2EE_WASM);
const module = await WebAssembly.compile(bytes);
const failure = (code) => (error) => error instanceof MlsError && error.code === code;

async function pair(suite) {
  const [alice, bob] = [await Mls.load(module), await Mls.load(module)];
  const { state_id: ours } = alice.ask('create_group',
      { cipher_suite: suite, identity: new Uint8Array([1]) });
  const { transaction_id: theirs, key_package } = bob.ask('create_key_package',
      { cipher_suite: suite, identity: new Uint8Array([2]) });
  const { welcome } = alice.ask('commit',
      { state_id: ours, by_value: [{ type: 'add', key_package: fromHex(key_package) }] });

  alice.ask('handle_pending_commit', { state_id: ours });
  bob.ask('join_group', { transaction_id: theirs, welcome });
  return [[alice, ours], [bob, theirs]];
}

/* An instance whose memory the test can look into. */
async function loadOpenly() {
  let memory;
  const instantiate = WebAssembly.instantiate;

  WebAssembly.instantiate = async (...parts) => {
    const instance = await instantiate(...parts);

    memory = instance.exports.memory;
    return instance;
  };
  try {
    return [await Mls.load(module), () => Buffer.from(memory.buffer)];
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

test('test_the_module_is_smaller_than_400_kB', (t) => {
  t.diagnostic(`${bytes.length} bytes`);
  assert.ok(bytes.length < MOST, `${bytes.length} bytes`);
});

test('test_the_module_asks_for_randomness_and_clocks_and_no_more', () => {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name).sort();

  assert.deepEqual(names.filter((name) => !['fd_close', 'fd_seek', 'fd_write'].includes(name)),
      ['clock_time_get', 'random_get']);
});

for (const suite of [1, 3]) {
  test(`test_suite_${suite}_two_instances_talk_and_export_the_same`, async () => {
    const [[alice, ours], [bob, theirs]] = await pair(suite);
    const plaintext = new TextEncoder().encode('good morning');
    const { ciphertext } = alice.ask('protect', { state_id: ours, plaintext });
    const wanted = { label: 'x', context: new Uint8Array([9]), key_length: 32 };

    assert.deepEqual(fromHex(bob.ask('unprotect', { state_id: theirs, ciphertext }).plaintext),
        plaintext);
    assert.equal(alice.ask('export', { state_id: ours, ...wanted }).exported_secret,
        bob.ask('export', { state_id: theirs, ...wanted }).exported_secret);
  });
}

test('test_an_error_has_the_name_of_its_rule_and_changes_nothing', async () => {
  const [[alice, ours], [bob, theirs]] = await pair(3);
  const { ciphertext } = alice.ask('protect', { state_id: ours, plaintext: 'aa' });

  assert.throws(() => bob.ask('unprotect', { state_id: theirs, ciphertext: `${ciphertext}00` }),
      failure('trailing-bytes'));
  assert.equal(bob.ask('unprotect', { state_id: theirs, ciphertext }).plaintext, 'aa');
  assert.throws(() => bob.ask('unprotect', { state_id: theirs, ciphertext }),
      failure('replayed'));
  assert.throws(() => bob.ask('nonsense'), failure('verb'));
});

test('test_instances_share_no_handles', async () => {
  const [[, ours], [bob]] = await pair(3);
  const other = await Mls.load(bytes);

  assert.throws(() => other.ask('roster', { state_id: ours }), failure('handle'));
  assert.throws(() => bob.ask('roster', { state_id: 77 }), failure('handle'));
});

test('test_key_packages_of_two_instances_differ', async () => {
  const made = await Promise.all([1, 2].map(async () => (await Mls.load(module))
    .ask('create_key_package', { cipher_suite: 3, identity: '00' }).key_package));

  assert.notEqual(made[0], made[1]);
});

test('test_the_text_of_secrets_is_gone_once_it_has_been_read', async () => {
  const [mls, memory] = await loadOpenly();
  const secret = toHex(new Uint8Array(32).fill(0xa7));
  const { state_id } = mls.ask('create_group', { cipher_suite: 3, identity: 'aa' });
  const { exported_secret } = mls.ask('export', { state_id, label: 'x', key_length: 32 });

  mls.ask('store_psk', { state_id, psk_id: '01', psk_secret: secret });
  assert.equal(memory().indexOf(exported_secret), -1);
  assert.equal(memory().indexOf(secret), -1);
  /* and the raw key is there: this test would see it */
  assert.notEqual(memory().indexOf(fromHex(secret)), -1);
});

test('test_a_trap_is_told_and_ends_the_instance', async () => {
  const random = crypto.getRandomValues;
  const mls = await Mls.load(module);

  Object.defineProperty(crypto, 'getRandomValues', {
    configurable: true,
    value() {
      throw new Error('there is none');
    },
  });
  try {
    assert.throws(() => mls.ask('create_group', { cipher_suite: 3, identity: 'aa' }),
        failure('trap'));
  } finally {
    Object.defineProperty(crypto, 'getRandomValues', { configurable: true, value: random });
  }
  assert.throws(() => mls.ask('name'), failure('trap'));
});

test('test_a_request_that_is_too_large_is_refused', async () => {
  const mls = await Mls.load(module);

  assert.throws(() => mls.ask('name', { filler: 'x'.repeat(41 << 20) }), failure('too-large'));
  assert.equal(mls.ask('name').name, 'gst-e2ee');
});
