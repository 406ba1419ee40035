// What the chart draws: rates of a span, and beside them those of the span it is compared with. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { TrafficSeriesQuery } from '../../generated/graphql';

export type ServerSeries = TrafficSeriesQuery['trafficSeries'];

export interface ChartData {
  readonly stepMs: number;
  /** Seconds since 1970 of the beginning of each step. */
  readonly at: readonly number[];
  /** Bits per second; null where there is nothing to compare with. */
  readonly down: readonly (number | null)[];
  readonly up: readonly (number | null)[];
  readonly downBefore: readonly (number | null)[] | null;
}

/** `now`: the step that runs has had a part of its time only. */
export function chartData(series: ServerSeries, before: ServerSeries | null, now: number): ChartData {
  const stepMs = series.step * 1000;
  const at = series.points.map((point) => Date.parse(point.at) / 1000);
  const rates = (bytes: 'bytesDown' | 'bytesUp') => series.points.map((point) => rateOf(point[bytes], lengthOf(point.at, stepMs, now)));
  return { stepMs, at, down: rates('bytesDown'), up: rates('bytesUp'), downBefore: before ? aligned(series, before, now) : null };
}

/** A step that is over counts whole, also where the range ends in the middle of it. */
function lengthOf(at: string, stepMs: number, now: number): number {
  return Math.min(stepMs, Math.max(now - Date.parse(at), 1_000));
}

function rateOf(bytes: number, ms: number): number {
  return (bytes * 8 * 1000) / ms;
}

/** Step by step from the beginning of each; spans of one length have steps of one length. */
function aligned(series: ServerSeries, before: ServerSeries, now: number): (number | null)[] {
  return series.points.map((_, index) => {
    const point = before.points[index];
    return point ? rateOf(point.bytesDown, lengthOf(point.at, before.step * 1000, now)) : null;
  });
}

export interface Totals {
  readonly down: number;
  readonly up: number;
  readonly peakDown: number;
  readonly peakAt: number | null;
}

export function totalsOf(series: ServerSeries, now: number): Totals {
  let peakDown = 0;
  let peakAt: number | null = null;
  for (const point of series.points) {
    const rate = rateOf(point.bytesDown, lengthOf(point.at, series.step * 1000, now));
    if (rate > peakDown) [peakDown, peakAt] = [rate, Date.parse(point.at)];
  }
  return { down: series.bytesDown, up: series.bytesUp, peakDown, peakAt };
}

/** -0.25 is a quarter less; null when there is nothing to compare with. */
export function changeOf(now: number, before: number): number | null {
  return before > 0 ? now / before - 1 : null;
}

export function isSilent(series: ServerSeries): boolean {
  return series.bytesDown + series.bytesUp === 0;
}
