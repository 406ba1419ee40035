// Buckets are replaced by their start, history fills what is missing, and the chart tells silence from not knowing.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { applyRecent, applyTraffic, bucketMs, noTraffic, silenceStaleRate, sumOf, windowMs, type Traffic } from '../../src/live/traffic';
import { peakOf, seriesOf } from '../../src/charts/series';
import { now, router } from '../samples';

const start = Math.floor(now / bucketMs) * bucketMs;
const bucket = (index: number, bytes: number) => ({ at: new Date(start + index * bucketMs).toISOString(), bytesUp: bytes, bytesDown: bytes * 10 });
const change = (...points: ReturnType<typeof bucket>[]) => ({ revision: 1, rateUp: 1_000, rateDown: 10_000, points, topNames: [], router: router() });

function heard(...points: ReturnType<typeof bucket>[]): Traffic {
  return applyTraffic(noTraffic, change(...points), now);
}

describe('buckets', () => {
  it('with the same start are replaced, others appended in order', () => {
    const state = applyTraffic(heard(bucket(-1, 100), bucket(0, 5)), change(bucket(0, 50), bucket(1, 7)), now + bucketMs);
    expect(state.points.map((point) => point.bytesUp)).toEqual([100, 50, 7]);
  });

  it('of the history fill in what was missed, without undoing what is newer', () => {
    const state = applyRecent(heard(bucket(0, 50)), { points: [bucket(-1, 3), bucket(0, 1)], topNames: [], bytesUp: 0, bytesDown: 0 });
    expect(state.points.map((point) => point.bytesUp)).toEqual([3, 50]);
  });

  it('older than the window are forgotten', () => {
    const state = applyTraffic(heard(bucket(-100, 9)), change(bucket(0, 1)), now);
    expect(state.points).toHaveLength(1);
  });
});

describe('the chart', () => {
  it('covers ten minutes, one point a bucket, ending with the rate of now', () => {
    const series = seriesOf(heard(bucket(-1, 1_250), bucket(0, 1)), now, true);
    expect(series.at).toHaveLength(windowMs / bucketMs);
    expect(series.up.at(-2)).toBe(1_000); // 1,250 bytes in 10 s
    expect(series.down.at(-1)).toBeCloseTo(10_000, -1);
    expect(peakOf(series.down)).toBeGreaterThanOrEqual(10_000);
  });

  it('shows silence as zero while live and as a gap while nobody knows', () => {
    const traffic = heard(bucket(-20, 10), bucket(-18, 10), bucket(0, 10));
    const later = now + 5 * bucketMs;
    const live = seriesOf(traffic, later, true);
    const lost = seriesOf(traffic, later, false);
    expect(live.down.at(-3)).toBe(0);
    expect(lost.down.at(-3)).toBeNull();
    expect(lost.down.at(-6 - 19)).toBe(0); // between known buckets
  });

  it('does not mind a browser whose clock is wrong', () => {
    const wrong = now + 3_600_000;
    const traffic = applyTraffic(noTraffic, change(bucket(0, 10)), wrong);
    const series = seriesOf(traffic, wrong, true);
    expect(series.at.at(-1)).toBe((start + bucketMs / 2) / 1000);
  });
});

describe('the rate now', () => {
  const heardEvery = (ms: number, times: number, bytes: (index: number) => number) => {
    let state = heard(bucket(-1, 2_500), bucket(0, 0));
    let sum = 0;
    for (let index = 1; index <= times; index += 1) {
      sum += bytes(index);
      state = applyTraffic(state, { ...change(bucket(0, sum)), rateUp: 9_000_000, rateDown: 90_000_000 }, now + index * ms);
    }
    return state.rate;
  };

  it('is what came in the last seconds, whatever the devices of the last ticks add up to', () => {
    expect(heardEvery(250, 60, () => 250)).toEqual({ up: 8_000, down: 80_000 }); // 1,000 bytes a second
    expect(heardEvery(250, 60, (index) => (index % 4 === 0 ? 1_000 : 0)).up).toBe(8_000);
  });

  it('is of the last ten seconds that are over, while messages begin or are ten seconds apart', () => {
    expect(heardEvery(250, 20, (index) => (index === 1 ? 900_000 : 250))).toEqual({ up: 2_000, down: 20_000 }); // 2,500 bytes in 10 s
    const slow = applyTraffic(heard(bucket(0, 1_250)), change(bucket(0, 1_250), bucket(1, 700)), now + bucketMs);
    expect(slow.rate).toEqual({ up: 1_000, down: 10_000 });
  });

  it('is the server’s until there is better, and nothing when it says that all are silent', () => {
    expect(heard(bucket(0, 5)).rate).toEqual({ up: 1_000, down: 10_000 });
    const silent = applyTraffic(heard(bucket(0, 5)), { ...change(bucket(0, 900)), rateUp: 0, rateDown: 0 }, now + 2_000);
    expect(silent.rate).toEqual({ up: 0, down: 0 });
  });

  it('does not count what is told late of another time', () => {
    let state = heard(bucket(-3, 10), bucket(0, 10));
    for (let index = 1; index <= 60; index += 1) state = applyTraffic(state, change(bucket(-3, index * 9_000), bucket(0, 10)), now + index * 250);
    expect(state.rate).toEqual({ up: 0, down: 0 });
  });
});

it('a rate that nobody repeated is silence', () => {
  expect(silenceStaleRate(heard(bucket(0, 1)), now + 60_000).rate.down).toBe(0);
});

it('several routers add up: rates, buckets with the same start, the same name', () => {
  const name = { name: 'example.org', source: 'SNI' as const, bytesUp: 1, bytesDown: 9, deviceCount: 1 };
  const rate = { up: 1_000, down: 10_000 };
  const one = { ...heard(bucket(0, 5)), rate, topNames: [name] };
  const sum = sumOf([one, { ...heard(bucket(-1, 1), bucket(0, 7)), rate, topNames: [name] }]);
  expect(sum.rate).toEqual({ up: 2_000, down: 20_000 });
  expect(sum.points.map((point) => point.bytesUp)).toEqual([1, 12]);
  expect(sum.topNames).toEqual([{ ...name, bytesUp: 2, bytesDown: 18, deviceCount: 2 }]);
  expect(sumOf([one])).toBe(one);
});
