// Now asks about what needs somebody, counts the rest, and promises no more than it knows.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import firewall from '../../../../router/firewall/ruleset_limits.cpp?raw';
import { deviceOf } from '../../src/live/devices';
import { alarmKind, attentionOf, namePlacesOf, type RouterFacts } from '../../src/pages/now/attention';
import { blockedOf, minutesUntil, reasonOf } from '../../src/pages/now/blocked_panel';
import { parseIgnored } from '../../src/pages/now/ignored';
import { knownDevices, rulesOfName, withAdmitted, withRulesOfName } from '../../src/pages/now/policy';
import { poolsOf } from '../../src/pages/now/pools';
import { busiest } from '../../src/pages/now/talkers_panel';
import { device, now } from '../samples';

const pool = { network: 'lan', size: 100, leased: 40, peak: 60, peakAt: '2026-11-22T12:00:00.000Z', isNearlyFull: false, fullAt: null };
const blocked = { name: 'ads.example', address: null, deviceCount: 2, hits: 9, lastAt: '2026-11-22T14:00:00.000Z', layer: 'LIST' as const, rule: 'list easylist (deny)', decisionNow: 'DENY' as const };
const alarm = { id: 'a1', kind: 'dhcp.rogue', subject: '02:00:00:00:00:99', count: 1, at: '2026-11-22T14:00:00.000Z', lastAt: '2026-11-22T14:00:00.000Z', acknowledgedAt: null };

function facts(document: object, change: Partial<RouterFacts> = {}): RouterFacts {
  return { id: 'r1', name: 'Main hall', event: null, policy: { revision: 3, document }, pools: [pool], recentlyBlocked: [blocked], alarms: { edges: [{ node: alarm }] }, ...change };
}

const recent = (id: string, change: Parameters<typeof device>[0] = {}) => deviceOf(device({ id, mac: `02:00:00:00:00:0${id}`, firstSeenAt: new Date(now - 60_000).toISOString(), ...change }), 'r1', 0);

describe('the queue', () => {
  it('only counts arrivals where newcomers are let in', () => {
    const attention = attentionOf([facts({})], [], [recent('1'), recent('2')], new Map(), now);
    expect(attention.waiting).toEqual([]);
    expect(attention.joined).toBe(2);
  });

  it('asks about each device that waits, the newest first, but not about who is known, banned, protected or ignored', () => {
    const policy = { new_devices: 'ask', devices: [{ device: '02:00:00:00:00:01', decision: 'allow' }], protected_devices: ['02:00:00:00:00:02'] };
    const older = recent('4', { firstSeenAt: new Date(now - 120_000).toISOString() });
    const devices = [recent('1'), recent('2'), older, recent('5'), recent('6', { banState: 'SENT' }), recent('7')];
    const attention = attentionOf([facts(policy)], [], devices, new Map([['device 7', now]]), now);
    expect(attention.waiting.map((each) => each.id)).toEqual(['5', '4']);
    expect(attention.joined).toBe(0);
  });

  it('has the alarms that nobody looks after', () => {
    const taken = { ...alarm, id: 'a2', acknowledgedAt: '2026-11-22T14:01:00.000Z' };
    const attention = attentionOf([facts({}, { alarms: { edges: [{ node: alarm }, { node: taken }] } })], [], [], new Map(), now);
    expect(attention.alarms.map((each) => each.alarm.id)).toEqual(['a1']);
    expect(alarmKind('dhcp.rogue')).toBe('dhcp_rogue');
    expect(alarmKind('something.new')).toBeNull();
  });

  it('asks once about the names of an event, however many routers it has, and not about those ignored', () => {
    const event = { id: 'e1', name: 'Fair', endsAt: null };
    const places = namePlacesOf([facts({}, { event }), facts({}, { id: 'r2', event }), facts({}, { id: 'r3' })]);
    expect(places).toEqual([{ eventId: 'e1', routerId: 'r1' }, { eventId: null, routerId: 'r3' }]);
    const name = (text: string) => ({ name: text, deviceCount: 2, queries: 5, routerId: 'r1' });
    const attention = attentionOf([facts({})], [name('new.example'), name('away.example')], [], new Map([['name away.example', now]]), now);
    expect(attention.names.map((each) => each.name)).toEqual(['new.example']);
  });

  it('forgets after a day what was ignored, and does not mind nonsense', () => {
    expect([...parseIgnored(JSON.stringify([['name a', now - 1], ['name b', now - 90_000_000]]), now).keys()]).toEqual(['name a']);
    expect(parseIgnored('{', now).size).toBe(0);
    expect(parseIgnored('[[1,2],"x"]', now).size).toBe(0);
  });
});

