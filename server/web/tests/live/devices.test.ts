// Snapshot and changes by revision end in what the server has, whatever overtakes what; a ban is shown as sent and never un-shown too early.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { applyAnswer, applyChanges, banStateOf, devicesHeardWithin, labelOf, leftOutForMs, noDevices, rateStaleAfterMs, silenceStale, urgencyOf, withoutPending, withPending, type DeviceChange, type Devices, type Told } from '../../src/live/devices';
import { device, now } from '../samples';

const snapshot = (...devices: ReturnType<typeof device>[]) => ({ revision: 10, isSnapshot: true, devices });
const delta = (revision: number, ...devices: ReturnType<typeof device>[]) => ({ revision, isSnapshot: false, devices });

const said = (routerId: string, changes: readonly DeviceChange[]): Told[] => changes.map((change) => ({ routerId, change, at: now }));

function started(...devices: ReturnType<typeof device>[]): Devices {
  return applyChanges(noDevices, said('r1', [snapshot(...devices)]));
}

function shownBan(state: Devices, id = 'd1') {
  return banStateOf(state.byId.get(id)!, state.pending);
}

describe('changes', () => {
  it('a snapshot replaces everything', () => {
    const before = started(device(), device({ id: 'd2' }));
    const state = applyChanges(before, said('r1', [snapshot(device({ id: 'd3' }))]));
    expect([...state.byId.keys()]).toEqual(['d3']);
  });

  it('a delta changes and adds, and leaves the rest as the same object', () => {
    const before = started(device(), device({ id: 'd2' }));
    const state = applyChanges(before, said('r1', [delta(11, device({ revision: 11, bytesDown: 2_000 }), device({ id: 'd3' }))]));
    expect(state.byId.get('d1')?.bytesDown).toBe(2_000);
    expect(state.byId.get('d2')).toBe(before.byId.get('d2'));
    expect(state.byId.size).toBe(3);
    expect(state.revisions.get('r1')).toBe(11);
  });

  it('several are as one after the other', () => {
    const changes = [delta(11, device({ revision: 11, bytesDown: 2_000 })), delta(13, device({ revision: 13, bytesDown: 3_000 })), delta(12, device({ revision: 12, bytesDown: 2_500 }), device({ id: 'd2' }))];
    const together = applyChanges(started(device()), said('r1', changes));
    expect(together).toEqual(changes.reduce((state, change) => applyChanges(state, said('r1', [change])), started(device())));
    expect(together.byId.get('d1')?.bytesDown).toBe(3_000);
    expect(together.revisions.get('r1')).toBe(13);
  });

  it('a snapshot of one router leaves the devices of another', () => {
    const before = applyChanges(started(device()), said('r2', [snapshot(device({ id: 'd2' }))]));
    const state = applyChanges(before, said('r2', [{ ...snapshot(device({ id: 'd3' })), revision: 20 }]));
    expect([...state.byId.keys()]).toEqual(['d1', 'd3']);
    expect([...state.revisions]).toEqual([
      ['r1', 10],
      ['r2', 20],
    ]);
  });

  it('an older revision of a device never replaces a newer one', () => {
    const before = started(device({ revision: 9 }));
    const state = applyChanges(before, said('r1', [delta(8, device({ revision: 8, bytesDown: 1 }))]));
    expect(state.byId.get('d1')?.bytesDown).toBe(1_000);
    expect(state.revisions.get('r1')).toBe(10);
  });

  it('the first snapshot and a new ban state are urgent, traffic is not', () => {
    expect(urgencyOf(noDevices, 'r1', snapshot())).toBe('now');
    const before = started(device());
    expect(urgencyOf(before, 'r1', delta(11, device({ revision: 11 })))).toBe('paced');
    expect(urgencyOf(before, 'r1', delta(11, device({ revision: 11, banState: 'IN_FORCE' })))).toBe('now');
  });
});

describe('a ban', () => {
  it('is shown as sent before the server answers', () => {
    expect(shownBan(withPending(started(device()), 'd1', true))).toBe('SENT');
    expect(shownBan(withPending(started(device({ banState: 'IN_FORCE' })), 'd1', false))).toBe('LIFTING');
  });

  it('stays sent while traffic of the device arrives', () => {
    const pending = withPending(started(device()), 'd1', true);
    const state = applyChanges(pending, said('r1', [delta(11, device({ revision: 11 }))]));
    expect(shownBan(state)).toBe('SENT');
  });

  it('is in force as soon as the subscription says so, even before the answer, which then changes nothing', () => {
    const pending = withPending(started(device()), 'd1', true);
    const state = applyChanges(pending, said('r1', [delta(12, device({ revision: 12, banState: 'IN_FORCE' }))]));
    expect(shownBan(state)).toBe('IN_FORCE');
    const answered = applyAnswer(withoutPending(state, 'd1'), device({ revision: 12, banState: 'SENT' }));
    expect(shownBan(answered)).toBe('IN_FORCE');
  });

  it('goes back to what it was when the server refuses', () => {
    const pending = withPending(started(device()), 'd1', true);
    expect(shownBan(withoutPending(pending, 'd1'))).toBe('NONE');
  });
});

describe('silence', () => {
  it('is a rate of zero when a device was not heard for longer than a tick', () => {
    const state = started(device());
    expect(silenceStale(state, now + rateStaleAfterMs - 1)).toBe(state);
    expect(silenceStale(state, now + rateStaleAfterMs).byId.get('d1')?.rateDown).toBe(0);
  });

  it('is sooner where its router has told of others since', () => {
    const state = started(device());
    const told = (after: number) => silenceStale(state, now + after, new Map([['r1', now + after]]));
    expect(told(leftOutForMs - 1)).toBe(state);
    expect(told(leftOutForMs).byId.get('d1')?.rateDown).toBe(0);
    expect(silenceStale(state, now + leftOutForMs, new Map([['r2', now + leftOutForMs]]))).toBe(state);
  });
});

it('a device is called by the organiser’s name, its own, or its MAC', () => {
  expect(labelOf(device({ name: 'Stage' }))).toBe('Stage');
  expect(labelOf(device())).toBe('phone');
  expect(labelOf(device({ hostname: '' }))).toBe('02:00:00:00:00:01');
});

it('counts who was heard in the last minutes', () => {
  const devices = started(device(), device({ id: 'd2', lastSeenAt: '2026-11-22T13:00:00.000Z' })).byId.values();
  expect(devicesHeardWithin(devices, now, 120_000)).toBe(1);
});
