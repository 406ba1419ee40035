// A spare is a router that nobody needs where it is; those that can be reached come first. What a returned one says it forgot.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { forgotten } from '../../src/pages/routers/returned';
import { sparesFor } from '../../src/pages/routers/spares';

const router = (id: string, change: { linkState?: 'ONLINE' | 'OFFLINE'; deviceCount?: number; event?: { id: string; name: string } } = {}) => ({ id, name: `Box ${id}`, linkState: 'ONLINE' as const, deviceCount: 0, event: null, ...change });

it('offers neither the broken one nor one at an event; first those that are there, and unused', () => {
  const all = [router('a'), router('b', { deviceCount: 1 }), router('c', { event: { id: 'e', name: 'Fair' } }), router('e', { linkState: 'OFFLINE' }), router('d')];
  expect(sparesFor({ id: 'a' }, all).map(({ id }) => id)).toEqual(['d', 'b', 'e']);
  expect(sparesFor({ id: 'd' }, all).map(({ id }) => id)).toEqual(['a', 'b', 'e']);
});

it('counts what a returned router forgot, the most first, and nothing that is not there or has no words', () => {
  const receipt = { custody: 'c', by: 'server', at: 1, wiped: { outbox_entries: 3, leases: 12, keys: 0, files: 2, messages: 'many', later: 9 } };
  expect(forgotten(receipt)).toEqual([['leases', 12], ['outbox_entries', 3], ['files', 2]]);
  expect(forgotten(null)).toEqual([]);
  expect(forgotten({ wiped: [] })).toEqual([]);
});
