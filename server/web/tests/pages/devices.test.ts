// The order holds still under the hand, follows what is asked at once, and can be written in a link.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addressNumber, matches, sortingOf, textOf } from '../../src/pages/devices/columns';
import { heldOrder, mayReorder, reorderEveryMs } from '../../src/pages/devices/held_order';
import { device } from '../samples';

describe('a held order', () => {
  const taken = { key: '-rateDown/', at: 1_000, order: ['a', 'b', 'c'] };

  it('keeps every row where it is, puts new ones at the end and drops those gone', () => {
    expect(heldOrder(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual(['a', 'c', 'd']);
  });

  it('does not move while somebody points, however long', () => {
    expect(mayReorder(taken, taken.key, ['c', 'b', 'a'], true, 3_600_000)).toBe(false);
    expect(mayReorder(taken, taken.key, ['d', 'c', 'b', 'a'], true, 1_001)).toBe(false);
  });

  it('moves at once for another column or filter', () => {
    expect(mayReorder(taken, 'address/', ['c', 'b', 'a'], true, 1_001)).toBe(true);
  });

  it('otherwise moves when rows come or go, and every two seconds', () => {
    expect(mayReorder(taken, taken.key, ['c', 'b', 'a'], false, 1_000 + reorderEveryMs - 1)).toBe(false);
    expect(mayReorder(taken, taken.key, ['c', 'b', 'a'], false, 1_000 + reorderEveryMs)).toBe(true);
    expect(mayReorder(taken, taken.key, ['c', 'b', 'a', 'd'], false, 1_001)).toBe(true);
  });
});

describe('the filter', () => {
  it('finds by any word in name, host name, MAC and address', () => {
    const stage = { ...device({ name: 'Stage camera' }), heardAt: 0, routerId: 'r1' };
    for (const text of ['stage', 'PHONE', '02:00', '10.66.0.50', 'camera 10.66']) expect(matches(stage, text), text).toBe(true);
    expect(matches(stage, 'stage laptop')).toBe(false);
  });
});

describe('sorting', () => {
  it('goes to the address bar and back', () => {
    expect(sortingOf(textOf('lastSeenAt', true))[0]).toEqual({ id: 'lastSeenAt', desc: true });
    expect(sortingOf('')[0]).toEqual({ id: 'rateDown', desc: true });
    expect(sortingOf('-nonsense')[0]).toEqual({ id: 'rateDown', desc: true });
  });

  it('knows that .9 comes before .10', () => {
    expect(addressNumber('10.0.0.9')).toBeLessThan(addressNumber('10.0.0.10'));
    expect(addressNumber(null)).toBeGreaterThan(addressNumber('255.255.255.255'));
  });
});
