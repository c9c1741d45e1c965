/* A worker around somebody else's worker, which runs as it was published and sees no difference:
 * what goes into its transforms and comes out of them is counted.
 *
 *   new Worker('/foreign/tap.js?script=/livekit-client/worker.js')
 *   new RTCRtpScriptTransform(worker, { id: 'send video', ...what the other worker wants to know })
 *
 * Answers the message { type: 'stats', request } as pipelines/web/worker.js does; every other
 * message is the other worker's.  Of a stream it counts
 *
 *   frames     that went in
 *   passed     that came out with another size: sealed or opened, each once
 *   untouched  that came out with the size that they had: neither
 *   dropped    { refused: did not come out, replayed: came in a second time }
 *
 * gst-e2ee, LGPL-2.1-or-later */

/* A sealed frame of LiveKit and Jitsi ends with IV and key index: no two end alike. */
const MARK = 16;

const streams = new Map();

class Tap {
  frames = 0;
  passed = 0;
  untouched = 0;
  replayed = 0;
  keyFrames = 0;
  came = new WeakMap();
  seen = new Set();

  constructor(direction) {
    this.direction = direction;
  }

  /* Chromium hands over again what a retransmission or a probe of the bandwidth brought twice. */
  cameBefore(frame) {
    const mark = new Uint8Array(frame.data).slice(-MARK).join();
    const before = this.direction === 'receive' && this.seen.has(mark);

    this.seen.add(mark);
    return before;
  }

  /* Both see the same object: a transform sets its data. */
  before = new TransformStream({
    transform: (frame, controller) => {
      this.frames++;
      this.came.set(frame, { size: frame.data.byteLength, again: this.cameBefore(frame) });
      controller.enqueue(frame);
    },
  });

  after = new TransformStream({
    transform: (frame, controller) => {
      const { size, again } = this.came.get(frame);

      if (again)
        this.replayed++;
      else if (frame.data.byteLength === size)
        this.untouched++;
      else
        this.passed++;
      if (frame.type === 'key')
        this.keyFrames++;
      controller.enqueue(frame);
    },
  });

  get stats() {
    const { frames, passed, untouched, replayed, keyFrames } = this;
    const refused = frames - passed - untouched - replayed;

    return { frames, passed, untouched, keyFrames, dropped: { refused, replayed } };
  }
}

/* In front of the other's own listener. */
addEventListener('message', (event) => {
  const { type, request } = event.data;

  if (type !== 'stats')
    return;
  event.stopImmediatePropagation();
  postMessage({
    type: 'stats',
    request,
    streams: Object.fromEntries([...streams].map(([id, { stats }]) => [id, stats])),
  });
});

importScripts(new URLSearchParams(location.search).get('script'));

const theirs = self.onrtctransform;

self.onrtctransform = ({ transformer }) => {
  const { id } = transformer.options;
  const tap = new Tap(id.split(' ')[0]);

  streams.set(id, tap);
  /* The end of a call tears the pipe. */
  tap.after.readable.pipeTo(transformer.writable).catch(() => {});
  theirs({
    transformer: {
      options: transformer.options,
      readable: transformer.readable.pipeThrough(tap.before),
      writable: tap.after.writable,
    },
  });
};
