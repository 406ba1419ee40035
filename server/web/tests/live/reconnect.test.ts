// Dialling again is quick at first, spread out, and never rarer than every eight seconds.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { pause, waitBeforeMs } from '../../src/live/reconnect';

it('waits at most a quarter of a second the first time and eight seconds ever', () => {
  expect(waitBeforeMs(0, 0.999)).toBeLessThanOrEqual(250);
  expect(waitBeforeMs(3, 0.999)).toBeLessThanOrEqual(2_000);
  expect(waitBeforeMs(1_000, 0.999)).toBeLessThanOrEqual(8_000);
  expect(waitBeforeMs(5, 0)).toBe(0);
});

it('stops waiting when the browser is online again, and when it is no longer needed', async () => {
  const online = pause(3_600_000, new AbortController().signal);
  window.dispatchEvent(new Event('online'));
  await online;
  await pause(3_600_000, AbortSignal.abort());
});
