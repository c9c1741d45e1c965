/* A participant's end of the rendezvous (docs/rendezvous.md): JSON over a WebSocket.
 *
 * The server relays and is trusted with nothing; keys and verdicts never pass through it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

export class Signalling {
  /*   @onMessage(message)  an object from another participant, with "from"
   *   @onPeer(name)        someone is in the room, now or from now on
   *   @onClosed(reason) */
  constructor(url, { onMessage, onPeer, onClosed }) {
    this.socket = new WebSocket(url);
    this.open = new Promise((resolve, reject) => {
      this.socket.addEventListener('open', resolve);
      this.socket.addEventListener('error', () => reject(new Error('no rendezvous there')));
    });
    /* Nobody may be waiting yet. */
    this.open.catch(() => {});
    this.onMessage = onMessage;
    this.onPeer = onPeer;
    this.socket.addEventListener('message', ({ data }) => this.receive(data));
    this.socket.addEventListener('close', () => onClosed('the rendezvous has gone'));
    this.onRefused = onClosed;
  }

  /* Resolves once this participant is in the room. */
  async join(room, name) {
    const joined = new Promise((resolve, reject) => { this.joined = { resolve, reject }; });

    await this.open;
    this.sendObject({ type: 'join', room, name });
    return joined;
  }

  receive(text) {
    let message;

    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.from)
      this.onMessage(message);
    else if (message.type === 'joined') {
      this.joined.resolve();
      message.peers.forEach(this.onPeer);
    } else if (message.type === 'peer-joined')
      this.onPeer(message.name);
    else if (message.type === 'error') {
      this.joined.reject(new Error(message.reason));
      this.onRefused(message.reason);
    }
  }

  send(to, message) {
    this.sendObject({ ...message, to });
  }

  sendObject(object) {
    this.socket.send(JSON.stringify(object));
  }

  close() {
    this.socket.close();
  }
}
