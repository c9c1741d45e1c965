/* Two participants in one page, each with a worker and keys of its own; signalling is a function
 * call.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { parseKeyFile } from '/web/keys.js';
import { testMedia } from '/web/media.js';
import { Participant } from '/web/participant.js';

export const participants = {};

async function create(name, keyFile, sendKid, send) {
  participants[name] = await Participant.create({
    media: testMedia(),
    keys: await parseKeyFile(keyFile),
    sendKid: BigInt(sendKid),
    send,
    onStream: (stream) => { document.getElementById(name).srcObject = stream; },
    onFailed: (reason) => { participants[`${name} failed`] = reason; },
  });
}

/* @a and @b are { keyFile, sendKid }. */
export async function start({ a, b }) {
  await create('a', a.keyFile, a.sendKid, (message) => participants.b.receive(message));
  await create('b', b.keyFile, b.sendKid, (message) => participants.a.receive(message));
  await participants.a.call();
}

export async function figures() {
  return { a: await participants.a.figures(), b: await participants.b.figures() };
}
