/* What happens to each encoded frame of a stream: protected or unprotected, or counted and dropped.
 *
 * Knows frames and keys, and nothing of workers or of pages, so that it runs under node too.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { E2eeError } from './errors.js';
import { protectFrame, unprotectFrame } from './frame.js';
import { KeyRing, SendKey } from './keys.js';

const MAX_SEND_RUNS = 16;

/* The keys of all streams of a participant.  Streams ask for them per frame, so a change takes
 * effect with the next one. */
export class KeyStore {
  constructor() {
    this.ring = new KeyRing();
    this.sendMaterial = null;
  }

  /* Takes the material of keys.js: every key that may decrypt joins the ring, the one of @sendKid
   * (BigInt, or null for a listener) encrypts from now on.  A key id that is in the ring keeps
   * the key and the replay window that it has. */
  async set(keys, sendKid) {
    const sendMaterial = keys.find(({ kid }) => kid === sendKid);

    if (sendKid !== null && !sendMaterial)
      throw new E2eeError('no-key');
    for (const key of keys)
      if (key.usages.includes('decrypt') && !this.ring.keys.has(key.kid))
        await this.ring.add(key);
    if (sendMaterial && !sendMaterial.usages.includes('encrypt'))
      throw new E2eeError('key-usage');
    this.sendMaterial = sendMaterial ?? null;
  }
}

export class FrameTransform {
  /*   @direction      'send' or 'receive'
   *   @keys           a KeyStore
   *   @mimeType       the codec, for browsers whose frames do not tell it; what a frame tells
   *                   goes before
   *   @onVideoLost()  called for every video frame that could not be opened and did not come
   *                   before: Chromium hands over again what a retransmission brought twice */
  constructor({ direction, keys, mimeType, onVideoLost = () => {} }) {
    if (direction !== 'send' && direction !== 'receive')
      throw new TypeError('direction is "send" or "receive"');
    this.direction = direction;
    this.keys = keys;
    this.mimeType = mimeType;
    this.onVideoLost = onVideoLost;
    this.sendMaterial = null;
    this.sendKeys = new Map();
    this.stats = { frames: 0, passed: 0, keyFrames: 0, lastKid: null, dropped: {}, runs: 0 };
  }

  /* For a TransformStream.  A frame that cannot be protected or opened does not come out; the
   * stream goes on.  A frame counts once its fate is known, so that at any time all frames are
   * either passed or dropped. */
  async transform(frame, controller) {
    const { mimeType = this.mimeType, synchronizationSource } = frame.getMetadata();

    try {
      const data = await this[this.direction](mimeType, new Uint8Array(frame.data),
          synchronizationSource);

      frame.data = data.buffer;
    } catch (error) {
      if (!(error instanceof E2eeError))
        throw error;
      this.stats.frames++;
      this.stats.dropped[error.code] = (this.stats.dropped[error.code] ?? 0) + 1;
      if (this.direction === 'receive' && String(mimeType).startsWith('video/')
          && error.code !== 'replayed')
        this.onVideoLost();
      return;
    }
    this.stats.frames++;
    if (frame.type === 'key')
      this.stats.keyFrames++;
    this.stats.passed++;
    controller.enqueue(frame);
  }

  /* Every stream seals with a run of counters of its own, as every e2eeenc does, and so does every
   * layer of a simulcast, which is a stream with an SSRC of its own.  In a shared run a receiver
   * that sees audio first, or is switched from one layer to another, would have to take what was
   * sealed before for a replay (measured). */
  takeSendKey(ssrc) {
    const { sendMaterial } = this.keys;

    if (this.sendMaterial !== sendMaterial) {
      this.sendKeys.clear();
      this.sendMaterial = sendMaterial;
    }
    /* A browser has few, but may choose new ones as often as it negotiates. */
    if (!this.sendKeys.has(ssrc) && this.sendKeys.size === MAX_SEND_RUNS)
      this.sendKeys.delete(this.sendKeys.keys().next().value);
    /* Not awaited before it is in the map: the next frame must not begin a run of its own. */
    if (!this.sendKeys.has(ssrc))
      this.sendKeys.set(ssrc, sendMaterial ? SendKey.create(sendMaterial) : null);
    return this.sendKeys.get(ssrc);
  }

  async send(mimeType, bytes, ssrc) {
    const key = await this.takeSendKey(ssrc);
    const data = await protectFrame(key, mimeType, bytes);

    this.stats.lastKid = key.kid;
    this.stats.runs = this.sendKeys.size;
    return data;
  }

  async receive(mimeType, bytes) {
    const { frame, kid } = await unprotectFrame(this.keys.ring, mimeType, bytes);

    this.stats.lastKid = kid;
    return frame;
  }
}
