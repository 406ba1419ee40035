// The numbers of a report, and where its files are.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { incidentsOf, peakOf, reportAddress } from '../../../src/pages/event/report_data';

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

it('names the file of an event in the reader’s language, without names unless they are asked for', () => {
  expect(reportAddress('RXZlbnQ6MQ==', 'pdf', 'fr', 'anonymous')).toBe('/reports/RXZlbnQ6MQ%3D%3D.pdf?language=fr&detail=anonymous');
  expect(reportAddress('RXZlbnQ6MQ==', 'csv', 'de', 'full')).toBe('/reports/RXZlbnQ6MQ%3D%3D.csv?language=en&detail=full');
});
