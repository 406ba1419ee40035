// The sentence and the badge never claim more than is known.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { sentenceOf, type Facts } from '../../src/pages/now/sentence';
import { freshnessOf } from '../../src/shell/freshness';
import { now, router } from '../samples';

const live = { phase: 'live', heardAt: now } as const;
const lost = { phase: 'reconnecting', heardAt: now } as const;
const offline = router({ linkState: 'OFFLINE' });
const lastSeen = Date.parse(offline.lastSeenAt!);
const neverSeen = router({ linkState: 'NEVER_SEEN', lastSeenAt: null });
const facts = (change: Partial<Facts>): Facts => ({ connection: live, routers: [router()], knownDevices: 12, activeDevices: 9, alarms: 0, ...change });

describe('the sentence', () => {
  it.each([
    ['is OK with its active devices', {}, { tone: 'ok', key: 'ok', count: 9 }],
    ['teaches when nobody has joined', { knownDevices: 0, activeDevices: 0 }, { tone: 'ok', key: 'quiet' }],
    ['says since when the router is away', { routers: [offline] }, { tone: 'danger', key: 'offline', router: 'Main hall', at: lastSeen }],
    ['says which of several are away', { routers: [router(), offline, neverSeen] }, { tone: 'danger', key: 'offlineSome', router: 'Main hall', count: 1, of: 2, at: lastSeen }],
    ['waits for a new router', { routers: [neverSeen] }, { tone: 'unknown', key: 'neverSeen' }],
    ['says as of when without a connection, whatever the router was', { connection: lost, routers: [offline] }, { tone: 'warn', key: 'noConnection', at: now }],
    ['names settings that did not take', { routers: [router({ applyError: 'no such interface' })] }, { tone: 'warn', key: 'notApplied', router: 'Main hall', reason: 'no such interface' }],
    ['does not say OK while alarms wait', { alarms: 2 }, { tone: 'warn', key: 'alarms', count: 2 }],
    ['promises nothing before the first answer', { connection: { phase: 'connecting', heardAt: null } as const }, { tone: 'unknown', key: 'connecting' }],
  ])('%s', (_, change, sentence) => expect(sentenceOf(facts(change))).toEqual(sentence));
});

describe('the badge', () => {
  it('is live only when both the server and a router are heard', () => {
    expect(freshnessOf(live, [router()], null)).toEqual({ phase: 'live', at: null });
    expect(freshnessOf(live, [offline], null)).toEqual({ phase: 'asOf', at: lastSeen });
    expect(freshnessOf(live, [offline, router()], null)).toEqual({ phase: 'live', at: null });
    expect(freshnessOf(lost, [router()], null)).toEqual({ phase: 'reconnecting', at: now });
    expect(freshnessOf(live, [router()], now - 5)).toEqual({ phase: 'paused', at: now - 5 });
  });
});
