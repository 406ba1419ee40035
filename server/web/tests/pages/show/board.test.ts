// The big screen's memory: numbers, their age, and when it asks again.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { after, heard, isStale, nothing, retryAfterMs, stillSo, type Numbers } from '../../../src/pages/show/board';

const numbers = (devicesOnline: number): Numbers => ({ eventName: 'Fest', routerCount: 1, routersOnline: 1, deviceCount: 9, devicesOnline, bytesUp: 0, bytesDown: 0, rateUp: 1, rateDown: 2 });

it('keeps ten minutes of rates and the most devices it saw', () => {
  let board = nothing;
  for (let minute = 0; minute <= 30; minute++) board = heard(board, numbers(minute === 3 ? 50 : 10), minute * 60_000);
  expect(board.rates).toHaveLength(10);
  expect(board.peakOnline).toBe(50);
});

it('knows when its numbers are of then', () => {
  const board = heard(nothing, numbers(1), 1_000);
  expect(isStale(board, 10_000)).toBe(false);
  expect(isStale(board, 20_000)).toBe(true);
  expect(isStale(nothing, 1e9)).toBe(false);
});

it('is of now while the server is there, also when nothing changes', () => {
  const board = heard(nothing, numbers(1), 1_000);
  expect(stillSo(board, 3_000)).toBe(board);
  const later = stillSo(board, 11_000);
  expect(later.numbers).toBe(board.numbers);
  expect(later.rates).toHaveLength(2);
  expect(isStale(later, 20_000)).toBe(false);
  expect(stillSo(nothing, 20_000)).toBe(nothing);
});

it('asks again later and later, at most a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 50].map(retryAfterMs)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it('turns in a circle both ways', () => {
  expect(after(after(after('people')))).toBe('people');
  expect(after('people', -1)).toBe('total');
});
