// How fresh what is shown can be: the browser's own connection first, then the router's.
// SPDX-License-Identifier: Apache-2.0
import type { RouterFieldsFragment } from '../../../generated/graphql';
import type { Connection } from '../../../live/live_router';

export interface Freshness {
  readonly phase: 'connecting' | 'live' | 'reconnecting' | 'paused' | 'asOf';
  /** What is shown is of this moment; null when it is of now, or of no moment yet. */
  readonly at: number | null;
}

type Link = Pick<RouterFieldsFragment, 'linkState' | 'lastSeenAt'>;

export function freshnessOf(connection: Connection, router: Link | null, pausedAt: number | null): Freshness {
  if (pausedAt !== null) return { phase: 'paused', at: pausedAt };
  if (connection.phase === 'connecting') return { phase: 'connecting', at: null };
  if (connection.phase === 'reconnecting') return { phase: 'reconnecting', at: connection.heardAt };
  if (router?.linkState === 'OFFLINE' && router.lastSeenAt) return { phase: 'asOf', at: Date.parse(router.lastSeenAt) };
  return { phase: 'live', at: null };
}
