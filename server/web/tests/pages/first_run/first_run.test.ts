// The first run: networks large enough for the guests, and ticks that only real state can set.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { firstConfiguration, sizeFor } from '../../../src/pages/first_run/sizing';
import { isDone, ticksOf, type Facts } from '../../../src/pages/first_run/ticks';

describe('the size of a network', () => {
  it('is /20 for 1,500 guests', () => {
    expect(sizeFor(1500, 'CONFERENCE')).toEqual({ prefix: 20, from: '10.66.0.50', to: '10.66.15.254', pool: 4045, leaseSeconds: 7200 });
  });
  it('holds two devices a guest, from /22 to /16', () => {
    expect([1, 486, 487, 1022, 100_000].map((guests) => sizeFor(guests, 'FESTIVAL').prefix)).toEqual([22, 22, 21, 20, 16]);
    for (const guests of [1, 100, 500, 1500, 5000, 32_000]) expect(sizeFor(guests, 'SCHOOL').pool).toBeGreaterThanOrEqual(guests * 2);
  });
  it('goes into the first configuration', () => {
    expect(firstConfiguration(1500, 'LAN_PARTY')).toEqual({
      networks: [{ name: 'lan', interface: 'eth1', address: '10.66.0.1/20', dhcp: { from: '10.66.0.50', to: '10.66.15.254', lease_seconds: 43_200, domain: 'lan' } }],
      uplink: { interface: 'eth0', mode: 'dhcp' },
    });
  });
});

describe('the ticks', () => {
  const router: Facts = { id: 'r', name: 'r', linkState: 'ONLINE', desiredRevision: 2, appliedRevision: 2, applyError: '', alarms: { edges: [] }, leases: { edges: [{ node: { address: '10.66.0.50', hostname: '' } }] } };
  it('are all there when everything was reported', () => {
    expect(isDone(ticksOf(router, true))).toBe(true);
  });
  it('wait for what was not', () => {
    const fresh: Facts = { ...router, linkState: 'NEVER_SEEN', appliedRevision: 0, leases: { edges: [] } };
    expect(ticksOf(fresh, false)).toEqual({ internet: 'waiting', dns: 'waiting', filtering: 'waiting', address: 'waiting' });
  });
  it('say what is wrong', () => {
    const broken: Facts = { ...router, linkState: 'OFFLINE', alarms: { edges: [{ node: { id: 'a', kind: 'health.dns' } }, { node: { id: 'b', kind: 'health.firewall' } }] } };
    expect(ticksOf(broken, true)).toMatchObject({ internet: 'problem', dns: 'problem', filtering: 'problem' });
    expect(ticksOf({ ...router, applyError: 'no such interface' }, true).filtering).toBe('problem');
  });
});
