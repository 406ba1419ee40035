// Who or what had the most traffic, and how that was before. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { TrafficTopQuery } from '../../generated/graphql';
import { changeOf } from './chart_data';

export type Row = TrafficTopQuery['trafficTop']['rows'][number];

export interface Ranked {
  readonly row: Row;
  readonly bytes: number;
  /** Of the largest, for its bar. */
  readonly share: number;
  /** Null: it was not among the most before, or nothing is compared. */
  readonly change: number | null;
  readonly isNew: boolean;
}

export function bytesOf(row: Pick<Row, 'bytesUp' | 'bytesDown'>): number {
  return row.bytesUp + row.bytesDown;
}

/**
 * What nothing named, or what is not told apart, comes last, whatever its size. `before`: at most `mostBefore` rows of the other range; only
 * when there were fewer is a row that is not among them new.
 */
export function rank(rows: readonly Row[], before: readonly Row[] | null, mostBefore = Infinity): readonly Ranked[] {
  const sorted = [...rows].sort((a, b) => Number(a.key === '') - Number(b.key === '') || bytesOf(b) - bytesOf(a));
  const most = Math.max(1, ...sorted.filter((row) => row.key !== '').map(bytesOf));
  const earlier = new Map(before?.map((row) => [keyOf(row), bytesOf(row)]));
  const isWhole = before !== null && before.length < mostBefore;
  return sorted.map((row) => {
    const was = earlier.get(keyOf(row));
    const bytes = bytesOf(row);
    return { row, bytes, share: Math.min(1, bytes / most), change: was === undefined ? null : changeOf(bytes, was), isNew: isWhole && was === undefined };
  });
}

/** The same MAC at two routers is two rows. */
function keyOf(row: Row): string {
  return `${row.key}/${row.deviceId ?? ''}`;
}
