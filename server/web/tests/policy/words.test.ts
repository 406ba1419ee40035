// Every rule has words, what people paste is put right or refused, and progress says which router waits and why.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ProgressFieldsFragment } from '../../src/generated/graphql';
import { checkDomain, checkEach, checkMac, checkName, checkPort, checkPrefix, checkTime } from '../../src/pages/rules/check';
import { progress } from '../../src/pages/rules/progress';
import { reasonKey, reportOf } from '../../src/pages/rules/report';
import { chooseTarget, targetsOf } from '../../src/pages/rules/targets';
import { wordsOfLimit, wordsOfRule, wordsOfSchedule, type Names } from '../../src/policy/words';

const names: Names = { device: (mac) => `device ${mac}`, service: (name) => name, category: (name) => name };
const keys = (pieces: readonly { key: string }[]) => pieces.map((piece) => piece.key).join(' ');

describe('words', () => {
  it('say what, for whom and when', () => {
    const rule = { domain: 'example.org', decision: 'deny', group: 'guests', schedule: 'nights', until: 5 } as const;
    expect(wordsOfRule('domains', rule, names)).toEqual([
      { key: 'deny', values: { name: 'example.org' } },
      { key: 'below' },
      { key: 'forGroup', values: { name: 'guests' } },
      { key: 'during', values: { name: 'nights' } },
      { key: 'until', moments: { time: 5 } },
    ]);
    expect(keys(wordsOfRule('devices', { device: '02:00:00:00:00:01', decision: 'allow' }, names))).toBe('admit');
    expect(keys(wordsOfRule('addresses', { prefix: '192.0.2.0/24', transport: 'udp', port: 443 }, names))).toBe('deny protocolPort forEverybody');
  });

  it('say when a schedule holds and what a limit is', () => {
    expect(keys(wordsOfSchedule({ name: 'n', windows: [{ days: ['fri'], from: '22:00', to: '06:00' }], phases: ['show'] }))).toBe('schedule windowOvernight inPhase');
    expect(keys(wordsOfSchedule({ name: 'n' }))).toBe('schedule always');
    expect(wordsOfLimit({ group: 'guests', down_kbit: 2500 }, names)[1]).toEqual({ key: 'down', values: { rate: '2.5 Mbit/s' } });
  });
});

describe('what people type', () => {
  it('becomes a name', () => {
    expect(checkDomain(' https://WWW.Example.org:8443/a?b ')).toEqual({ value: 'www.example.org' });
    expect(checkDomain('*.example.org.')).toEqual({ value: 'example.org' });
    expect(checkDomain('Bücher.example')).toEqual({ value: 'bücher.example' });
    for (const text of ['a b', 'a..b', '192.0.2.1', 'a_b!.org', `${'a'.repeat(64)}.org`]) expect(checkDomain(text), text).toEqual({ problem: 'domain' });
  });

  it('becomes an address or a prefix whose host bits are zero', () => {
    for (const text of ['192.0.2.1', '192.0.2.0/24', '2001:db8::/32', '::/0', '2001:db8:0:0:0:0:0:1']) expect(checkPrefix(text), text).toEqual({ value: text });
    for (const text of ['192.0.2.1/24', '192.0.2', '2001:db8::1/32', '1::2::3', '192.0.2.0/33', 'x']) expect(checkPrefix(text), text).toEqual({ problem: 'prefix' });
  });

  it('becomes a MAC, a port, a name, a time', () => {
    expect(checkMac('02-00-00-AA-bb-01')).toEqual({ value: '02:00:00:aa:bb:01' });
    expect(checkMac('0200.00aa.bb01')).toEqual({ value: '02:00:00:aa:bb:01' });
    expect(checkMac('02:00')).toEqual({ problem: 'mac' });
    expect(checkPort('0443')).toEqual({ value: '443' });
    expect(checkPort('70000')).toEqual({ problem: 'port' });
    expect(checkName(' guests ', ['guests'])).toEqual({ problem: 'nameTaken' });
    expect(checkTime('24:00', true)).toEqual({ value: '24:00' });
    expect(checkTime('24:00', false)).toEqual({ problem: 'time' });
  });

  it('may be many, each once', () => {
    expect(checkEach('a.example, b.example\na.example x..y', checkDomain)).toEqual({ values: ['a.example', 'b.example'], refused: ['x..y'] });
  });
});

const router = (id: string, more: Partial<ProgressFieldsFragment> = {}): ProgressFieldsFragment => ({ id, name: id, linkState: 'ONLINE', lastSeenAt: null, desiredRevision: 3, appliedRevision: 3, applyError: '', ...more });

it('progress says which router enforces, gets, awaits or refuses it', () => {
  const all = [router('a'), router('b', { appliedRevision: 2 }), router('c', { appliedRevision: 2, linkState: 'OFFLINE' }), router('d', { appliedRevision: 2, applyError: 'no' })];
  const { inForce, of, isDone, routers } = progress(all);
  expect([inForce, of, isDone]).toEqual([1, 4, false]);
  expect(routers.map(({ state }) => state)).toEqual(['inForce', 'sent', 'waiting', 'refused']);
});

it('a policy applies to an event with its routers, or to a router of none', () => {
  const event = { id: 'e', name: 'Fest', timeZone: 'Europe/Paris', endsAt: null, policy: { revision: 9 } };
  const targets = targetsOf({ routers: [{ ...router('a'), event: { id: 'e' } }, { ...router('b'), event: null }], events: { edges: [{ node: event }] } });
  expect(targets.map(({ id, routers, revision }) => [id, routers.length, revision])).toEqual([
    ['e', 1, 9],
    ['b', 1, 3],
  ]);
  expect(chooseTarget(targets, 'a')?.id).toBe('e');
  expect(chooseTarget(targets, '')?.id).toBe('e');
});

it('a report is read, and its reasons have names', () => {
  expect(reportOf({ lines: 4, accepted: 2, invalid: 1, examples: [{ line: 2, text: 'x', reason: 'y' }] })).toMatchObject({ lines: 4, duplicates: 0, examples: [{ line: 2 }] });
  expect(reasonKey('an address, not a name: it belongs into the address rules')).toBe('an_address_not_a_name_it_belongs_into_the_address_rules');
});
