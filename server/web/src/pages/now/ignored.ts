// What this person does not want to be asked about for a day: kept in this browser, decided about nobody.
// SPDX-License-Identifier: Apache-2.0
import { PacedStore } from '../../live/paced_store';

const storageKey = 'vivi.ignored';
const forMs = 86_400_000;
const atMost = 500;

export type Ignored = ReadonlyMap<string, number>;

/** Of what was stored, what still holds. */
export function parseIgnored(text: string | null, now: number): Ignored {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(entries)) return new Map();
    return new Map(entries.filter((each): each is [string, number] => Array.isArray(each) && typeof each[0] === 'string' && typeof each[1] === 'number' && now - each[1] < forMs));
  } catch {
    return new Map();
  }
}

export const ignored = new PacedStore<Ignored>(parseIgnored(localStorage.getItem(storageKey), Date.now()));

function keep(next: Ignored): void {
  ignored.update(next, 'now');
  localStorage.setItem(storageKey, JSON.stringify([...next].slice(-atMost)));
}

export function ignore(...keys: readonly string[]): void {
  keep(new Map([...ignored.latest(), ...keys.map((key) => [key, Date.now()] as const)]));
}

export function askAgain(...keys: readonly string[]): void {
  const next = new Map(ignored.latest());
  for (const key of keys) next.delete(key);
  keep(next);
}
