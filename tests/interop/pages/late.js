/* What a careless page does: transforms, a worker and keys are all there, but set once media flows.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { parseKeyFile } from '/web/keys.js';
import { testMedia } from '/web/media.js';
import { Participant, preferProtectable } from '/web/participant.js';
import { Signalling } from '/web/signalling.js';

class LateParticipant extends Participant {
  late = [];

  protect(transceiver) {
    this.late.push(transceiver);
    preferProtectable(transceiver, transceiver.receiver.track.kind);
  }

  /* Participant refuses to answer on a transceiver without a transform; a careless page would
   * not. */
  async answer(sdp) {
    await this.pc.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of this.pc.getTransceivers()) {
      const [track] = this.media.getTracks()
        .filter(({ kind }) => kind === transceiver.receiver.track.kind);

      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(track);
    }
    await this.pc.setLocalDescription();
    this.send({ type: 'answer', sdp: this.pc.localDescription.sdp });
    await this.addCandidates();
  }

  protectLate() {
    for (const transceiver of this.late)
      super.protect(transceiver);
  }

  /* Frames that the browser has encoded, or received and decoded, whoever saw them. */
  async mediaFigures() {
    const report = [...(await this.pc.getStats()).values()];
    const sum = (type, name) => report.filter((entry) => entry.type === type)
      .reduce((total, entry) => total + (entry[name] ?? 0), 0);

    return {
      sent: sum('outbound-rtp', 'framesEncoded'),
      audioSent: report.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio')
        ?.packetsSent ?? 0,
      decoded: sum('inbound-rtp', 'framesDecoded'),
    };
  }
}

export let participant = null;
export const failures = [];

export async function start({ rendezvous, room, name, call, keyFile, sendKid }) {
  let peer = call;
  const signalling = new Signalling(rendezvous, {
    onPeer: (who) => who === call && participant.call(),
    onMessage: (message) => {
      peer ||= message.from;
      participant.receive(message);
    },
    onClosed: (reason) => failures.push(reason),
  });

  participant = await LateParticipant.create({
    media: testMedia(),
    keys: await parseKeyFile(keyFile),
    sendKid: BigInt(sendKid),
    send: (message) => signalling.send(peer, message),
    onStream: (stream) => { document.getElementById('remote').srcObject = stream; },
    onFailed: (reason) => failures.push(reason),
  });
  await signalling.join(room, name);
}
