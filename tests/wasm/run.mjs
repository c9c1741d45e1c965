// Runs one WASI program under node: no arguments, no files but the vectors, its output is TAP.
//
// gst-e2ee, LGPL-2.1-or-later
//
// node tests/wasm/run.mjs PROGRAM.wasm, with the folder of the official vectors in E2EE_VECTORS
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const vectors = process.env.E2EE_VECTORS;
const files = vectors
  ? { env: { E2EE_VECTORS: '/vectors' }, preopens: { '/vectors': vectors } }
  : { env: {} };
const wasi = new WASI({ version: 'preview1', args: ['test'], returnOnExit: true, ...files });
const module = await WebAssembly.compile(await readFile(process.argv[2]));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