describe('the policy', () => {
  it('is asked who is known only where newcomers must ask', () => {
    expect(knownDevices({})).toBeNull();
    expect(knownDevices({ new_devices: 'deny', devices: [{ device: 'a' }] })?.has('a')).toBe(true);
  });

  it('admits without touching others', () => {
    const after = withAdmitted({ devices: [{ device: 'a', decision: 'deny' }, { device: 'b', decision: 'deny' }] }, ['a']);
    expect(after.devices).toEqual([{ device: 'b', decision: 'deny' }, { device: 'a', decision: 'allow' }]);
  });

  it('takes back what was decided of a name for everybody, and only that', () => {
    const rules = [{ domain: 'x.example', decision: 'allow' }, { domain: 'x.example', device: 'a' }, { domain: 'y.example' }];
    const denied = [{ domain: 'x.example', decision: 'deny' }];
    expect(rulesOfName({ domains: [...rules.slice(1), ...denied] }, 'x.example')).toEqual(denied);
    expect(withRulesOfName({ domains: rules }, 'x.example', denied).domains).toEqual([...rules.slice(1), ...denied]);
    expect(withRulesOfName({ domains: rules }, 'x.example', []).domains).toEqual(rules.slice(1));
  });
});

describe('numbers', () => {
  it('of several pools are added up; the soonest end counts', () => {
    const sum = poolsOf([facts({}), facts({}, { pools: [{ ...pool, peak: 90, isNearlyFull: true, fullAt: '2026-11-22T18:00:00.000Z', peakAt: '2026-11-22T13:00:00.000Z' }] })]);
    expect(sum).toEqual({ size: 200, leased: 80, peak: 150, peakAt: '2026-11-22T13:00:00.000Z', isNearlyFull: true, fullAt: '2026-11-22T18:00:00.000Z' });
    expect(poolsOf([])).toBeNull();
  });

  it('the same name refused by two routers is one line', () => {
    expect(blockedOf([facts({}), facts({}, { id: 'r2' })])).toMatchObject([{ name: 'ads.example', deviceCount: 4, hits: 18 }]);
  });

  it('there are words for whatever a router drops by itself', () => {
    const counters = [...firewall.matchAll(/\.layer = "(\w+)",\s*(?:\.pointer = .*,\s*)?\.description = "([^"]+)"/g)].map(([, layer, rule]) => ({ layer: layer!, rule: rule! }));
    expect(counters).toContainEqual({ layer: 'ipv6', rule: 'IPv6 is dropped' });
    const inSchema = ['banned', 'new_device', 'default'];
    for (const { layer, rule } of counters) expect(reasonOf({ layer: inSchema.includes(layer) ? (layer.toUpperCase() as 'BANNED') : null, rule }), rule).toBe(inSchema.includes(layer) ? layer.toUpperCase() : layer);
    expect(reasonOf({ layer: null, rule: 'something newer' })).toBeNull();
  });

  it('an event that is over, endless or far away has no "this event"', () => {
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    expect(minutesUntil(at(90), now)).toBe(90);
    for (const end of [null, at(-1), at(20_000)]) expect(minutesUntil(end, now)).toBeNull();
  });

  it('the busiest come first, silence not at all', () => {
    const of = (id: string, rateDown: number) => recent(id, { rateDown, rateUp: 0 });
    expect(busiest([of('1', 5), of('2', 0), of('3', 9), of('4', 7)], 2).map((each) => each.id)).toEqual(['3', '4']);
    const sums = busiest(Array.from({ length: 50 }, (_, index) => of(String(index), (index * 37) % 50)), 8).map((each) => each.rateDown);
    expect(sums).toEqual([49, 48, 47, 46, 45, 44, 43, 42]);
  });
});
