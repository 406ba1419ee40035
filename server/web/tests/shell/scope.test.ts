// What is looked at is what the link says, of what there is; and letters lead to their page with the token unsent.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/letters';
import { pick, type ScopeEvent } from '../../src/scope';
import { mayWith, strongest } from '../../src/session';
import { router } from '../samples';

const hall = router();
const garden = router({ id: 'r2', name: 'Garden' });
const event = (change: Partial<ScopeEvent>): ScopeEvent => ({ id: 'e1', name: 'Fest', timeZone: 'UTC', startsAt: null, endsAt: null, closedAt: null, phases: [], routers: [{ id: 'r1' }, { id: 'r2' }], ...change });
const link = (text: string) => new URLSearchParams(text);

describe('the scope', () => {
  it('is the router or the event of the link', () => {
    expect(pick([hall, garden], [], link('router=r2')).router?.name).toBe('Garden');
    const chosen = pick([hall, garden], [event({ routers: [{ id: 'r2' }] })], link('event=e1'));
    expect(chosen.event?.id).toBe('e1');
    expect(chosen.routers).toEqual([garden]);
  });

  it('is by default the event that goes on, else everything', () => {
    expect(pick([hall, garden], [event({ closedAt: '2026-11-22T00:00:00.000Z' }), event({ id: 'e2' })], link('')).event?.id).toBe('e2');
    expect(pick([hall, garden], [event({ routers: [] })], link('')).routers).toHaveLength(2);
    expect(pick([hall, garden], [event({})], link('all=1')).event).toBeNull();
  });

  it('is a router when there is only one', () => {
    expect(pick([hall], [], link('router=gone')).router).toBe(hall);
    expect(pick([hall, garden], [], link('')).router).toBeNull();
  });
});

it('of several memberships the strongest counts', () => {
  expect(strongest(['VIEWER', 'ORGANISER', 'OPERATOR'])).toBe('ORGANISER');
  expect(mayWith('VIEWER', 'OPERATE')).toBe(false);
  expect(mayWith('OPERATOR', 'OPERATE')).toBe(true);
  expect(mayWith(null, 'SEE')).toBe(false);
});

it('a letter’s link leads to its page, the token still in the fragment', () => {
  expect(addressOf('#/invitation/abc-123_X')).toBe('/join#abc-123_X');
  expect(addressOf('#/reset/abc')).toBe('/join/reset#abc');
  expect(addressOf('#content')).toBeNull();
});
