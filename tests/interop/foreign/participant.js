/* A participant whose frames somebody else's worker seals and opens.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { Participant } from '/web/participant.js';

/* How each format's worker is spoken to: script, setUp(worker, keys, own, other) and
 * options(direction, kind, codec, own, other). */
const FORMATS = {
  livekit: () => import('/livekit/livekit.js'),
  jitsi: () => import('/jitsi/jitsi.js'),
};

export class ForeignParticipant extends Participant {
  /* As Participant, and
   *   @format      'livekit' or 'jitsi'
   *   @keys        what setUp() of the format takes
   *   @own, @other names of this participant and of his peer */
  static async create(options) {
    const format = await FORMATS[options.format]();
    const self = new this({ ...options, foreign: { ...options, format } });

    await format.setUp(self.worker, options.keys, options.own, options.other);
    return self;
  }

  constructor({ foreign, ...options }) {
    /* createWorker() is called before there are fields. */
    ForeignParticipant.next = foreign;
    super(options);
  }

  createWorker() {
    this.foreign = ForeignParticipant.next;
    /* What the worker says of itself: errors, by their text. */
    this.said = {};
    return new Worker(`/foreign/tap.js?script=${this.foreign.format.script}`);
  }

  createTransform(direction, kind) {
    const { format, own, other } = this.foreign;

    return new RTCRtpScriptTransform(this.worker, {
      id: `${direction} ${kind}`,
      ...format.options(direction, kind, this.codecs[kind], own, other),
    });
  }

  answered(data) {
    if (data.request !== undefined) {
      super.answered(data);
      return;
    }
    const text = this.foreign.format.textOf(data);

    if (text)
      this.said[text] = (this.said[text] ?? 0) + 1;
  }
}
