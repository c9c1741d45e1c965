/* The page: a form, two pictures and the shield.
 *
 * The fragment of the address may fill the form in, all but the key file:
 * #rendezvous=ws://127.0.0.1:8080&room=r&name=carol&call=bob&key-id=3&codec=vp9&source=test
 * A fragment is never sent to a server.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { parseKeyFile } from './keys.js';
import { cameraMedia, testMedia } from './media.js';
import { Participant } from './participant.js';
import { Signalling } from './signalling.js';

const CHECK_INTERVAL_MS = 500;

/* The words of shieldoverlay. */
const WORDS = {
  on: 'End-to-end encrypted',
  degraded: 'Not everyone is protected',
  unknown: 'Status unknown',
};

const element = (id) => document.getElementById(id);
const form = element('form');

/* The call that is on, for the console and for tests. */
export let participant = null;

function show(state, figures = {}) {
  element('shield').dataset.state = state;
  element('word').textContent = WORDS[state];
  element('figures').replaceChildren(...Object.entries(figures).flatMap(([id, stream]) => {
    const name = document.createElement('dt');
    const value = document.createElement('dd');
    const dropped = Object.entries(stream.dropped).map(([cause, count]) => `${count} ${cause}`);

    name.textContent = id;
    value.textContent = [`${stream.passed} of ${stream.frames} frames`, ...dropped].join(', ');
    return [name, value];
  }));
}

function say(message) {
  element('message').textContent = message;
}

async function readForm() {
  const fields = new FormData(form);
  const keys = await parseKeyFile(await fields.get('key-file').text());

  /* The browser may keep a form over a reload; a key file it must not. */
  form.elements['key-file'].value = '';
  return {
    keys,
    sendKid: BigInt(fields.get('key-id')),
    ...Object.fromEntries(['rendezvous', 'room', 'name', 'call', 'codec', 'source'].map((name) =>
      [name, fields.get(name).trim()])),
  };
}

/* Offers to @call when it is there, and otherwise answers the first who offers. */
async function join({ keys, sendKid, rendezvous, room, name, call, codec, source }) {
  const media = source === 'test' ? testMedia() : await cameraMedia();
  let peer = call || null;
  let timer = null;

  element('local').srcObject = media;
  const ended = (reason) => {
    clearInterval(timer);
    media.getTracks().forEach((track) => track.stop());
    signalling.close();
    show('unknown');
    say(reason);
  };
  const signalling = new Signalling(rendezvous, {
    onPeer: (who) => {
      if (who === call)
        participant.call().catch(({ message }) => participant.close(message));
    },
    onMessage: (message) => {
      if (!peer && message.type === 'offer')
        peer = message.from;
      if (message.from === peer)
        participant.receive(message).catch((error) => participant.close(error.message));
    },
    /* A call that stands needs no rendezvous any more. */
    onClosed: (reason) => {
      if (participant.pc.connectionState !== 'connected')
        participant.close(reason);
    },
  });

  participant = await Participant.create({
    keys,
    sendKid,
    media,
    codecs: { video: codec },
    send: (message) => signalling.send(peer, message),
    onStream: (stream) => { element('remote').srcObject = stream; },
    onFailed: ended,
  });
  await signalling.join(room, name);
  timer = setInterval(async () => {
    const { state, figures } = await participant.check();

    show(state, figures);
  }, CHECK_INTERVAL_MS);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  say('');
  try {
    const settings = await readForm();

    form.hidden = true;
    element('stage').hidden = false;
    show('unknown');
    await join(settings);
  } catch (error) {
    participant?.close(error.message);
    form.hidden = false;
    element('stage').hidden = true;
    say(error.message);
  }
});

for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
  if (form.elements[name] && name !== 'key-file')
    form.elements[name].value = value;
show('unknown');
