// A clock that moves only when told, for what is paced or waits.
// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '../src/live/paced_store';

export class ManualClock implements Clock {
  #now = 1_000_000;
  #waiting: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { at: this.#now + ms, call };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== entry);
    };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#waiting.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#waiting = this.#waiting.filter((each) => each !== next);
      this.#now = next.at;
      next.call();
    }
    this.#now = end;
  }
}
