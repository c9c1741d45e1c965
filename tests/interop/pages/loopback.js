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
    /* One that hears that the other is done would finish too; finish() asks both itself. */
    send: (message) => message.type === 'done' || send(message),
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

/* Nobody sends any more, and all that was under way has come. */
export async function finish() {
  await Promise.all([participants.a.finish(), participants.b.finish()]);
  return { a: participants.a.final, b: participants.b.final };
}

export async function figures() {
  return { a: await participants.a.figures(), b: await participants.b.figures() };
}
