// The sentence and the badge never claim more than is known.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { freshnessOf } from '../../src/pages/live/header/freshness';
import { sentenceOf } from '../../src/pages/live/header/sentence';
import { now, router } from '../samples';

const live = { phase: 'live', heardAt: now } as const;
const lost = { phase: 'reconnecting', heardAt: now } as const;
const offline = router({ linkState: 'OFFLINE' });

describe('the sentence', () => {
  it.each([
    ['is OK with its active devices', live, router(), 12, 9, { tone: 'ok', key: 'ok', count: 9 }],
    ['teaches when nobody has joined', live, router(), 0, 0, { tone: 'ok', key: 'quiet' }],
    ['says since when the router is away', live, offline, 12, 0, { tone: 'danger', key: 'offline', at: Date.parse(offline.lastSeenAt!) }],
    ['waits for a new router', live, router({ linkState: 'NEVER_SEEN', lastSeenAt: null }), 0, 0, { tone: 'unknown', key: 'neverSeen' }],
    ['says as of when without a connection, whatever the router was', lost, offline, 12, 9, { tone: 'warn', key: 'noConnection', at: now }],
    ['names settings that did not take', live, router({ applyError: 'no such interface' }), 1, 1, { tone: 'warn', key: 'notApplied', reason: 'no such interface' }],
    ['promises nothing before the first answer', { phase: 'connecting', heardAt: null } as const, router(), 0, 0, { tone: 'unknown', key: 'connecting' }],
  ])('%s', (_, connection, of, known, active, sentence) => expect(sentenceOf(connection, of, known, active)).toEqual(sentence));
});

describe('the badge', () => {
  it('is live only when both the server and the router are heard', () => {
    expect(freshnessOf(live, router(), null)).toEqual({ phase: 'live', at: null });
    expect(freshnessOf(live, offline, null)).toEqual({ phase: 'asOf', at: Date.parse(offline.lastSeenAt!) });
    expect(freshnessOf(lost, router(), null)).toEqual({ phase: 'reconnecting', at: now });
    expect(freshnessOf(live, router(), now - 5)).toEqual({ phase: 'paused', at: now - 5 });
  });
});
