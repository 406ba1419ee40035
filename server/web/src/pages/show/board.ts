// What a big screen has seen: the newest numbers, when they came, and the rates of the last minutes. Pure; kept small.
// SPDX-License-Identifier: Apache-2.0
import type { ShowNumbersFragment } from '../../generated/graphql';

export type Numbers = ShowNumbersFragment;

export interface Rate {
  readonly at: number;
  readonly down: number;
  readonly up: number;
}

export interface Board {
  readonly numbers: Numbers | null;
  readonly heardAt: number;
  readonly rates: readonly Rate[];
  readonly peakOnline: number;
}

export const nothing: Board = { numbers: null, heardAt: 0, rates: [], peakOnline: 0 };
const keptMs = 10 * 60_000;

export function heard(board: Board, numbers: Numbers, now: number): Board {
  const rates = [...board.rates.filter(({ at }) => at > now - keptMs), { at: now, down: numbers.rateDown, up: numbers.rateUp }];
  return { numbers, heardAt: now, rates, peakOnline: Math.max(board.peakOnline, numbers.devicesOnline) };
}

const quietMs = 5_000;

/** The server is there and says nothing: the numbers are as they were. Right after they came, that is no news. */
export function stillSo(board: Board, now: number): Board {
  return board.numbers && now - board.heardAt > quietMs ? heard(board, board.numbers, now) : board;
}

/** Not heard for this long: the numbers are of then, not of now. */
export const staleAfterMs = 15_000;

export function isStale(board: Board, now: number): boolean {
  return board.numbers !== null && now - board.heardAt > staleAfterMs;
}

/** How long until the next try after `failures` in a row: 2 s, doubling to a minute. */
export function retryAfterMs(failures: number): number {
  return Math.min(60_000, 2_000 * 2 ** Math.max(0, failures - 1));
}

export const slides = ['people', 'speed', 'total'] as const;
export type Slide = (typeof slides)[number];

export function after(slide: Slide, by: 1 | -1 = 1): Slide {
  return slides[(slides.indexOf(slide) + by + slides.length) % slides.length]!;
}
