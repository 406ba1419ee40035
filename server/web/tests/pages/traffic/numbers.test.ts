// Bytes become rates, the last step counts for as long as it ran, and what is compared is compared step by step.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { changeOf, chartData, isSilent, totalsOf, type ServerSeries } from '../../../src/pages/traffic/chart_data';
import { rank, type Row } from '../../../src/pages/traffic/tops';

const start = Date.parse('2026-11-25T14:00:00Z');
const iso = (seconds: number) => new Date(start + seconds * 1000).toISOString();

const over = start + 3_600_000;

function series(bytes: readonly number[]): ServerSeries {
  const points = bytes.map((bytesDown, index) => ({ at: iso(index * 60), bytesDown, bytesUp: bytesDown / 10 }));
  const down = bytes.reduce((sum, each) => sum + each, 0);
  return { step: 60, from: iso(0), to: iso(bytes.length * 60), bytesDown: down, bytesUp: down / 10, points };
}

describe('the chart', () => {
  it('shows bits per second, of the step that runs by the time it has run', () => {
    const data = chartData(series([600, 300]), null, start + 90_000);
    expect(data.down).toEqual([80, 80]);
    expect(data.up).toEqual([8, 8]);
    expect(data.at).toEqual([start / 1000, start / 1000 + 60]);
    expect(data.downBefore).toBeNull();
  });

  it('lays the other range over it, with a gap where that has nothing', () => {
    expect(chartData(series([600, 300, 0]), series([60, 120]), over).downBefore).toEqual([8, 16, null]);
  });

  it('knows its peak and silence', () => {
    expect(totalsOf(series([60, 6_000, 0]), over)).toEqual({ down: 6_060, up: 606, peakDown: 800, peakAt: start + 60_000 });
    expect(isSilent(series([0, 0]))).toBe(true);
    expect(changeOf(75, 100)).toBe(-0.25);
    expect(changeOf(75, 0)).toBeNull();
  });
});

describe('the most', () => {
  const row = (key: string, bytesDown: number): Row => ({ key, label: '', routerId: null, deviceId: null, bytesUp: 0, bytesDown, deviceCount: 6 });

  it('come by size, what nothing named last', () => {
    expect(rank([row('', 900), row('a.example', 100), row('b.example', 300)], null).map(({ row: { key }, share }) => [key, share])).toEqual([
      ['b.example', 1],
      ['a.example', 1 / 3],
      ['', 1],
    ]);
  });

  it('say how it was before, and what is new', () => {
    const ranked = rank([row('a.example', 150), row('b.example', 300)], [row('a.example', 100)]);
    expect(ranked.map(({ row: { key }, change, isNew }) => [key, change, isNew])).toEqual([
      ['b.example', null, true],
      ['a.example', 0.5, false],
    ]);
    expect(rank([row('b.example', 300)], [row('a.example', 100)], 1)[0]?.isNew).toBe(false);
  });
});
