// A value outside React that changes often and is shown at a human pace.
// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';

/** Where a store takes its time from; tests pass their own. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** At most two renders a second. */
export const renderIntervalMs = 500;

/** `paced` waits for the next turn of the store; `now` is what a person is waiting for. */
export type Urgency = 'paced' | 'now';

export class PacedStore<State> {
  #latest: State;
  #shown: State;
  #shownAt = -Infinity;
  #cancel: (() => void) | null = null;
  #paused = false;
  #deferred: ((state: State) => State)[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(
    initial: State,
    private readonly clock: Clock = browserClock,
    private readonly intervalMs = renderIntervalMs,
  ) {
    this.#latest = initial;
    this.#shown = initial;
  }

  /** Everything applied so far, shown or not. */
  latest(): State {
    const changes = this.#deferred;
    if (changes.length > 0) {
      this.#deferred = [];
      for (const change of changes) this.#latest = change(this.#latest);
    }
    return this.#latest;
  }

  /** As `latest`, without what is deferred: costs nothing. */
  settled(): State {
    return this.#latest;
  }

  readonly shown = (): State => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** As `update`, but worked out only when it is shown or asked for: what comes in between shares its cost. */
  defer(change: (state: State) => State): void {
    this.#deferred.push(change);
    if (!this.#paused) this.#showSoon();
  }

  /** `next` is made from `latest()`. */
  update(next: State, urgency: Urgency = 'paced'): void {
    this.#latest = next;
    if (urgency === 'now') this.#show();
    else if (!this.#paused) this.#showSoon();
  }

  /** While paused the store keeps up silently; only what is urgent is shown. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#stopWaiting();
    else this.#show();
  }

  #showSoon(): void {
    if (this.#cancel) return;
    const wait = this.#shownAt + this.intervalMs - this.clock.now();
    if (wait <= 0) this.#show();
    else this.#cancel = this.clock.after(wait, () => this.#show());
  }

  #show(): void {
    this.#stopWaiting();
    const latest = this.latest();
    if (this.#shown === latest) return;
    this.#shown = latest;
    this.#shownAt = this.clock.now();
    for (const listener of this.#listeners) listener();
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

export function useStore<State>(store: PacedStore<State>): State {
  return useSyncExternalStore(store.subscribe, store.shown);
}
