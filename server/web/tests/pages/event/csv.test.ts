// Files for spreadsheets: quoted, and without anything that would be calculated.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { csvOf } from '../../../src/pages/event/csv';
import { incidentsOf, peakOf, reportRows } from '../../../src/pages/event/report_data';

it('quotes every field and disarms formulas', () => {
  expect(csvOf([['a', 1], ['=1+1', -5], ['+x', '@y'], ['say "hi"', 'a,b\nc']])).toBe('"a","1"\r\n"\'=1+1","-5"\r\n"\'+x","\'@y"\r\n"say ""hi""","a,b\nc"\r\n');
});

const series = { step: 300, from: '', to: '', bytesUp: 3, bytesDown: 30, points: [{ at: 'a', bytesUp: 1, bytesDown: 10 }, { at: 'b', bytesUp: 2, bytesDown: 20 }] };

it('finds the busiest moment', () => {
  expect(peakOf(series)).toEqual({ at: 'b', bitsPerSecond: (22 * 8) / 300 });
  expect(peakOf({ ...series, points: [] })).toBeNull();
});

it('counts incidents of the event’s routers by kind, with how long they held', () => {
  const alarm = (kind: string, router: string, at: string, clearedAt: string | null) => ({ kind, router: { id: router }, at, clearedAt });
  const alarms = [alarm('dhcp.rogue', 'r', '2026-11-25T10:00:00Z', '2026-11-25T10:05:00Z'), alarm('dhcp.rogue', 'r', '2026-11-25T11:00:00Z', null), alarm('health.dns', 'other', '2026-11-25T10:00:00Z', null)];
  expect(incidentsOf(alarms, new Set(['r']), Date.parse('2026-11-25T11:10:00Z'))).toEqual([{ kind: 'dhcp.rogue', count: 2, minutes: 15, open: 1 }]);
});

it('writes rows that name no device', () => {
  const rows = reportRows({ name: 'Fest', guests: 10 }, series, [{ key: 'video', bytesUp: 1, bytesDown: 2, deviceCount: 7 }], []);
  expect(rows).toContainEqual(['category', 'video', 2, 1]);
  expect(rows).toContainEqual(['traffic', 'a', 10, 1]);
  expect(rows[0]).toEqual(['what', 'which', 'down_bytes', 'up_bytes']);
});
