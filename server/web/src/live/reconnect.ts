// How long to wait before dialling again: full jitter, quick at first, never longer than eight seconds.
// SPDX-License-Identifier: Apache-2.0
const firstMs = 250;
const longestMs = 8_000;

/** `attempt` counts from 0; `random` is in [0, 1). */
export function waitBeforeMs(attempt: number, random: number): number {
  return Math.round(Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10)) * random);
}

/** Ends after `ms`, or at once when the browser is online or looked at again, or when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', whenVisible);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const whenVisible = () => {
      if (document.visibilityState === 'visible') done();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', whenVisible);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
