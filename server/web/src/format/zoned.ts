// Wall-clock times of a place: what `datetime-local` fields and schedules hold, to and from milliseconds since 1970. Pure.
// SPDX-License-Identifier: Apache-2.0
const formats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    formats.set(zone, format);
  }
  return format;
}

/** The reader's own zone, for what has none. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function isZone(zone: string): boolean {
  try {
    partsFormat(zone);
    return true;
  } catch {
    return false;
  }
}

/** "2026-11-25T14:05" by the clock on the wall of `zone`. */
export function toWall(at: number, zone: string): string {
  const part = Object.fromEntries(partsFormat(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}`;
}

/**
 * The moment at which that clock shows `wall`; null when it is no time. Of the hour that autumn doubles the first; in the hour that
 * spring leaves out, as if the clock had not been put forward yet.
 */
export function fromWall(wall: string, zone: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(wall);
  if (!match) return null;
  const asUtc = Date.parse(`${match[0]}:00Z`);
  if (Number.isNaN(asUtc)) return null;
  const offsets = [offsetOf(asUtc - 86_400_000, zone), offsetOf(asUtc + 86_400_000, zone)];
  const found = offsets.map((offset) => asUtc - offset).filter((at) => offsetOf(at, zone) === asUtc - at);
  return found.length > 0 ? Math.min(...found) : asUtc - offsets[0]!;
}

/** How far the clock of `zone` is ahead of UTC, in milliseconds. */
function offsetOf(at: number, zone: string): number {
  const minute = Math.floor(at / 60_000) * 60_000;
  return Date.parse(`${toWall(minute, zone)}:00Z`) - minute;
}

/** "14:05" of the day on which `near` lies there. */
export function timeOfDay(time: string, near: number, zone: string): number | null {
  return fromWall(`${toWall(near, zone).slice(0, 10)}T${time}`, zone);
}

/** "25 Nov, 14:05"; with `today` of the same day "14:05". */
export function formatZoned(at: number, zone: string, language: string, today?: number): string {
  const isSameDay = today !== undefined && toWall(at, zone).slice(0, 10) === toWall(today, zone).slice(0, 10);
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return shown(language, isSameDay ? time : { ...time, day: 'numeric', month: 'short' }).format(at);
}

export function formatDay(at: number, zone: string, language: string): string {
  return shown(language, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' }).format(at);
}

const shownFormats = new Map<string, Intl.DateTimeFormat>();

function shown(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}/${JSON.stringify(options)}`;
  let format = shownFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, options);
    shownFormats.set(key, format);
  }
  return format;
}
