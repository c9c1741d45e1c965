/* A participant of a room of a Janus gateway, with the transforms of pipelines/web: publishes, or
 * subscribes to the first who does.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { parseKeyFile } from '/web/keys.js';
import { testMedia } from '/web/media.js';
import { Participant, preferProtectable } from '/web/participant.js';

/* The WebSocket API of Janus, as far as it is needed: a session with one handle. */
class Line {
  static async open(url, onEvent) {
    const line = new Line();

    line.onEvent = onEvent;
    line.waiting = new Map();
    line.count = 0;
    line.ids = {};
    line.socket = new WebSocket(url, 'janus-protocol');
    await new Promise((resolve, reject) => {
      line.socket.addEventListener('open', resolve);
      line.socket.addEventListener('error', () => reject(new Error('no gateway')));
    });
    line.socket.addEventListener('message', ({ data }) => line.take(JSON.parse(data)));
    line.ids.session_id = (await line.send({ janus: 'create' })).data.id;
    line.ids.handle_id = (await line.send({ janus: 'attach',
      plugin: 'janus.plugin.videoroom' })).data.id;
    return line;
  }

  take(message) {
    const { janus, transaction, plugindata, jsep } = message;
    const waits = this.waiting.get(transaction);

    if (janus === 'ack')
      return;
    this.waiting.delete(transaction);
    if (waits && (janus === 'error' || plugindata?.data.error))
      waits.reject(new Error(message.error?.reason ?? plugindata.data.error));
    else if (waits)
      waits.resolve(message);
    else if (janus === 'event')
      this.onEvent(plugindata.data, jsep);
  }

  post(message) {
    const transaction = String(++this.count);

    this.socket.send(JSON.stringify({ ...message, ...this.ids, transaction }));
    return transaction;
  }

  /* Gives the answer, and not the acknowledgement before it. */
  send(message) {
    const transaction = this.post(message);

    return new Promise((resolve, reject) => {
      this.waiting.set(transaction, { resolve, reject });
    });
  }

  request(body, jsep) {
    return this.send({ janus: 'message', body, ...(jsep && { jsep }) });
  }

  trickle(candidate) {
    this.post({ janus: 'trickle', candidate });
  }
}

class Publisher extends Participant {
  /* @encodings: as for addTransceiver(); of video only. */
  async publish(encodings) {
    for (const track of this.media.getTracks())
      this.protect(this.pc.addTransceiver(track, {
        direction: 'sendonly',
        ...(encodings && track.kind === 'video' && { sendEncodings: encodings }),
      }));
    /* A busy machine makes fewer pictures, and not smaller ones. */
    for (const sender of this.pc.getSenders())
      await sender.setParameters({ ...sender.getParameters(),
        degradationPreference: 'maintain-resolution' });
    await this.pc.setLocalDescription();
    this.send({ type: 'offer', sdp: this.pc.localDescription.sdp });
  }
}

class Subscriber extends Participant {
  /* Takes what comes, and gives nothing. */
  async answer(sdp) {
    await this.pc.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of this.pc.getTransceivers()) {
      const { kind } = transceiver.receiver.track;

      if (!transceiver.receiver.transform) {
        transceiver.stop();
        continue;
      }
      transceiver.direction = 'recvonly';
      preferProtectable(transceiver, kind, this.codecs[kind]);
    }
    await this.pc.setLocalDescription();
    this.send({ type: 'answer', sdp: this.pc.localDescription.sdp });
  }
}

export let participant = null;
export const failures = [];

let line = null;

async function create(Kind, { codecs, keyFile, sendKid, size }, describe) {
  participant = await Kind.create({
    media: Kind === Publisher ? testMedia(size) : new MediaStream(),
    codecs,
    keys: await parseKeyFile(keyFile),
    sendKid: sendKid === undefined ? null : BigInt(sendKid),
    send: (message) => {
      if (message.type === 'candidate')
        line.trickle({ candidate: message.candidate, sdpMLineIndex: message.sdpMLineIndex });
      else if (message.sdp)
        describe(message).catch(({ message: reason }) => failures.push(reason));
    },
    onStream: (stream) => { document.getElementById('remote').srcObject = stream; },
    onFailed: (reason) => failures.push(reason),
  });
}

/* @settings: { url, room, name, keyFile, sendKid, codecs, size, encodings } */
export async function publish(settings) {
  line = await Line.open(settings.url, () => {});
  await line.request({ request: 'join', ptype: 'publisher', room: settings.room,
    display: settings.name });
  await create(Publisher, settings, async ({ type, sdp }) => {
    const { jsep } = await line.request({ request: 'publish',
      videocodec: settings.codecs.video }, { type, sdp, e2ee: true });

    await participant.receive(jsep);
  });
  await participant.publish(settings.encodings);
}

/* @settings: { url, room, name, keyFile, codecs } */
export async function subscribe(settings) {
  let found = null;
  const watcher = await Line.open(settings.url, (data) => found?.(data.publishers ?? []));
  const first = new Promise((resolve) => {
    found = ([publisher]) => publisher && resolve(publisher.id);
  });
  const { plugindata } = await watcher.request({ request: 'join', ptype: 'publisher',
    room: settings.room, display: settings.name });

  found(plugindata.data.publishers);

  const feed = await first;

  line = await Line.open(settings.url, () => {});
  await create(Subscriber, settings, ({ type, sdp }) =>
    line.request({ request: 'start' }, { type, sdp, e2ee: true }));

  const { jsep } = await line.request({ request: 'join', ptype: 'subscriber', room: settings.room,
    streams: [{ feed }], autoupdate: false });

  await participant.receive(jsep);
}

/* The publisher's goodbye: nothing is sent any more, and those who listen are told. */
export async function leave() {
  await participant.finish();
  await line.request({ request: 'leave' });
}
