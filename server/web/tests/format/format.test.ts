// Quantities and times read as a person in that language writes them.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatRate, formatRateTick } from '../../src/format/quantity';
import { ageOf, formatClock, formatMoment } from '../../src/format/time';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('quantities', () => {
  it.each([
    [0, '0 B', '0 o'],
    [999, '999 B', '999 o'],
    [1_000, '1.0 kB', '1,0 ko'],
    [52_400, '52.4 kB', '52,4 ko'],
    [999_949, '1.0 MB', '1,0 Mo'],
    [123_456_789, '123 MB', '123 Mo'],
    [4_200_000_000, '4.2 GB', '4,2 Go'],
  ])('%i bytes are %s, in French %s', (bytes, english, french) => {
    expect(plain(formatBytes(bytes, 'en'))).toBe(english);
    expect(plain(formatBytes(bytes, 'fr'))).toBe(french);
  });

  it('a rate is in bits, and its tick is round', () => {
    expect(plain(formatRate(42_100_000, 'en'))).toBe('42.1 Mbit/s');
    expect(plain(formatRateTick(40_000_000, 'en'))).toBe('40 Mbit/s');
    expect(plain(formatRateTick(2_500_000, 'fr'))).toBe('2,5 Mbit/s');
    expect(plain(formatCount(1_500, 'fr'))).toBe('1 500');
  });
});

describe('times', () => {
  const at = new Date(2026, 10, 22, 14, 2, 10).getTime();
  it('are a clock today and carry the day otherwise', () => {
    expect(formatClock(at, 'en')).toBe('14:02');
    expect(formatMoment(at, at + 60_000, 'en')).toBe('14:02');
    expect(formatMoment(at, at + 86_400_000, 'en')).toMatch(/22 Nov|Nov 22/);
  });

  it.each([
    [-5_000, { key: 'now' }],
    [9_999, { key: 'now' }],
    [25_000, { key: 'seconds', count: 20 }],
    [61_000, { key: 'minutes', count: 1 }],
    [2 * 3_600_000, { key: 'hours', count: 2 }],
  ])('%i ms ago', (ms, age) => expect(ageOf(at, at + ms, 'en')).toEqual(age));
});
