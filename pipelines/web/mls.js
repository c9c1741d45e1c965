/* MLS groups, RFC 9420, in a web page or node: the core of gst-e2ee compiled to WebAssembly.
 *
 *   const mls = await Mls.load(await (await fetch('mls-module.wasm')).arrayBuffer());
 *   const { state_id } = mls.ask('create_group', { cipher_suite: 3, identity: myName });
 *   const { exported_secret } = mls.ask('export', { state_id, label: 'x', key_length: 16 });
 *
 * The verbs, their fields and results are those of docs/mls-program.md.  Fields that are
 * Uint8Arrays are sent as they should be, and fromHex() reads those of a result.
 *
 * What holds:
 *   - Calls are synchronous, and one Mls is one process: its handles mean nothing to another one.
 *   - ask() gives the results or throws an MlsError; after one the group is as it was.  The code
 *     'trap' says that the module has failed for good: load it again, and restore what was stored.
 *   - From its surroundings the module takes randomness (crypto.getRandomValues) and two clocks,
 *     and nothing else: it opens no file, no socket, and prints nothing.
 *   - The text of a request and of its answer is wiped in the module's memory before ask()
 *     returns.  Secrets in JavaScript strings cannot be wiped: ask for them where they are used,
 *     and keep them no longer.
 *   - A commit of one's own is pending until handle_pending_commit; store before sending.
 *
 * gst-e2ee, LGPL-2.1-or-later */

export class MlsError extends Error {
  /* @code: an error's name in docs/mls-program.md, 'trap' or 'load' */
  constructor(code, text) {
    super(text);
    this.name = 'MlsError';
    this.code = code;
  }
}

export function toHex(bytes) {
  let text = '';

  for (const byte of bytes)
    text += byte.toString(16).padStart(2, '0');
  return text;
}

export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/i.test(text))
    throw new MlsError('field', 'not hexadecimal');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/* errno of WASI */
const SUCCESS = 0;
const BADF = 8;
const INVAL = 28;
const NOSYS = 52;
/* Of one call of getRandomValues. */
const MOST_RANDOM = 65536;
const REALTIME = 0;
const MONOTONIC = 1;

/* The few functions of wasi_snapshot_preview1 that the module has a use for; @memory() is known
 * only once it runs. */
function surroundings(module, memory) {
  const known = {
    random_get(at, size) {
      for (let done = 0; done < size; done += MOST_RANDOM) {
        crypto.getRandomValues(new Uint8Array(memory().buffer, at + done,
            Math.min(MOST_RANDOM, size - done)));
      }
      return SUCCESS;
    },
    clock_time_get(id, precision, at) {
      const now = id === REALTIME ? Date.now() : id === MONOTONIC ? performance.now() : NaN;

      if (Number.isNaN(now))
        return INVAL;
      new DataView(memory().buffer).setBigUint64(at, BigInt(Math.floor(now * 1000)) * 1000n, true);
      return SUCCESS;
    },
    fd_write: () => BADF,
    fd_seek: () => BADF,
    fd_close: () => BADF,
  };
  const imports = {};

  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = known[name] ?? (() => NOSYS);
  }
  return imports;
}

export class Mls {
  #exports;
  #trapped = false;

  constructor(instance) {
    this.#exports = instance.exports;
  }

  /* @source: the bytes of mls-module.wasm, or a WebAssembly.Module of it */
  static async load(source) {
    const module = source instanceof WebAssembly.Module ? source
      : await WebAssembly.compile(source);
    let instance;
    const imports = surroundings(module, () => instance.exports.memory);

    instance = await WebAssembly.instantiate(module, imports);
    instance.exports._initialize();
    if (instance.exports.mls_init() !== 1)
      throw new MlsError('load', 'the cryptography fails its self-test');
    return new Mls(instance);
  }

  #call(request) {
    const { memory, mls_request, mls_ask, mls_answer_size, mls_forget } = this.#exports;
    const at = mls_request(request.length);

    if (at === 0)
      throw new MlsError('too-large', 'the request is too large');
    new Uint8Array(memory.buffer, at, request.length).set(request);
    const answer = mls_ask();

    if (answer === 0)
      throw new MlsError('no-memory', 'there is no memory');
    const text = new TextDecoder().decode(
        new Uint8Array(memory.buffer, answer, mls_answer_size()));

    mls_forget();
    return JSON.parse(text);
  }

  ask(verb, fields = {}) {
    const request = new TextEncoder().encode(JSON.stringify({ verb, ...fields },
        (key, value) => value instanceof Uint8Array ? toHex(value) : value));
    let answer;

    if (this.#trapped)
      throw new MlsError('trap', 'the module has failed; load it again');
    try {
      answer = this.#call(request);
    } catch (error) {
      if (error instanceof MlsError)
        throw error;
      this.#trapped = true;
      throw new MlsError('trap', `the module has failed: ${error.message}`);
    } finally {
      request.fill(0);
    }
    if (!answer.ok)
      throw new MlsError(answer.error, answer.text);
    return answer;
  }
}
