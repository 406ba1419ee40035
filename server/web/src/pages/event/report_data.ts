// The numbers of the report: the busiest moment, incidents by kind; and where its files are. Pure.
// SPDX-License-Identifier: Apache-2.0
interface Point {
  readonly at: string;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

interface Series {
  readonly step: number;
  readonly points: readonly Point[];
}

export interface Peak {
  readonly at: string;
  readonly bitsPerSecond: number;
}

/** Up and down together, over a step; null without any point. */
export function peakOf({ step, points }: Series): Peak | null {
  const most = points.reduce<Point | null>((best, point) => (!best || point.bytesUp + point.bytesDown > best.bytesUp + best.bytesDown ? point : best), null);
  return most && { at: most.at, bitsPerSecond: ((most.bytesUp + most.bytesDown) * 8) / step };
}

export interface Incident {
  readonly kind: string;
  readonly count: number;
  readonly minutes: number;
  readonly open: number;
}

interface Alarm {
  readonly kind: string;
  readonly at: string;
  readonly clearedAt?: string | null;
  readonly router?: { readonly id: string } | null;
}

/** The longest first; those that go on count until `now`. */
export function incidentsOf(alarms: readonly Alarm[], routers: ReadonlySet<string>, now: number): Incident[] {
  const kinds = new Map<string, Incident>();
  for (const { kind, at, clearedAt, router } of alarms) {
    if (!router || !routers.has(router.id)) continue;
    const before = kinds.get(kind) ?? { kind, count: 0, minutes: 0, open: 0 };
    const minutes = Math.max(0, (clearedAt ? Date.parse(clearedAt) : now) - Date.parse(at)) / 60_000;
    kinds.set(kind, { kind, count: before.count + 1, minutes: before.minutes + minutes, open: before.open + (clearedAt ? 0 : 1) });
  }
  return [...kinds.values()].map((each) => ({ ...each, minutes: Math.round(each.minutes) })).sort((a, b) => b.minutes - a.minutes);
}

export type ReportFormat = 'pdf' | 'csv';

/** Where the server has the report of an event, in the language of the page (English for others than it writes). */
export function reportAddress(eventId: string, format: ReportFormat, language: string, detail: 'anonymous' | 'full'): string {
  return `/reports/${encodeURIComponent(eventId)}.${format}?language=${language === 'fr' ? 'fr' : 'en'}&detail=${detail}`;
}
