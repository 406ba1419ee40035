// What the chart draws: one point a bucket over the window, zero where nothing passed, a gap where nobody knows. Pure.
// SPDX-License-Identifier: Apache-2.0
import { bucketMs, windowMs, type Traffic } from '../live/traffic';

export interface Series {
  /** Seconds since 1970 of the middle of each bucket, by the server's clock. */
  readonly at: number[];
  /** Bits per second; null where it is not known. */
  readonly down: (number | null)[];
  readonly up: (number | null)[];
}

const bitsOf = (bytes: number) => (bytes * 8 * 1000) / bucketMs;

/** `isLive`: the router is heard, so a missing bucket means silence; otherwise it means nobody knows. */
export function seriesOf(traffic: Traffic, now: number, isLive: boolean): Series {
  const serverNow = now - (traffic.clockSkewMs ?? 0);
  const open = Math.floor(serverNow / bucketMs) * bucketMs;
  const byStart = new Map(traffic.points.map((point) => [Date.parse(point.at), point]));
  const newest = traffic.points.length > 0 ? Date.parse(traffic.points.at(-1)!.at) : null;
  const series: Series = { at: [], down: [], up: [] };
  for (let start = open - windowMs + bucketMs; start <= open; start += bucketMs) {
    const point = byStart.get(start);
    const isSilent = isLive || (newest !== null && start < newest);
    series.at.push((start + bucketMs / 2) / 1000);
    if (start === open && isLive) {
      const known = traffic.rateAt > 0;
      series.down.push(known ? traffic.smoothRate.down : null);
      series.up.push(known ? traffic.smoothRate.up : null);
    } else {
      series.down.push(point ? bitsOf(point.bytesDown) : isSilent ? 0 : null);
      series.up.push(point ? bitsOf(point.bytesUp) : isSilent ? 0 : null);
    }
  }
  return series;
}

export function peakOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0);
}
