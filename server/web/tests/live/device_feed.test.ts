// What routers say between two drawings is one change of the store; what a person waits for is shown at once; nothing piles up.
// SPDX-License-Identifier: Apache-2.0
import { expect, it, vi } from 'vitest';
import { DeviceFeed } from '../../src/live/device_feed';
import { noDevices, type Devices } from '../../src/live/devices';
import { PacedStore } from '../../src/live/paced_store';
import { ManualClock } from '../manual_clock';
import { device } from '../samples';

const snapshot = (id: string) => ({ revision: 1, isSnapshot: true, devices: [device({ id })] });
const delta = (id: string, revision: number, more = {}) => ({ revision, isSnapshot: false, devices: [device({ id, revision, ...more })] });

function fed() {
  const clock = new ManualClock();
  const store = new PacedStore<Devices>(noDevices, clock);
  const feed = new DeviceFeed(store, clock);
  feed.tell('r1', snapshot('d1'));
  feed.tell('r2', snapshot('d2'));
  const listener = vi.fn();
  store.subscribe(listener);
  return { clock, store, feed, listener };
}

it('draws several routers together', () => {
  const { clock, store, feed, listener } = fed();
  for (let revision = 20; revision < 30; revision += 1) {
    feed.tell('r1', delta('d1', revision));
    feed.tell('r2', delta('d2', revision));
  }
  expect(listener).not.toHaveBeenCalled();
  clock.advance(500);
  expect(listener).toHaveBeenCalledOnce();
  expect([...store.shown().byId.values()].map((each) => each.revision)).toEqual([29, 29]);
  expect([...store.shown().revisions.values()]).toEqual([29, 29]);
});

it('shows a ban that got further at once', () => {
  const { store, feed, listener } = fed();
  feed.tell('r1', delta('d1', 20));
  feed.tell('r2', delta('d2', 21, { banState: 'IN_FORCE' }));
  expect(listener).toHaveBeenCalledOnce();
  expect(store.shown().byId.get('d2')?.banState).toBe('IN_FORCE');
});

it('collects no more than a bound while the page is held still', () => {
  const { store, feed, listener } = fed();
  store.setPaused(true);
  for (let revision = 20; revision < 1_100; revision += 1) feed.tell('r1', delta('d1', revision));
  expect(store.settled().revisions.get('r1')).toBe(1_019);
  expect(listener).not.toHaveBeenCalled();
  store.setPaused(false);
  expect(store.shown().revisions.get('r1')).toBe(1_099);
});
