/* One end of an encrypted call between two: an RTCPeerConnection whose every sender and receiver
 * has a transform from the moment it exists.
 *
 * gst-e2ee, LGPL-2.1-or-later */

const DEFAULT_CODECS = { audio: 'opus', video: 'vp8' };

/* Longer than the interval of frames, so that a stream that still runs moves in it. */
const SETTLED_MS = 500;

/* Throws away all but one codec, which has a clear prefix (prefix.js), and retransmission, which
 * carries what it made, before they can be negotiated.  RED would wrap Opus before the transform
 * sees it. */
export function preferProtectable(transceiver, kind, codec = DEFAULT_CODECS[kind]) {
  const { codecs } = RTCRtpReceiver.getCapabilities(kind);

  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) =>
    [`${kind}/${codec}`, `${kind}/rtx`].includes(mimeType.toLowerCase())));
}

/* What the browser alone can say: that media left, or was played.  Audio has packets only, of one
 * frame each. */
function sawMedia(id, { packets, encoded, decoded }) {
  if (id.endsWith('audio'))
    return packets > 0;
  return id.startsWith('send') ? encoded > 0 : decoded > 0;
}

function counts(figures) {
  return figures && Object.values(figures).map(({ frames, decoded }) => [frames, decoded]).join();
}

/* One forged frame must not take the shield away, else a server could do so at will: a stream is
 * degraded when frames were refused and none was opened. */
function stateOf(figures, before) {
  const received = Object.entries(figures).filter(([id]) => id.startsWith('receive'))
    .map(([id, { frames, passed }]) => ({
      came: frames - (before[id]?.frames ?? 0),
      opened: passed - (before[id]?.passed ?? 0),
    }));

  if (received.some(({ came, opened }) => came > 0 && opened === 0))
    return 'degraded';
  return received.length && received.every(({ opened }) => opened > 0) ? 'on' : 'unknown';
}

export class Participant {
  /*   @media             the MediaStream to send
   *   @codecs            { audio, video }, as in MIME types, instead of Opus and VP8
   *   @keys, @sendKid    as KeyStore.set() in transform.js
   *   @send(message)     hands an offer, an answer or a candidate to the peer
   *   @onStream(stream)  the peer's media
   *   @onFailed(reason)  the call has ended; nothing is sent any more */
  static async create(options) {
    const self = new this(options);

    await self.ask({ type: 'keys', keys: options.keys, sendKid: options.sendKid });
    return self;
  }

