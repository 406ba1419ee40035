// Times by the clock on the wall of an event, wherever the reader sits: what `<input type="datetime-local">` holds, and back.
// SPDX-License-Identifier: Apache-2.0
const formats = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const two = '2-digit' as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two, second: two });
    formats.set(timeZone, format);
  }
  return format;
}

/** Milliseconds that the wall clock of the zone is ahead of UTC at this moment. */
function aheadOf(timeZone: string, at: number): number {
  const part = Object.fromEntries(clockOf(timeZone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second']);
  return wall - Math.floor(at / 1000) * 1000;
}

/** "2026-11-25T14:00" at the event; empty when there is no moment. */
export function toWall(at: string | null | undefined, timeZone: string): string {
  if (!at) return '';
  const ms = Date.parse(at);
  return new Date(ms + aheadOf(timeZone, ms)).toISOString().slice(0, 16);
}

/** The moment of a wall time; null when none is given. An hour that spring leaves out is the one after it; of a doubled one the first. */
export function toInstant(wall: string, timeZone: string): string | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(wall) ? Date.parse(`${wall.slice(0, 16)}:00Z`) : NaN;
  if (Number.isNaN(asUtc)) return null;
  const first = asUtc - aheadOf(timeZone, asUtc - 86_400_000);
  const second = asUtc - aheadOf(timeZone, asUtc + 86_400_000);
  const fits = [first, second].filter((at) => at + aheadOf(timeZone, at) === asUtc);
  return new Date(fits.length > 0 ? Math.min(...fits) : Math.max(first, second)).toISOString();
}

export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** UTC first, then all the browser knows. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
}
