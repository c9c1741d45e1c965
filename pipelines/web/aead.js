/* The cipher suites of SFrame over WebCrypto: RFC 9605 sections 4.4.2 and 4.5, and
 * draft-barnes-sframe-iana-256.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { E2eeError } from './errors.js';

const NONCE_SIZE = 12;
const subtle = () => globalThis.crypto.subtle;

function gcm(id, name, hash, keySize) {
  return Object.freeze({ id, name, hash, keySize, tagSize: 16, ctr: false });
}

function ctrHmac(id, name, hash, keySize, tagSize) {
  return Object.freeze({ id, name, hash, keySize, tagSize, ctr: true });
}

/* The numbers are IANA's.  keySize is that of the AES key (Nk for GCM, Nka for CTR) and of the
 * base key in a key file. */
export const SUITES = Object.freeze([
  ctrHmac(1, 'AES_128_CTR_HMAC_SHA256_80', 'SHA-256', 16, 10),
  ctrHmac(2, 'AES_128_CTR_HMAC_SHA256_64', 'SHA-256', 16, 8),
  ctrHmac(3, 'AES_128_CTR_HMAC_SHA256_32', 'SHA-256', 16, 4),
  gcm(4, 'AES_128_GCM_SHA256_128', 'SHA-256', 16),
  gcm(5, 'AES_256_GCM_SHA512_128', 'SHA-512', 32),
  ctrHmac(6, 'AES_256_CTR_HMAC_SHA512_80', 'SHA-512', 32, 10),
  ctrHmac(7, 'AES_256_CTR_HMAC_SHA512_64', 'SHA-512', 32, 8),
  ctrHmac(8, 'AES_256_CTR_HMAC_SHA512_32', 'SHA-512', 32, 4),
]);

/* The suite of a number or a name; throws `unsupported`. */
export function findSuite(idOrName) {
  const suite = SUITES.find(({ id, name }) => id === idOrName || name === idOrName);

  if (!suite)
    throw new E2eeError('unsupported', 'cipher suite');
  return suite;
}

