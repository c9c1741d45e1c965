/* SFrame sealing and opening, RFC 9605 section 4.4, over WebCrypto.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CtrHmac, SUITES, SframeAead, findSuite } from '../../../pipelines/web/aead.js';
import { KeyRing, SendKey, importBaseKey } from '../../../pipelines/web/keys.js';
import { open, seal } from '../../../pipelines/web/sframe.js';
import { because, hex, loadVectors, unhex, withoutVectors } from './support.mjs';

const BASE_KEY = '000102030405060708090a0b0c0d0e0f';
const METADATA = '4945544620534672616d65205747';
const PLAINTEXT = '64726166742d696574662d736672616d652d656e63';

/* RFC 9605 appendix C.3 and draft-barnes-sframe-iana-256: key id 0x123, counter 0x4567. */
const RFC_CASES = [
  [1, '50b29329a04dc0f184ac3168',
    '9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11'],
  [2, 'e68ac8dd3d02fbcd368c5577',
    '99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607'],
  [3, '38c16e4f5159700c00c7f350',
    '990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443'],
  [4, '75234edefe07819026751816',
    '9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb' +
    '34eb'],
  [5, '84991c167b8cd23c93708ec7',
    '990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabce' +
    'd279'],
  [6, 'e082f7ce012ad30c87c49e3f',
    '9901234567b369e03ec6467ad505ddc84914115069280c5c797555be6e32cde6ac25bc9e'],
  [7, '46b4367993a314910d4d9f3d',
    '990123456797cb5644d8831ff8bdc080249990b24b569144cab2a87be22c20d97976'],
  [8, 'f6de647bac1263524cfb6533',
    '9901234567112a94a288b85b49ffef1d279f2830165c39d76cac8884011c'],
];

async function material(suite, { kid = 1n, usages = ['encrypt', 'decrypt'], seed = 0 } = {}) {
  const bytes = new Uint8Array(suite.keySize).map((_, i) => i + seed);

  return importBaseKey(kid, suite, bytes, usages);
}

async function pair(suite = findSuite(4), options = {}) {
  const key = await material(suite, options);
  const ring = new KeyRing();

  await ring.add(key);
  return { key: await SendKey.create(key, options), ring };
}

async function checkVector(suiteId, salt, ct) {
  const key = await importBaseKey(0x123n, findSuite(suiteId), unhex(BASE_KEY),
      ['encrypt', 'decrypt']);
  const sender = await SendKey.create(key, { start: 0x4567n });
  const ring = new KeyRing();

  await ring.add(key);
  assert.equal(hex(sender.aead.salt), salt);
  assert.equal(hex(await seal(sender, unhex(METADATA), unhex(PLAINTEXT))), ct);

  const { plaintext, kid, ctr } = await open(ring, unhex(METADATA), unhex(ct));

  assert.equal(hex(plaintext), PLAINTEXT);
  assert.deepEqual([kid, ctr], [0x123n, 0x4567n]);
}

for (const [suite, salt, ct] of RFC_CASES)
  test(`suite ${suite} gives the bytes of the RFC`, () => checkVector(suite, salt, ct));

test('all eight suites give the bytes of the official vectors', { skip: withoutVectors },
    async () => {
      const cases = [...loadVectors('test-vectors.json').sframe,
        ...loadVectors('test-vectors-aes256.json').sframe_aes_256_ctr_hmac];

      assert.deepEqual(cases.map((c) => c.cipher_suite), ['1', '2', '3', '4', '5', '6', '7', '8']);
      for (const c of cases) {
        assert.deepEqual([c.base_key, c.metadata, c.pt], [BASE_KEY, METADATA, PLAINTEXT]);
        await checkVector(Number(c.cipher_suite), c.sframe_salt, c.ct);
      }
    });

test('AES-CTR with HMAC gives the bytes of the official vectors', { skip: withoutVectors },
    async () => {
      const { aes_ctr_hmac: aes128, aes_256_ctr_hmac: aes256 } = loadVectors('test-vectors.json');

      assert.equal(aes128.length + aes256.length, 6);
      for (const c of [...aes128, ...aes256]) {
        const aead = await CtrHmac.fromBytes(findSuite(Number(c.cipher_suite)), unhex(c.key));

        assert.equal(hex(await aead.seal(unhex(c.nonce), unhex(c.aad), unhex(c.pt))), c.ct);
        assert.equal(hex(await aead.open(unhex(c.nonce), unhex(c.aad), unhex(c.ct))), c.pt);
      }
    });

