// A range is the same in the address bar and on the page, ends now at the latest, and knows what is kept.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatZoned, fromWall, timeOfDay, toWall } from '../../../src/format/zoned';
import { keptOf } from '../../../src/pages/traffic/kept';
import { compareSpan, dayMs, momentSpan, pan, parseRange, rangeText, spanAround, spanOf, zoom } from '../../../src/pages/traffic/range';

const now = Date.parse('2026-11-25T19:30:00Z');
const hour = 3_600_000;

describe('the wall clock', () => {
  it('of another zone goes there and back', () => {
    const at = Date.parse('2026-07-01T12:05:00Z');
    expect(toWall(at, 'Europe/Paris')).toBe('2026-07-01T14:05');
    expect(fromWall('2026-07-01T14:05', 'Europe/Paris')).toBe(at);
    expect(fromWall('2026-11-25T00:30', 'Asia/Kolkata')).toBe(Date.parse('2026-11-24T19:00:00Z'));
  });

  it('takes the first of the hour that autumn doubles, and does not stumble over the one that spring leaves out', () => {
    expect(fromWall('2026-10-25T02:30', 'Europe/Paris')).toBe(Date.parse('2026-10-25T00:30:00Z'));
    expect(fromWall('2026-03-29T02:30', 'Europe/Paris')).toBe(Date.parse('2026-03-29T01:30:00Z'));
  });

  it('refuses what is no time', () => {
    for (const text of ['', 'yesterday', '2026-13-01T00:00', '2026-11-25']) expect(fromWall(text, 'UTC'), text).toBeNull();
  });

  it('finds 14:05 of the day that is looked at there', () => {
    expect(timeOfDay('14:05', now, 'Asia/Tokyo')).toBe(Date.parse('2026-11-26T05:05:00Z'));
    expect(formatZoned(now, 'Europe/Paris', 'fr')).toContain('20:30');
  });
});

describe('a range', () => {
  it('is in the address bar what it is on the page', () => {
    for (const text of ['1h', '7d', 'event', '2026-11-25T14:00Z~2026-11-25T15:00Z']) expect(rangeText(parseRange(text))).toBe(text);
  });

  it('that makes no sense is the last 24 hours', () => {
    for (const text of ['', '3 moons', '2026-11-25T15:00Z~2026-11-25T14:00Z', '1900-01-01~2026-01-01']) expect(parseRange(text)).toEqual({ kind: 'preset', preset: '24h' });
  });

  it('never ends after now', () => {
    expect(spanOf({ kind: 'own', from: now - hour, to: now + hour }, now, null)).toEqual({ from: now - hour, to: now });
    expect(spanOf({ kind: 'event' }, now, { startsAt: now - 5 * hour, endsAt: now + dayMs })).toEqual({ from: now - 5 * hour, to: now });
    expect(pan({ from: now - hour, to: now }, 1, now)).toEqual({ from: now - hour, to: now });
    expect(zoom({ from: now - hour, to: now }, 2, now)).toEqual({ from: now - 2 * hour, to: now });
  });

  it('is compared with one of its length', () => {
    const span = { from: now - hour, to: now };
    expect(compareSpan(span, 'none')).toBeNull();
    expect(compareSpan(span, 'before')).toEqual({ from: now - 2 * hour, to: now - hour });
    expect(compareSpan(span, 'week')).toEqual({ from: now - hour - 7 * dayMs, to: now - 7 * dayMs });
  });

  it('moves to the moment somebody asks for', () => {
    const span = { from: now - hour, to: now };
    expect(spanAround(span, now - 5 * hour, now)).toEqual({ from: now - 5.5 * hour, to: now - 4.5 * hour });
    expect(spanAround(span, now - hour / 2, now)).toBe(span);
    expect(momentSpan(Date.parse('2026-11-25T14:07:31Z'), 60_000)).toEqual({ from: Date.parse('2026-11-25T14:05:00Z'), to: Date.parse('2026-11-25T14:10:00Z') });
  });
});

it('says when what is asked for is not kept any more', () => {
  const clocks = { namesHours: 24, fiveMinutesDays: 7, hoursDays: 400 };
  const week = { from: now - 8 * dayMs, to: now - 7.5 * dayMs };
  expect(keptOf('DEVICE', week, clocks, now)).toBe('gone');
  expect(keptOf('DEVICE', { ...week, to: now }, clocks, now)).toBe('partly');
  expect(keptOf('DOMAIN', week, clocks, now)).toBe('all');
  expect(keptOf('SERIES', { from: now - 500 * dayMs, to: now - 401 * dayMs }, clocks, now)).toBe('gone');
});
