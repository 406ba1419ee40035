// Bytes become rates, the last step counts for as long as it ran, and what is compared is compared step by step.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { changeOf, chartData, isSilent, totalsOf, type ServerSeries } from '../../../src/pages/traffic/chart_data';
import { rank, type Row } from '../../../src/pages/traffic/tops';

const start = Date.parse('2026-11-25T14:00:00Z');
const iso = (seconds: number) => new Date(start + seconds * 1000).toISOString();

function series(bytes: readonly number[], endsAfter = bytes.length * 60): ServerSeries {
  const points = bytes.map((bytesDown, index) => ({ at: iso(index * 60), bytesDown, bytesUp: bytesDown / 10 }));
  const down = bytes.reduce((sum, each) => sum + each, 0);
  return { step: 60, from: iso(0), to: iso(endsAfter), bytesDown: down, bytesUp: down / 10, points };
}

describe('the chart', () => {
  it('shows bits per second, of the last step by the time it ran', () => {
    const data = chartData(series([600, 300], 90), null);
    expect(data.down).toEqual([80, 80]);
    expect(data.up).toEqual([8, 8]);
    expect(data.at).toEqual([start / 1000, start / 1000 + 60]);
    expect(data.downBefore).toBeNull();
  });

  it('lays the other range over it, with a gap where that has nothing', () => {
    expect(chartData(series([600, 300, 0]), series([60, 120])).downBefore).toEqual([8, 16, null]);
  });

  it('knows its peak and silence', () => {
    expect(totalsOf(series([60, 6_000, 0]))).toEqual({ down: 6_060, up: 606, peakDown: 800, peakAt: start + 60_000 });
    expect(isSilent(series([0, 0]))).toBe(true);
    expect(changeOf(75, 100)).toBe(-0.25);
    expect(changeOf(75, 0)).toBeNull();
  });
});

describe('the most', () => {
  const row = (key: string, bytesDown: number): Row => ({ key, label: '', routerId: null, deviceId: null, bytesUp: 0, bytesDown, deviceCount: 6 });

  it('come by size, what nothing named last', () => {
    expect(rank([row('', 900), row('a.example', 100), row('b.example', 300)], null).map(({ row: { key }, share }) => [key, share])).toEqual([
      ['b.example', 300 / 900],
      ['a.example', 100 / 900],
      ['', 1],
    ]);
  });

  it('say how it was before, and what is new', () => {
    const ranked = rank([row('a.example', 150), row('b.example', 300)], [row('a.example', 100)]);
    expect(ranked.map(({ row: { key }, change, isNew }) => [key, change, isNew])).toEqual([
      ['b.example', null, true],
      ['a.example', 0.5, false],
    ]);
  });
});
