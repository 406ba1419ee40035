// The store shows changes at its pace, urgent ones at once, and nothing while paused.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import { PacedStore } from '../../src/live/paced_store';
import { ManualClock } from '../manual_clock';

function storeOf(clock: ManualClock) {
  const store = new PacedStore(0, clock, 250);
  const listener = vi.fn();
  store.subscribe(listener);
  return { store, listener };
}

describe('a paced store', () => {
  it('shows the first change at once and those that follow together, a quarter of a second later', () => {
    const clock = new ManualClock();
    const { store, listener } = storeOf(clock);
    store.update(1);
    expect(store.shown()).toBe(1);
    clock.advance(10);
    store.update(2);
    store.update(3);
    expect(store.shown()).toBe(1);
    clock.advance(239);
    expect(store.shown()).toBe(1);
    clock.advance(1);
    expect(store.shown()).toBe(3);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it('renders at most four times a second however much arrives', () => {
    const clock = new ManualClock();
    const { store, listener } = storeOf(clock);
    for (let ms = 0; ms < 1_000; ms += 1) {
      store.update(ms + 1);
      clock.advance(1);
    }
    expect(listener.mock.calls.length).toBeLessThanOrEqual(5);
    expect(store.latest()).toBe(1_000);
  });

  it('shows what is urgent at once, with everything that waited', () => {
    const clock = new ManualClock();
    const { store } = storeOf(clock);
    store.update(1);
    store.update(2);
    store.update(3, 'now');
    expect(store.shown()).toBe(3);
    clock.advance(1_000);
    expect(store.shown()).toBe(3);
  });

  it('stands still while paused, keeps up in silence, and catches up afterwards', () => {
    const clock = new ManualClock();
    const { store, listener } = storeOf(clock);
    store.setPaused(true);
    store.update(1);
    clock.advance(5_000);
    expect(store.shown()).toBe(0);
    expect(listener).not.toHaveBeenCalled();
    store.setPaused(false);
    expect(store.shown()).toBe(1);
  });

  it('works out what is deferred once, when it is shown or asked for', () => {
    const clock = new ManualClock();
    const { store, listener } = storeOf(clock);
    store.update(1);
    const add = vi.fn((before: number) => before + 1);
    for (let i = 0; i < 3; i += 1) store.defer(add);
    expect(add).not.toHaveBeenCalled();
    expect(store.settled()).toBe(1);
    clock.advance(250);
    expect(store.shown()).toBe(4);
    expect(listener).toHaveBeenCalledTimes(2);
    store.setPaused(true);
    store.defer(add);
    clock.advance(1_000);
    expect(store.shown()).toBe(4);
    expect(store.latest()).toBe(5);
    expect(add).toHaveBeenCalledTimes(4);
  });
});
