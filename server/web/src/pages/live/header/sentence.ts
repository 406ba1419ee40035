// One sentence that says whether the network is OK, and how sure that is. Pure: the words are in locales/.
// SPDX-License-Identifier: Apache-2.0
import type { RouterFieldsFragment } from '../../../generated/graphql';
import type { Connection } from '../../../live/live_router';

export type Tone = 'ok' | 'warn' | 'danger' | 'unknown';

export type Sentence = { readonly tone: Tone } & (
  | { readonly key: 'connecting' | 'neverSeen' | 'offlineUnknown' | 'quiet' }
  | { readonly key: 'noConnection' | 'offline'; readonly at: number }
  | { readonly key: 'notApplied'; readonly reason: string }
  | { readonly key: 'ok'; readonly count: number }
);

type Router = Pick<RouterFieldsFragment, 'linkState' | 'lastSeenAt' | 'applyError'>;

/** `activeDevices`: heard within the last minutes. `knownDevices`: ever. */
export function sentenceOf(connection: Connection, router: Router, knownDevices: number, activeDevices: number): Sentence {
  if (connection.phase === 'reconnecting' && connection.heardAt !== null) return { tone: 'warn', key: 'noConnection', at: connection.heardAt };
  if (router.linkState === 'NEVER_SEEN') return { tone: 'unknown', key: 'neverSeen' };
  if (router.linkState === 'OFFLINE') {
    return router.lastSeenAt ? { tone: 'danger', key: 'offline', at: Date.parse(router.lastSeenAt) } : { tone: 'danger', key: 'offlineUnknown' };
  }
  if (connection.phase === 'connecting') return { tone: 'unknown', key: 'connecting' };
  if (router.applyError) return { tone: 'warn', key: 'notApplied', reason: router.applyError };
  if (knownDevices === 0) return { tone: 'ok', key: 'quiet' };
  return { tone: 'ok', key: 'ok', count: activeDevices };
}