  constructor({ media, codecs, send, onStream, onFailed }) {
    this.media = media;
    this.codecs = { ...DEFAULT_CODECS, ...codecs };
    this.send = send;
    this.onFailed = onFailed;
    this.requests = new Map();
    this.candidates = [];
    this.final = null;
    this.ready = false;
    this.remote = new MediaStream();
    onStream(this.remote);

    this.worker = this.createWorker();
    this.worker.addEventListener('message', ({ data }) => this.answered(data));
    this.worker.addEventListener('error', () => this.close('the worker has failed'));

    this.pc = new RTCPeerConnection();
    this.pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate)
        send({
          type: 'candidate',
          candidate: candidate.candidate,
          sdpMLineIndex: candidate.sdpMLineIndex,
        });
    });
    this.pc.addEventListener('connectionstatechange', () => {
      if (this.pc.connectionState === 'failed')
        this.close('the connection has failed');
      else if (this.pc.connectionState === 'connected' && !this.ready) {
        this.ready = true;
        send({ type: 'ready' });
      }
    });
    /* Nothing may be awaited in here before both transforms are set: see worker.js. */
    this.pc.addEventListener('track', ({ track, transceiver }) => {
      if (!transceiver.receiver.transform)
        this.protect(transceiver);
      this.remote.addTrack(track);
    });
  }

  createWorker() {
    return new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
  }

  createTransform(direction, kind) {
    return new RTCRtpScriptTransform(this.worker, {
      direction,
      id: `${direction} ${kind}`,
      mimeType: `${kind}/${this.codecs[kind]}`,
    });
  }

  /* Question and answer with the worker. */
  ask(message) {
    return new Promise((resolve, reject) => {
      const request = this.requests.size ? Math.max(...this.requests.keys()) + 1 : 1;

      this.requests.set(request, { resolve, reject });
      this.worker.postMessage({ ...message, request });
    });
  }

  answered({ request, error, ...answer }) {
    const { resolve, reject } = this.requests.get(request);

    this.requests.delete(request);
    if (error)
      reject(new Error(error));
    else
      resolve(answer);
  }

  /* Both directions of a transceiver, in one go. */
  protect(transceiver) {
    const { kind } = transceiver.receiver.track;

    transceiver.sender.transform = this.createTransform('send', kind);
    transceiver.receiver.transform = this.createTransform('receive', kind);
    preferProtectable(transceiver, kind, this.codecs[kind]);
  }

  async call() {
    for (const track of this.media.getTracks())
      this.protect(this.pc.addTransceiver(track, { direction: 'sendrecv' }));
    await this.pc.setLocalDescription();
    this.send({ type: 'offer', sdp: this.pc.localDescription.sdp });
  }

  async answer(sdp) {
    await this.pc.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of this.pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind;
      const [track] = this.media.getTracks().filter((own) => own.kind === kind);

      /* A transceiver that was not announced by `track` has no transform: it must not carry
       * anything. */
      if (!transceiver.sender.transform || !track) {
        transceiver.stop();
        continue;
      }
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(track);
    }
    await this.pc.setLocalDescription();
    this.send({ type: 'answer', sdp: this.pc.localDescription.sdp });
    await this.addCandidates();
  }

  async receive(message) {
    if (message.type === 'offer')
      await this.answer(message.sdp);
    else if (message.type === 'answer') {
      await this.pc.setRemoteDescription({ type: 'answer', sdp: message.sdp });
      await this.addCandidates();
    } else if (message.type === 'candidate') {
      this.candidates.push(message);
      await this.addCandidates();
    } else if (message.type === 'done') {
      await this.finish();
    }
  }

  async addCandidates() {
    if (!this.pc.remoteDescription)
      return;
    while (this.candidates.length) {
      const { candidate, sdpMLineIndex } = this.candidates.shift();

      await this.pc.addIceCandidate({ candidate, sdpMLineIndex });
    }
  }

  /* What went through the transforms, and beside it what the browser says that it sent and
   * decoded: { 'send video': { frames, passed, dropped, ..., packets, encoded }, 'receive video':
   * { ..., decoded } } */
  async figures() {
    const report = [...(await this.pc.getStats()).values()];
    const { streams } = await this.ask({ type: 'stats' });

    for (const [id, figures] of Object.entries(streams)) {
      const [direction, kind] = id.split(' ');
      const type = direction === 'send' ? 'outbound-rtp' : 'inbound-rtp';

      for (const rtp of report.filter((entry) => entry.type === type && entry.kind === kind)) {
        figures.packets = rtp.packetsSent ?? rtp.packetsReceived;
        figures.encoded = rtp.framesEncoded;
        figures.decoded = rtp.framesDecoded;
        /* Audio has no frames in the statistics: samples that were played and not made up. */
        figures.samples = rtp.totalSamplesReceived - (rtp.concealedSamples ?? 0);
        figures.width = rtp.frameWidth;
      }
    }
    return streams;
  }

  /* A transform that the browser passes by leaves no other trace than media on the wire, or
   * decoded, of which the worker has seen nothing for a while.  The call then ends.
   *
   * Gives { state, figures }, of what came since the last time: `on` when every stream has opened
   * frames, `degraded` when one has refused all of its, `unknown` when nothing came. */
  async check() {
    const figures = await this.figures();
    const before = this.before ?? {};

    this.before = figures;
    for (const [id, stream] of Object.entries(figures))
      if (stream.frames === 0 && before[id] && sawMedia(id, before[id])) {
        this.close(`the browser passes the transform of "${id}" by`);
        return { state: 'unknown', figures };
      }
    return { state: stateOf(figures, before), figures };
  }

  /* The peer has sent all: so do we.  `final` is what it came to, once nothing moves any more. */
  async finish() {
    let last = null;
    let figures = await this.figures();

    this.media.getTracks().forEach((track) => track.stop());
    while (counts(figures) !== counts(last)) {
      await new Promise((resolve) => { setTimeout(resolve, SETTLED_MS); });
      [last, figures] = [figures, await this.figures()];
    }
    this.final = figures;
    this.send({ type: 'done' });
  }

  close(reason) {
    if (this.pc.signalingState === 'closed')
      return;
    this.pc.close();
    this.worker.terminate();
    for (const { reject } of this.requests.values())
      reject(new Error('the call has ended'));
    this.requests.clear();
    this.onFailed(reason);
  }
}
