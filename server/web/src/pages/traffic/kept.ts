// How far back what is asked for is kept: names for hours, sums of five minutes for days, sums of an hour for months. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { TrafficDimension } from '../../generated/graphql';
import { dayMs, type Span } from './range';

export interface Clocks {
  readonly namesHours: number;
  readonly fiveMinutesDays: number;
  readonly hoursDays: number;
}

export type Kept = 'all' | 'partly' | 'gone';

/** Days for which sums of this are kept; of a device only those of five minutes are. */
export function keptDays(of: TrafficDimension | 'SERIES', clocks: Clocks): number {
  return of === 'DEVICE' ? clocks.fiveMinutesDays : clocks.hoursDays;
}

export function keptOf(of: TrafficDimension | 'SERIES', span: Span, clocks: Clocks, now: number): Kept {
  const oldest = now - keptDays(of, clocks) * dayMs;
  if (span.to <= oldest) return 'gone';
  return span.from < oldest ? 'partly' : 'all';
}
