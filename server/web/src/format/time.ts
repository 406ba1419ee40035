// Times as people say them: "14:02" today, with the day before that; "12 s ago" while it is recent.
// SPDX-License-Identifier: Apache-2.0
const dayMs = 86_400_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}/${JSON.stringify(options)}`;
  let format = clocks.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, options);
    clocks.set(key, format);
  }
  return format;
}

const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

export function formatClock(at: number, language: string, timeZone?: string): string {
  return clock(language, timeZone ? { ...time, timeZone } : time).format(at);
}

/** "14:02:10", for tables of measurements. */
export function formatClockSeconds(at: number, language: string): string {
  return clock(language, { ...time, second: '2-digit' }).format(at);
}

/** "14:02" when it is of today, else "22 Nov, 14:02"; in `timeZone` (IANA), absent: the reader's. */
export function formatMoment(at: number, now: number, language: string, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {};
  const day = clock('en', { dateStyle: 'short', ...zone });
  if (day.format(at) === day.format(now)) return formatClock(at, language, timeZone);
  return clock(language, { day: 'numeric', month: 'short', ...time, ...zone }).format(at);
}

export type Age = { key: 'now' } | { key: 'seconds' | 'minutes' | 'hours'; count: number } | { key: 'at'; moment: string };

/** How long ago, coarser as it gets older; a clock that is ahead counts as now. */
export function ageOf(at: number, now: number, language: string): Age {
  const ms = Math.max(0, now - at);
  if (ms < 10_000) return { key: 'now' };
  if (ms < 60_000) return { key: 'seconds', count: Math.floor(ms / 10_000) * 10 };
  if (ms < 60 * 60_000) return { key: 'minutes', count: Math.floor(ms / 60_000) };
  if (ms < dayMs / 2) return { key: 'hours', count: Math.floor(ms / (60 * 60_000)) };
  return { key: 'at', moment: formatMoment(at, now, language) };
}
