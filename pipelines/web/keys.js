/* SFrame keys: one for sending with its counter, a ring of those for receiving, and the key file.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { SframeAead, findSuite } from './aead.js';
import { E2eeError } from './errors.js';
import { MAX_UINT64 } from './header.js';
import { ReplayWindow } from './replay.js';

/* NIST SP 800-38D section 8.3 allows 2^32 invocations under one key. */
export const DEFAULT_LIMIT = 1n << 32n;
/* By the size of the base key, for keys without "alg". */
const DEFAULT_SUITES = new Map([
  [16, 'AES_128_GCM_SHA256_128'],
  [32, 'AES_256_GCM_SHA512_128'],
]);

/* What a key is made of:
 *
 *   { kid: BigInt, suite: of findSuite(), baseKey: CryptoKey of HKDF,
 *     usages: ['encrypt', 'decrypt'] }
 *
 * It can be posted to a worker; the secret in it cannot be read by a script any more. */

/* Makes the material of a key from the bytes of its base key.  The caller wipes its own copy. */
export async function importBaseKey(kid, suite, bytes, usages) {
  const baseKey = await globalThis.crypto.subtle.importKey('raw', bytes, 'HKDF', false,
      ['deriveBits', 'deriveKey']);

  return { kid, suite, baseKey, usages };
}

function random63() {
  return globalThis.crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
}

/* A key to encrypt with.  No counter is ever used twice: takeCounter() moves on before anything
 * else happens, and the run of a static key, which may be in use elsewhere or have been before,
 * starts at a random 63-bit value (docs/wire-format.md). */
export class SendKey {
  /* @start: 0n for the key of a group, which is this sender's alone; @limit: lower in tests */
  static async create(material, { start = random63(), limit = DEFAULT_LIMIT } = {}) {
    if (!material.usages.includes('encrypt'))
      throw new E2eeError('key-usage');

    const self = new SendKey();

    self.kid = material.kid;
    self.aead = await SframeAead.create(material.suite, material.baseKey, material.kid);
    self.next = start;
    self.end = start + limit - 1n < MAX_UINT64 ? start + limit - 1n : MAX_UINT64;
    return self;
  }

  /* The next counter, which is spent by that.  Throws `exhausted`. */
  takeCounter() {
    if (this.next > this.end)
      throw new E2eeError('exhausted');
    return this.next++;
  }
}

/* The keys to decrypt with, by key id, each with its replay window. */
export class KeyRing {
  constructor() {
    this.keys = new Map();
  }

  /* Throws `key-usage`, `duplicate-key`. */
  async add(material, { window, maxRuns } = {}) {
    if (!material.usages.includes('decrypt'))
      throw new E2eeError('key-usage');
    if (this.keys.has(material.kid))
      throw new E2eeError('duplicate-key');

    const aead = await SframeAead.create(material.suite, material.baseKey, material.kid);

    /* Again, since this function may have been called twice while it waited. */
    if (this.keys.has(material.kid))
      throw new E2eeError('duplicate-key');
    this.keys.set(material.kid, { aead, replay: new ReplayWindow(window, maxRuns) });
  }

  remove(kid) {
    this.keys.delete(kid);
  }

  /* { aead, replay }; throws `unknown-key`. */
  find(kid) {
    const key = this.keys.get(kid);

    if (!key)
      throw new E2eeError('unknown-key');
    return key;
  }
}

/* RFC 7518 section 6.4.1: base64url without padding, and without bits left over at the end, so
 * that a key has one spelling. */
function decodeBase64Url(text) {
  const refuse = () => { throw new E2eeError('key-size', '"k" is not base64url without padding'); };

  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1)
    refuse();

  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  const binary = atob(base64);

  if (btoa(binary).replace(/=*$/, '') !== base64)
    refuse();
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/* A string of decimal digits, or a number that a double holds exactly. */
function readKid(kid) {
  const text = Number.isSafeInteger(kid) ? String(kid) : kid;

  if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,19})$/.test(text)
      || BigInt(text) > MAX_UINT64)
    throw new E2eeError('header', '"kid" is not a decimal number of 64 bits');
  return BigInt(text);
}

/* RFC 7517 section 4.3: operations that are not understood are ignored, none may stand twice. */
function readUsages(operations = ['encrypt', 'decrypt']) {
  const refuse = () => {
    throw new E2eeError('key-usage',
        '"key_ops" names neither "encrypt" nor "decrypt", or one twice');
  };

  if (!Array.isArray(operations))
    refuse();

  const usages = operations.filter((operation) => ['encrypt', 'decrypt'].includes(operation));

  if (!usages.length || new Set(usages).size !== usages.length)
    refuse();
  return usages;
}

function readSuite(alg, size) {
  const suite = findSuite(alg ?? DEFAULT_SUITES.get(size));

  if (size !== suite.keySize)
    throw new E2eeError('key-size', `${suite.name} takes ${suite.keySize} bytes`);
  return suite;
}

async function importJwk(jwk) {
  if (jwk?.kty !== 'oct' || (jwk.use ?? 'enc') !== 'enc')
    throw new E2eeError('unsupported', '"kty" is not "oct", or "use" is not "enc"');

  const kid = readKid(jwk.kid);
  const usages = readUsages(jwk.key_ops);
  const bytes = decodeBase64Url(jwk.k);

  try {
    return await importBaseKey(kid, readSuite(jwk.alg, bytes.length), bytes, usages);
  } finally {
    bytes.fill(0);
  }
}

/* Reads a key file (docs/key-files.md): a JWK Set as text.  Gives an array of key
 * material. Throws E2eeError or SyntaxError; neither holds a byte of a key. */
export async function parseKeyFile(text) {
  let set;

  try {
    set = JSON.parse(text);
  } catch {
    /* The engine's own message quotes the text. */
    throw new SyntaxError('the key file is not JSON');
  }
  if (!Array.isArray(set?.keys) || !set.keys.length)
    throw new SyntaxError('the key file holds no "keys"');

  const keys = [];

  for (const jwk of set.keys) {
    const key = await importJwk(jwk);

    if (keys.some(({ kid }) => kid === key.kid))
      throw new E2eeError('duplicate-key');
    keys.push(key);
  }
  return keys;
}