for (const suite of SUITES) {
  test(`${suite.name} opens what it sealed, empty and large`, async () => {
    const { key, ring } = await pair(suite);

    for (const size of [0, 1, 100_000]) {
      const plaintext = new Uint8Array(size).fill(7);
      const sealed = await seal(key, unhex('aabb'), plaintext);

      assert.deepEqual((await open(ring, unhex('aabb'), sealed)).plaintext, plaintext);
    }
  });

  test(`${suite.name} refuses a flipped bit in every byte, and the metadata`, async () => {
    const { key, ring } = await pair(suite, { start: 0x1234n });
    const metadata = unhex('aabb');
    const sealed = await seal(key, metadata, unhex('00112233'));

    /* Behind the header, where every flip is the tag's to find. */
    for (let i = 3; i < sealed.length; i++) {
      const flipped = sealed.slice();

      flipped[i] ^= 1;
      await assert.rejects(open(ring, metadata, flipped), because('tag'), `byte ${i}`);
    }
    await assert.rejects(open(ring, unhex('aabc'), sealed), because('tag'));

    /* A counter that was changed, and a key id that exists nowhere. */
    const otherCounter = sealed.slice();

    otherCounter[2] ^= 1;
    await assert.rejects(open(ring, metadata, otherCounter), because('tag'));
    otherCounter[0] ^= 0x20;
    await assert.rejects(open(ring, metadata, otherCounter), because('unknown-key'));

    /* None of this used up the counter. */
    assert.equal(hex((await open(ring, metadata, sealed)).plaintext), '00112233');
  });

  test(`${suite.name} refuses a frame that ends early at every length`, async () => {
    const { key, ring } = await pair(suite, { start: 0x1234n });
    const sealed = await seal(key, new Uint8Array(0), new Uint8Array(0));

    for (let size = 0; size < sealed.length; size++)
      await assert.rejects(open(ring, new Uint8Array(0), sealed.subarray(0, size)),
          because('truncated'), `${size} bytes`);
  });
}

test('a wrong key is refused by the tag', async () => {
  const { key } = await pair();
  const { ring } = await pair(findSuite(4), { seed: 1 });

  await assert.rejects(open(ring, unhex(''), await seal(key, unhex(''), unhex('00'))),
      because('tag'));
});

test('a replayed frame is refused', async () => {
  const { key, ring } = await pair();
  const sealed = await seal(key, unhex(''), unhex('00'));

  await open(ring, unhex(''), sealed);
  await assert.rejects(open(ring, unhex(''), sealed), because('replayed'));
});

test('a replayed counter is refused before its tag is looked at', async () => {
  const { key, ring } = await pair();
  const sealed = await seal(key, unhex(''), unhex('00'));

  await open(ring, unhex(''), sealed);
  sealed[sealed.length - 1] ^= 1;
  await assert.rejects(open(ring, unhex(''), sealed), because('replayed'));
});

test('a frame that is opened twice at the same moment comes out once', async () => {
  const { key, ring } = await pair();
  const sealed = await seal(key, unhex(''), unhex('00'));
  const results = await Promise.allSettled([open(ring, unhex(''), sealed),
    open(ring, unhex(''), sealed)]);

  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('no counter is used twice, also by streams that seal at the same moment', async () => {
  const { key, ring } = await pair();
  const sealed = await Promise.all(Array.from({ length: 100 },
      () => seal(key, unhex(''), unhex('00'))));
  const counters = new Set();

  /* One after the other: WebCrypto's threads may finish in any order, and a frame that is done
   * before the first of its run would make that one a replay. */
  for (const bytes of sealed)
    counters.add((await open(ring, unhex(''), bytes)).ctr);
  assert.equal(counters.size, 100);
});

test('a static key starts at a random counter of 63 bits', async () => {
  const starts = await Promise.all(Array.from({ length: 20 }, async () => (await pair()).key.next));

  assert.equal(new Set(starts).size, 20);
  assert.ok(starts.every((start) => start < 2n ** 63n));
  assert.ok(starts.some((start) => start > 2n ** 58n));
});

test('a key is refused after its last frame', async () => {
  const { key } = await pair(findSuite(4), { limit: 2n });

  await seal(key, unhex(''), unhex('00'));
  await seal(key, unhex(''), unhex('00'));
  await assert.rejects(seal(key, unhex(''), unhex('00')), because('exhausted'));
});

test('a key is for the directions that it names', async () => {
  const encryptOnly = await material(findSuite(4), { usages: ['encrypt'] });
  const decryptOnly = await material(findSuite(4), { usages: ['decrypt'] });

  await assert.rejects(SendKey.create(decryptOnly), because('key-usage'));
  await assert.rejects(new KeyRing().add(encryptOnly), because('key-usage'));
});

test('without a key nothing is sealed', async () => {
  await assert.rejects(seal(null, unhex(''), unhex('00')), because('no-key'));
});

test('the secret cannot be read back', async () => {
  const { baseKey } = await material(findSuite(4));
  const aead = await SframeAead.create(findSuite(4), baseKey, 1n);

  assert.equal(baseKey.extractable, false);
  assert.equal(aead.aead.key.extractable, false);
});
