/* Key files as the page reads them.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeyFile } from '../../../pipelines/web/keys.js';
import './support.mjs';

const SECRET = 'c2VjcmV0LXNlY3JldC0hIQ';

function keyFile(...jwks) {
  return JSON.stringify({ keys: jwks });
}

function jwk(changes = {}) {
  return { kty: 'oct', kid: '1', k: SECRET, alg: 'AES_128_GCM_SHA256_128', ...changes };
}

test('a key file is read', async () => {
  const keys = await parseKeyFile(keyFile(jwk({ key_ops: ['encrypt'] }),
      jwk({ kid: '18446744073709551615', k: SECRET.slice(0, -1) + 'g'.repeat(22),
        key_ops: ['decrypt'], alg: 'AES_256_GCM_SHA512_128' })));

  assert.deepEqual(keys.map(({ kid, suite, usages }) => [kid, suite.id, usages]),
      [[1n, 4, ['encrypt']], [2n ** 64n - 1n, 5, ['decrypt']]]);
});

test('a key that names no suite and no use has the suite of its size and both uses', async () => {
  const keys = await parseKeyFile(keyFile({ kty: 'oct', kid: 7, k: SECRET },
      { kty: 'oct', kid: '8', k: 'A'.repeat(43) }));

  assert.deepEqual(keys.map(({ kid, suite, usages }) => [kid, suite.id, usages]),
      [[7n, 4, ['encrypt', 'decrypt']], [8n, 5, ['encrypt', 'decrypt']]]);
});

test('an operation that is not understood is ignored', async () => {
  const [key] = await parseKeyFile(keyFile(jwk({ key_ops: ['wrapKey', 'decrypt'] })));

  assert.deepEqual(key.usages, ['decrypt']);
});

for (const [name, text] of [
  ['that is not JSON', `{"keys":[{"k":"${SECRET}"`],
  ['without keys', keyFile()],
  ['that is a list', '[]'],
  ['with a key of another type', keyFile(jwk({ kty: 'RSA' }))],
  ['with a key id that is no number', keyFile(jwk({ kid: 'one' }))],
  ['with a key id above 64 bits', keyFile(jwk({ kid: '18446744073709551616' }))],
  ['without a key id', keyFile(jwk({ kid: undefined }))],
  ['with a suite that does not exist', keyFile(jwk({ alg: 'A128GCM' }))],
  ['with a short key', keyFile(jwk({ k: SECRET.slice(0, -4) }))],
  ['with a key that is not base64url', keyFile(jwk({ k: SECRET.slice(0, -1) + '+' }))],
  ['with one key id twice', keyFile(jwk(), jwk())],
  ['with bits left over at the end', keyFile(jwk({ k: SECRET.slice(0, -1) + 'R' }))],
  ['with padding', keyFile(jwk({ k: SECRET + '==' }))],
  ['without a secret', keyFile(jwk({ k: undefined }))],
  ['with a key id that a double cannot hold', keyFile(jwk({ kid: 2 ** 53 }))],
  ['with a key id of two spellings', keyFile(jwk({ kid: '01' }))],
  ['with a use that is not encryption', keyFile(jwk({ use: 'sig' }))],
  ['with no operation of ours', keyFile(jwk({ key_ops: ['sign'] }))],
  ['with an operation that stands twice', keyFile(jwk({ key_ops: ['encrypt', 'encrypt'] }))],
  ['with operations that are no list', keyFile(jwk({ key_ops: 'encrypt' }))],
]) {
  test(`a key file ${name} is refused, and its secret is not repeated`, async () => {
    await assert.rejects(parseKeyFile(text),
        (error) => !`${error.message} ${error.stack}`.includes(SECRET.slice(0, 12)));
  });
}
