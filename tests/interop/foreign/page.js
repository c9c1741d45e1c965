/* One participant with somebody else's worker who calls over the rendezvous, or two who call each
 * other in this page.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { testMedia } from '/web/media.js';
import { Signalling } from '/web/signalling.js';
import { ForeignParticipant } from './participant.js';

export const participants = {};
export const failures = [];

async function create(id, settings, send) {
  participants[id] = await ForeignParticipant.create({
    media: testMedia(),
    send,
    onStream: (stream) => { document.getElementById(id).srcObject = stream; },
    onFailed: (reason) => failures.push(reason),
    ...settings,
  });
  return participants[id];
}

/*   @settings        as ForeignParticipant.create()
 *   @call            whom to call; without, the first who offers is answered */
export async function join(settings, { rendezvous, room, call }) {
  let peer = call;
  const signalling = new Signalling(rendezvous, {
    onPeer: (who) => who === call && participants.a.call(),
    onMessage: (message) => {
      peer ||= message.from;
      participants.a.receive(message).catch((error) => failures.push(error.message));
    },
    onClosed: (reason) => failures.push(reason),
  });

  await create('a', settings, (message) => signalling.send(peer, message));
  await signalling.join(room, settings.own);
}

/* Two of the same make. */
export async function callEachOther(a, b) {
  /* One that hears that the other is done would finish too; finish() asks both itself. */
  const to = (id) => (message) => message.type === 'done' || participants[id].receive(message);

  await create('a', a, to('b'));
  await create('b', b, to('a'));
  await participants.a.call();
}

export async function finish() {
  await Promise.all(Object.values(participants).map((one) => one.finish()));
}
