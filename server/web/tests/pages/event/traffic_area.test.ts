// The drawing of an event's traffic: paths, sums for the table, and no fall at its end that never was.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { areaOf, summed, whole } from '../../../src/pages/event/traffic_area';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 25, 12, minute)).toISOString();
const point = (minute: number, bytesDown: number) => ({ at: at(minute), bytesDown, bytesUp: 1 });

it('draws from the line and back to it', () => {
  expect(areaOf([0, 10], 10, 100, 80)).toBe('M0 100L0.0 100.0L1000.0 20.0L1000 100Z');
  expect(areaOf([], 10, 100, 80)).toBe('');
});

it('leaves out a last step that is not over', () => {
  const series = { step: 300, from: at(0), bytesUp: 0, bytesDown: 0, points: [point(0, 5), point(5, 1)] };
  expect(whole({ ...series, to: at(7) })).toHaveLength(1);
  expect(whole({ ...series, to: at(10) })).toHaveLength(2);
});

it('adds neighbours up until a table of them can be read', () => {
  expect(summed([point(0, 1), point(5, 2), point(10, 4)], 2)).toEqual([
    { at: at(0), bytesUp: 2, bytesDown: 3 },
    { at: at(10), bytesUp: 1, bytesDown: 4 },
  ]);
});
