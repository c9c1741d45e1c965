/* What the tests of pipelines/web share: bytes as hex, vectors, keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';

/* Node 18, which Debian 12 has, keeps it out of the global scope. */
globalThis.crypto ??= webcrypto;

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => new Uint8Array(Buffer.from(text, 'hex'));

const folder = process.env.E2EE_VECTORS;

/* For the options of a test: why it cannot run, or false. */
export const withoutVectors = folder ? false : 'E2EE_VECTORS names no folder with the vectors';

/* Numbers come as strings of decimal digits: JSON.parse() would round key ids and counters to 53
 * bits. */
export function loadVectors(name) {
  const text = readFileSync(join(folder, 'sframe', name), 'utf8');

  return JSON.parse(text.replace(/:\s*([0-9]+)/g, ':"$1"'));
}

/* What a rejected promise or a throwing function says: the name of the cause. */
export const because = (code) => (error) => error.name === 'E2eeError' && error.code === code;
