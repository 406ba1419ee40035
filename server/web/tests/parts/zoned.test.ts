// The event's wall clock, also on the two nights a year when it jumps.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isTimeZone, toInstant, toWall } from '../../src/parts/zoned';

it('says the time of the event, not of the reader', () => {
  expect(toWall('2026-11-25T18:00:00.000Z', 'Europe/Paris')).toBe('2026-11-25T19:00');
  expect(toWall('2026-07-01T18:00:00.000Z', 'Europe/Paris')).toBe('2026-07-01T20:00');
  expect(toWall(null, 'UTC')).toBe('');
});

it('finds the moment of a wall time', () => {
  expect(toInstant('2026-11-25T19:00', 'Europe/Paris')).toBe('2026-11-25T18:00:00.000Z');
  expect(toInstant('2026-11-25T19:00', 'Asia/Kathmandu')).toBe('2026-11-25T13:15:00.000Z');
  expect(toInstant('', 'UTC')).toBeNull();
  expect(toInstant('soon', 'UTC')).toBeNull();
});

it('goes there and back through a whole year', () => {
  for (const zone of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 19 * 3_600_000) {
      const wall = toWall(new Date(at).toISOString(), zone);
      expect(toWall(toInstant(wall, zone), zone), `${zone} ${wall}`).toBe(wall);
    }
  }
});

it('takes the hour after for one that spring leaves out, and the first of a doubled one', () => {
  expect(toInstant('2026-03-29T02:30', 'Europe/Paris')).toBe('2026-03-29T01:30:00.000Z');
  expect(toInstant('2026-10-25T02:30', 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z');
});

it('knows what a time zone is', () => {
  expect(isTimeZone('Europe/Paris')).toBe(true);
  expect(isTimeZone('Europe/Vivi')).toBe(false);
});
