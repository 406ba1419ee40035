// The sentence about a router: from codes and numbers of the server.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { inOrder, sentenceOf, sentencesOf, type RouterCard } from '../../src/parts/health';

const now = Date.parse('2026-11-25T15:00:00Z');
const router = (name: string, state: RouterCard['status']['state'] = 'GOOD', reasons: RouterCard['status']['reasons'] = []): RouterCard => ({
  id: name,
  name,
  linkState: 'ONLINE',
  lastSeenAt: null,
  desiredRevision: 1,
  appliedRevision: 1,
  applyError: '',
  software: '',
  deviceCount: 0,
  event: null,
  status: { state, reasons },
});

describe('the sentence about a router', () => {
  it('says since when it is away', () => {
    const since = new Date(now - 3_600_000);
    const { key, values } = sentenceOf({ code: 'OFFLINE', parameters: { since: since.toISOString() } }, now, 'en');
    expect(key).toBe('offline');
    expect(values['time']).toMatch(/^\d\d:00$/);
    expect(sentenceOf({ code: 'OFFLINE', parameters: {} }, now, 'en').key).toBe('offlineUnknown');
  });

  it('says what failed', () => {
    const reason = { code: 'CONFIGURATION_REFUSED', parameters: { revision: 7, reason: 'no such interface' } } as const;
    expect(sentenceOf(reason, now, 'en')).toEqual({ key: 'refused', values: { revision: 7, reason: 'no such interface' } });
  });

  it('tells alarms that somebody looks after from others', () => {
    expect(sentenceOf({ code: 'ALARMS_OPEN', parameters: { count: 2, unacknowledged: 0 } }, now, 'en').key).toBe('alarmsSeen');
    expect(sentenceOf({ code: 'ALARMS_OPEN', parameters: { count: 2, unacknowledged: 1 } }, now, 'en').key).toBe('alarms');
  });

  it('says that all is well when nothing is to say', () => {
    expect(sentencesOf(router('a'), now, 'en')).toEqual([{ key: 'good', values: {} }]);
  });

  it('survives parameters it does not expect', () => {
    expect(sentenceOf({ code: 'GAPS', parameters: null }, now, 'en').values['count']).toBe(0);
  });
});

it('puts routers that need somebody first', () => {
  const routers = [router('b'), router('a'), router('z', 'BAD'), router('y', 'ATTENTION')];
  expect(inOrder(routers, 'en').map(({ name }) => name)).toEqual(['z', 'y', 'a', 'b']);
});
