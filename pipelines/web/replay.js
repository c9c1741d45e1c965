/* The replay window: every counter is accepted once (RFC 9605 section 9.3).
 *
 * The rules are those of plugins/core/frame/replay.h: a static key may be used by several senders
 * and through restarts, each of which starts at a random 63-bit counter, so one key can hold
 * several runs of counters.  A run owns the counters from its first on; it also claims the SPAN
 * below its first, so that frames from before we came cannot be played in later, and new counters
 * up to SPAN above its top.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { E2eeError } from './errors.js';

export const DEFAULT_WINDOW = 1024;
export const MAX_RUNS = 256;
/* The most frames that one sender may seal under one key. */
export const SPAN = 1n << 32n;

class Run {
  constructor(ctr, window, ownsAll) {
    this.first = ownsAll ? 0n : ctr;
    this.top = ctr;
    this.window = BigInt(window);
    this.seen = new Uint8Array(window);
    this.mark(ctr);
  }

  slot(ctr) {
    return Number(ctr % this.window);
  }

  mark(ctr) {
    this.seen[this.slot(ctr)] = 1;
  }

  isFresh(ctr) {
    return ctr > this.top || (this.top - ctr < this.window && !this.seen[this.slot(ctr)]);
  }

  advance(ctr) {
    if (ctr - this.top >= this.window)
      this.seen.fill(0);
    else
      for (let i = this.top + 1n; i < ctr; i++)
        this.seen[this.slot(i)] = 0;
    this.top = ctr;
  }
}

export class ReplayWindow {
  /* @window: how many counters a frame may be late; @maxRuns: 1 for a group key, whose one run
   * owns every counter from 0 on. */
  constructor(window = DEFAULT_WINDOW, maxRuns = MAX_RUNS) {
    this.window = window;
    this.maxRuns = maxRuns;
    this.runs = [];             /* sorted by first; they never overlap */
  }

  /* The run that @ctr belongs to, or null for a counter that starts a new one.  Throws `replayed`,
   * `too-many-senders`; changes nothing. */
  place(ctr) {
    const above = this.runs.findIndex(({ first }) => first > ctr);
    const run = this.runs.at(above < 0 ? -1 : above - 1);
    const below = above === 0 ? undefined : run;

    if (below && ctr <= below.top) {
      if (below.isFresh(ctr))
        return below;
      throw new E2eeError('replayed');
    }
    /* Where the reaches of two neighbours meet, the claim of the upper one wins. */
    if (above >= 0 && this.runs[above].first - ctr <= SPAN)
      throw new E2eeError('replayed');
    if (below && (this.maxRuns === 1 || ctr - below.top <= SPAN))
      return below;
    if (this.runs.length >= this.maxRuns)
      throw new E2eeError('too-many-senders');
    return null;
  }

  /* Throws as place() does.  For use before the tag is verified: nothing is remembered. */
  check(ctr) {
    this.place(ctr);
  }

  /* Remembers @ctr, or throws as place() does: a frame may have come twice while its tag was
   * being verified, since WebCrypto answers later.  For use after the tag has been verified. */
  commit(ctr) {
    const run = this.place(ctr);

    if (run) {
      if (ctr > run.top)
        run.advance(ctr);
      run.mark(ctr);
    } else {
      this.runs.push(new Run(ctr, this.window, this.maxRuns === 1));
      this.runs.sort((a, b) => (a.first < b.first ? -1 : 1));
    }
  }
}
