/* The worker of an RTCRtpScriptTransform: keys live here, and only here frames are seen in clear.
 *
 *   new RTCRtpScriptTransform (worker, { direction: 'send' | 'receive', id, mimeType })
 *
 * A transform must be set in the same task in which its sender or receiver came to be: set later,
 * Chromium sends and plays media in clear, without an error (docs/browsers.md).
 *
 * Messages to the worker:
 *   { type: 'keys', request, keys, sendKid }  as KeyStore.set()
 *   { type: 'stats', request }
 * Its answers:
 *   { type: 'done', request, error }          error is a sentence, and missing when all is well
 *   { type: 'stats', request, streams }       streams is { id: stats of a FrameTransform }
 *
 * Without keys every frame is dropped, in both directions.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { FrameTransform, KeyStore } from './transform.js';

const KEY_FRAME_INTERVAL_MS = 1000;

const keys = new KeyStore();
const streams = new Map();

/* Asks at most once a second, and forgives a transformer that cannot ask (audio, a stream that
 * ended). */
function limited(ask) {
  let last = -Infinity;

  return () => {
    const now = performance.now();

    if (now - last < KEY_FRAME_INTERVAL_MS)
      return;
    last = now;
    Promise.resolve(ask()).catch(() => {});
  };
}

function start(transformer) {
  const { direction, id, mimeType } = transformer.options;
  const transform = new FrameTransform({
    direction,
    keys,
    mimeType,
    onVideoLost: limited(() => transformer.sendKeyFrameRequest()),
  });

  streams.set(id, { transform, transformer });
  transformer.readable
    .pipeThrough(new TransformStream({ transform: (...args) => transform.transform(...args) }))
    .pipeTo(transformer.writable)
    /* The end of a call tears the pipe; nothing comes out of a torn one. */
    .catch(() => {});
}

/* A new key is of use to a receiver from the next key frame on. */
function askOwnEncodersForKeyFrames() {
  for (const { transform, transformer } of streams.values())
    if (transform.direction === 'send')
      Promise.resolve(transformer.generateKeyFrame?.()).catch(() => {});
}

const handlers = {
  async keys({ keys: material, sendKid }) {
    await keys.set(material, sendKid);
    askOwnEncodersForKeyFrames();
    return { type: 'done' };
  },

  async stats() {
    return {
      type: 'stats',
      streams: Object.fromEntries([...streams].map(([id, { transform }]) => [id, transform.stats])),
    };
  },
};

addEventListener('rtctransform', ({ transformer }) => start(transformer));

addEventListener('message', async ({ data }) => {
  let answer;

  try {
    answer = await handlers[data.type](data);
  } catch (error) {
    answer = { type: 'done', error: error.message };
  }
  postMessage({ ...answer, request: data.request });
});
