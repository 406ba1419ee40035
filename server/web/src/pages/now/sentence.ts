// One sentence that says whether the network is OK, and how sure that is. Pure: the words are in locales/.
// SPDX-License-Identifier: Apache-2.0
import type { RouterFieldsFragment } from '../../generated/graphql';
import type { Connection } from '../../live/live_router';

export type Tone = 'ok' | 'warn' | 'danger' | 'unknown';

export type Sentence = { readonly tone: Tone } & (
  | { readonly key: 'connecting' | 'neverSeen' | 'quiet' }
  | { readonly key: 'noConnection'; readonly at: number }
  | { readonly key: 'offline'; readonly router: string; readonly at: number }
  | { readonly key: 'offlineSome'; readonly router: string; readonly count: number; readonly of: number; readonly at: number }
  | { readonly key: 'alarms'; readonly count: number }
  | { readonly key: 'notApplied'; readonly router: string; readonly reason: string }
  | { readonly key: 'ok'; readonly count: number }
);

export interface Facts {
  readonly connection: Connection;
  readonly routers: readonly Pick<RouterFieldsFragment, 'name' | 'linkState' | 'lastSeenAt' | 'applyError'>[];
  /** Ever seen. */
  readonly knownDevices: number;
  /** Heard within the last minutes. */
  readonly activeDevices: number;
  /** Alarms that go on and that nobody has said to look after. */
  readonly alarms: number;
}

/** The worst that is known, as one sentence. */
export function sentenceOf({ connection, routers, knownDevices, activeDevices, alarms }: Facts): Sentence {
  if (connection.phase === 'reconnecting' && connection.heardAt !== null) return { tone: 'warn', key: 'noConnection', at: connection.heardAt };
  const seen = routers.filter((each) => each.linkState !== 'NEVER_SEEN');
  if (seen.length === 0) return { tone: 'unknown', key: 'neverSeen' };
  const away = seen.filter((each) => each.linkState === 'OFFLINE');
  const first = away[0];
  if (first) {
    const at = Math.max(0, ...away.map((each) => (each.lastSeenAt ? Date.parse(each.lastSeenAt) : 0)));
    if (away.length === seen.length) return { tone: 'danger', key: 'offline', router: first.name, at };
    return { tone: 'danger', key: 'offlineSome', router: first.name, count: away.length, of: seen.length, at };
  }
  if (connection.phase === 'connecting') return { tone: 'unknown', key: 'connecting' };
  if (alarms > 0) return { tone: 'warn', key: 'alarms', count: alarms };
  const refused = seen.find((each) => each.applyError !== '');
  if (refused) return { tone: 'warn', key: 'notApplied', router: refused.name, reason: refused.applyError };
  if (knownDevices === 0) return { tone: 'ok', key: 'quiet' };
  return { tone: 'ok', key: 'ok', count: activeDevices };
}