function concat(...parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;

  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

function uint64(value) {
  const out = new Uint8Array(8);

  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

/* Section 4.4.2: "SFrame 1.0 Secret key " || KID || suite; the space at the end is part of it. */
function hkdf(suite, what, kid) {
  const info = concat(new TextEncoder().encode(`SFrame 1.0 Secret ${what} `), uint64(kid),
      new Uint8Array([suite.id >> 8, suite.id & 0xff]));

  return { name: 'HKDF', hash: suite.hash, salt: new Uint8Array(0), info };
}

async function importMacKey(suite, bytes) {
  return subtle().importKey('raw', bytes, { name: 'HMAC', hash: suite.hash }, false,
      ['sign', 'verify']);
}

async function importCtrKey(bytes) {
  return subtle().importKey('raw', bytes, 'AES-CTR', false, ['encrypt', 'decrypt']);
}

/* WebCrypto's GCM writes ciphertext || tag, as SFrame wants it.  The key never is a string of
 * bytes that a script can read. */
class Gcm {
  static async create(suite, baseKey, kid) {
    const aead = new Gcm();

    aead.key = await subtle().deriveKey(hkdf(suite, 'key', kid), baseKey,
        { name: 'AES-GCM', length: 8 * suite.keySize }, false, ['encrypt', 'decrypt']);
    return aead;
  }

  async seal(nonce, aad, plaintext) {
    const sealed = await subtle().encrypt(
        { name: 'AES-GCM', iv: nonce, additionalData: aad, tagLength: 128 }, this.key, plaintext);

    return new Uint8Array(sealed);
  }

  async open(nonce, aad, sealed) {
    const plaintext = await subtle().decrypt(
        { name: 'AES-GCM', iv: nonce, additionalData: aad, tagLength: 128 }, this.key, sealed);

    return new Uint8Array(plaintext);
  }
}

/* Section 4.5.1: encrypt, then HMAC over the lengths, nonce, aad and ciphertext, cut to the tag
 * size.
 *
 * WebCrypto's verify() takes whole HMACs only.  A cut tag is compared by a second HMAC of both
 * under a key of its own, so that the time it takes tells nothing of how many bytes were right. */
class CtrHmac {
  static async create(suite, baseKey, kid) {
    const hashSize = suite.hash === 'SHA-512' ? 64 : 32;
    const bits = new Uint8Array(await subtle().deriveBits(hkdf(suite, 'key', kid), baseKey,
        8 * (suite.keySize + hashSize)));

    try {
      return await CtrHmac.fromBytes(suite, bits);
    } finally {
      bits.fill(0);
    }
  }

  /* @bytes is enc_key || auth_key. */
  static async fromBytes(suite, bytes) {
    const aead = new CtrHmac();

    aead.tagSize = suite.tagSize;
    aead.encKey = await importCtrKey(bytes.subarray(0, suite.keySize));
    aead.authKey = await importMacKey(suite, bytes.subarray(suite.keySize));
    aead.compareKey = await importMacKey(suite,
        globalThis.crypto.getRandomValues(new Uint8Array(32)));
    return aead;
  }

  async crypt(nonce, bytes) {
    const counter = new Uint8Array(16);

    counter.set(nonce);
    /* The block counter is the low 32 bits: 64 GiB to a frame. */
    return new Uint8Array(await subtle().encrypt({ name: 'AES-CTR', counter, length: 32 },
        this.encKey, bytes));
  }

  async tag(nonce, aad, ciphertext) {
    const mac = await subtle().sign('HMAC', this.authKey, concat(uint64(aad.length),
        uint64(ciphertext.length), uint64(this.tagSize), nonce, aad, ciphertext));

    return new Uint8Array(mac, 0, this.tagSize);
  }

  async seal(nonce, aad, plaintext) {
    const ciphertext = await this.crypt(nonce, plaintext);

    return concat(ciphertext, await this.tag(nonce, aad, ciphertext));
  }

  async open(nonce, aad, sealed) {
    const ciphertext = sealed.subarray(0, sealed.length - this.tagSize);
    const wanted = await this.tag(nonce, aad, ciphertext);
    const mac = await subtle().sign('HMAC', this.compareKey, wanted);

    if (!await subtle().verify('HMAC', this.compareKey, mac, sealed.subarray(ciphertext.length)))
      throw new E2eeError('tag');
    return this.crypt(nonce, ciphertext);
  }
}

/* The AEAD and the salt of one key: what section 4.4.2 derives from a base key.
 *
 *   @suite    from findSuite()
 *   @baseKey  a CryptoKey of algorithm HKDF with the usages deriveBits and deriveKey
 *   @kid      BigInt
 *
 * seal() gives ciphertext || tag, open() the plaintext; open() throws `tag`, and nothing else is
 * known of the plaintext then.  The caller answers for @ctr being new under this key. */
export class SframeAead {
  static async create(suite, baseKey, kid) {
    const self = new SframeAead();

    self.suite = suite;
    self.aead = await (suite.ctr ? CtrHmac : Gcm).create(suite, baseKey, kid);
    self.salt = new Uint8Array(await subtle().deriveBits(hkdf(suite, 'salt', kid), baseKey,
        8 * NONCE_SIZE));
    return self;
  }

  /* Section 4.4.3: the salt, xor the counter as a number of Nn bytes. */
  nonce(ctr) {
    const nonce = this.salt.slice();

    uint64(ctr).forEach((byte, i) => { nonce[NONCE_SIZE - 8 + i] ^= byte; });
    return nonce;
  }

  async seal(ctr, aad, plaintext) {
    return this.aead.seal(this.nonce(ctr), aad, plaintext);
  }

  async open(ctr, aad, sealed) {
    if (sealed.length < this.suite.tagSize)
      throw new E2eeError('truncated');
    try {
      return await this.aead.open(this.nonce(ctr), aad, sealed);
    } catch {
      /* WebCrypto says OperationError and no more, on purpose. */
      throw new E2eeError('tag');
    }
  }
}

export { concat, CtrHmac };
