/* Choices that can be made again: everything a history decides comes from its seed.
 *
 * Keys do not: they are fresh in every run, and nothing may depend on their bytes.
 *
 * gst-e2ee, LGPL-2.1-or-later */

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /* mulberry32 */
  next() {
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let t = this.#state;

    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  }

  /* 0 to @n - 1 */
  below(n) {
    return Math.floor(this.next() * n);
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /* Up to @n different ones, in random order. */
  some(list, n) {
    return this.shuffled(list).slice(0, n);
  }

  shuffled(list) {
    const copy = [...list];

    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);

      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  /* A key of @weights, { name: weight }. */
  weighted(weights) {
    const sum = Object.values(weights).reduce((a, b) => a + b, 0);
    let left = this.next() * sum;

    for (const [name, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0)
        return name;
    }
    return Object.keys(weights)[0];
  }

  bytes(n) {
    return Uint8Array.from({ length: n }, () => this.below(256));
  }
}
