// The address pools of all routers that are looked at, as one: how many are leased, and when the first is full. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { RouterFacts } from './attention';

export interface Pools {
  readonly size: number;
  readonly leased: number;
  readonly peak: number;
  /** When the fullest one was at its peak; null when nothing was leased. */
  readonly peakAt: string | null;
  readonly isNearlyFull: boolean;
  /** The soonest; null when none is full within a day. */
  readonly fullAt: string | null;
}

export function poolsOf(routers: readonly Pick<RouterFacts, 'pools'>[]): Pools | null {
  const pools = routers.flatMap((each) => each.pools);
  if (pools.length === 0) return null;
  const full = pools.flatMap((each) => each.fullAt ?? []).sort();
  const highest = pools.reduce((most, each) => (each.peak > most.peak ? each : most));
  return {
    size: pools.reduce((sum, each) => sum + each.size, 0),
    leased: pools.reduce((sum, each) => sum + each.leased, 0),
    peak: pools.reduce((sum, each) => sum + each.peak, 0),
    peakAt: highest.peakAt ?? null,
    isNearlyFull: pools.some((each) => each.isNearlyFull),
    fullAt: full[0] ?? null,
  };
}
