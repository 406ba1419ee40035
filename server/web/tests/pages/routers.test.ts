// A spare is a router that nobody needs where it is; those that can be reached come first.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { sparesFor } from '../../src/pages/routers/spares';

const router = (id: string, change: { linkState?: 'ONLINE' | 'OFFLINE'; deviceCount?: number; event?: { id: string; name: string } } = {}) => ({ id, name: `Box ${id}`, linkState: 'ONLINE' as const, deviceCount: 0, event: null, ...change });

it('offers neither the broken one nor one at an event; first those that are there, and unused', () => {
  const all = [router('a'), router('b', { deviceCount: 1 }), router('c', { event: { id: 'e', name: 'Fair' } }), router('e', { linkState: 'OFFLINE' }), router('d')];
  expect(sparesFor({ id: 'a' }, all).map(({ id }) => id)).toEqual(['d', 'b', 'e']);
  expect(sparesFor({ id: 'd' }, all).map(({ id }) => id)).toEqual(['a', 'b', 'e']);
});
