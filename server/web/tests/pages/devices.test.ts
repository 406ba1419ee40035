// The order holds still under the hand, follows what is asked at once, and can be written in a link.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { deviceOf, type Device } from '../../src/live/devices';
import { kindOf } from '../../src/pages/devices/kind';
import { indexAfter } from '../../src/pages/devices/row_keys';
import { partsOf } from '../../src/pages/devices/use_device_edits';
import { addressNumber, countsOf, matches, newWithinMs, nextOrder, noOrder, reorderEveryMs, sortOf, textOf, wordsOf, type View } from '../../src/pages/devices/view';
import { device, now } from '../samples';

const make = (change: Parameters<typeof device>[0]) => deviceOf(device(change), 'r1', 0);
const map = (...devices: Device[]) => new Map(devices.map((each) => [each.id, each]));
const byRate: View = { sort: sortOf('-rateDown'), state: 'all', filter: '' };
const slow = make({ id: 'slow', rateDown: 10 });
const fast = make({ id: 'fast', rateDown: 1_000 });

describe('the order', () => {
  const taken = nextOrder(noOrder, map(slow, fast), byRate, false, now);
  const swapped = map({ ...slow, rateDown: 5_000 }, fast);

  it('is what was asked for', () => {
    expect(taken.ids).toEqual(['fast', 'slow']);
  });

  it('does not move while it is held, however long', () => {
    expect(nextOrder(taken, swapped, byRate, true, now + 3_600_000)).toBe(taken);
  });

  it('otherwise moves every two seconds', () => {
    expect(nextOrder(taken, swapped, byRate, false, now + reorderEveryMs - 1)).toBe(taken);
    expect(nextOrder(taken, swapped, byRate, false, now + reorderEveryMs).ids).toEqual(['slow', 'fast']);
  });

  it('held, takes in who joins at the end and lets go who is gone', () => {
    const joined = make({ id: 'joined', rateDown: 9_000 });
    expect(nextOrder(taken, map(slow, joined), byRate, true, now + 1).ids).toEqual(['slow', 'joined']);
  });

  it('puts a router’s whole crowd in its place at once, unless it is held', () => {
    const crowd = Array.from({ length: 60 }, (_, index) => make({ id: `crowd${index}`, rateDown: 100 + index }));
    const ids = (isHeld: boolean) => nextOrder(taken, map(slow, fast, ...crowd), byRate, isHeld, now + 1).ids;
    expect(ids(false).slice(0, 2)).toEqual(['fast', 'crowd59']);
    expect(ids(false).at(-1)).toBe('slow');
    expect(ids(true).slice(0, 2)).toEqual(['fast', 'slow']);
    expect(nextOrder(taken, map(slow, fast, ...crowd.slice(0, 9)), byRate, false, now + 1).ids.slice(0, 2)).toEqual(['fast', 'slow']);
  });

  it('changes at once for another column, state or filter, even while it is held', () => {
    expect(nextOrder(taken, swapped, { ...byRate, sort: sortOf('device') }, true, now + 1).key).not.toBe(taken.key);
    expect(nextOrder(taken, map(slow, { ...fast, banState: 'SENT' }), { ...byRate, state: 'banned' }, true, now + 1).ids).toEqual(['fast']);
    expect(nextOrder(taken, map(slow, { ...fast, name: 'Stage' }), { ...byRate, filter: 'stage' }, true, now + 1).ids).toEqual(['fast']);
  });
});

describe('the filter', () => {
  it('finds by any word in name, host name, group, MAC and address', () => {
    const stage = make({ name: 'Stage camera', group: 'crew' });
    for (const text of ['stage', 'PHONE', '02:00', '10.66.0.50', 'camera 10.66', 'crew']) expect(matches(stage, wordsOf(text)), text).toBe(true);
    expect(matches(stage, wordsOf('stage laptop'))).toBe(false);
  });

  it('counts each state', () => {
    const old = make({ id: 'old', firstSeenAt: new Date(now - newWithinMs - 1).toISOString(), lastSeenAt: '2026-11-22T10:00:00.000Z', isRandomisedMac: false, isProtected: true });
    expect(countsOf([make({ banState: 'IN_FORCE', firstSeenAt: new Date(now).toISOString() }), old], now)).toEqual({ all: 2, online: 1, new: 1, banned: 1, protected: 1, randomised: 1 });
  });
});

describe('sorting', () => {
  it('goes to the address bar and back; the default leaves it', () => {
    expect(sortOf(textOf({ id: 'lastSeenAt', desc: true }))).toEqual({ id: 'lastSeenAt', desc: true });
    expect(textOf(sortOf('-nonsense'))).toBe('');
  });

  it('knows that .9 comes before .10, and that no address comes last', () => {
    expect(addressNumber('10.0.0.9')).toBeLessThan(addressNumber('10.0.0.10'));
    expect(addressNumber(null)).toBeGreaterThan(addressNumber('255.255.255.255'));
  });
});

it('keys move within the list', () => {
  expect(indexAfter('ArrowDown', 3, 4)).toBe(3);
  expect(indexAfter('PageUp', 3, 40)).toBe(0);
  expect(indexAfter('End', 0, 40)).toBe(39);
  expect(indexAfter('a', 0, 40)).toBeNull();
});

it('edits go to the server router by router, 500 at once', () => {
  const many = Array.from({ length: 501 }, (_, at) => ({ id: `d${at}`, routerId: 'r1' }));
  expect(partsOf([...many, { id: 'x', routerId: 'r2' }]).map(({ routerId, deviceIds }) => [routerId, deviceIds.length])).toEqual([
    ['r1', 500],
    ['r1', 1],
    ['r2', 1],
  ]);
});

it.each([
  ['Annas-iPhone', 'phone'],
  ['android-5f2c', 'phone'],
  ['iPad-2', 'tablet'],
  ['DESKTOP-4FJ2', 'desktop'],
  ['NPI3C2A9F', 'printer'],
  ['guest', null],
])('%s looks like %s', (hostname, kind) => expect(kindOf(hostname)).toBe(kind));
