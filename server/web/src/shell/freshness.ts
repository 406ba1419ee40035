// How fresh what is shown can be: the browser's own connection first, then the routers'.
// SPDX-License-Identifier: Apache-2.0
import type { RouterFieldsFragment } from '../generated/graphql';
import type { Connection } from '../live/live_router';

export interface Freshness {
  readonly phase: 'connecting' | 'live' | 'reconnecting' | 'paused' | 'asOf';
  /** What is shown is of this moment; null when it is of now, or of no moment yet. */
  readonly at: number | null;
}

type Link = Pick<RouterFieldsFragment, 'linkState' | 'lastSeenAt'>;

/** While one of several routers is heard, what is shown moves: only when all are away is it of a moment. */
export function freshnessOf(connection: Connection, routers: readonly Link[], pausedAt: number | null): Freshness {
  if (pausedAt !== null) return { phase: 'paused', at: pausedAt };
  if (connection.phase === 'connecting') return { phase: 'connecting', at: null };
  if (connection.phase === 'reconnecting') return { phase: 'reconnecting', at: connection.heardAt };
  const known = routers.filter((each) => each.linkState !== 'NEVER_SEEN');
  if (known.length === 0 || known.some((each) => each.linkState === 'ONLINE')) return { phase: 'live', at: null };
  const seen = known.map((each) => (each.lastSeenAt ? Date.parse(each.lastSeenAt) : 0));
  return { phase: 'asOf', at: Math.max(...seen) };
}
