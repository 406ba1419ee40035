// What a policy has that another has not: rows about the same thing are one change. As the server compares (policy_diff.cpp). Pure.
// SPDX-License-Identifier: Apache-2.0
import { isSameRow, tidy } from './edit';
import { subjects, type Policy, type Table } from './policy';

export type Value = 'mode' | 'new_devices' | 'time_zone';

export type Change =
  | { readonly kind: 'added' | 'removed'; readonly table: Table; readonly row: object; readonly index: number }
  | { readonly kind: 'changed'; readonly table: Table; readonly row: object; readonly before: object; readonly index: number }
  | { readonly kind: 'changed'; readonly table: 'value'; readonly value: Value; readonly before: string; readonly after: string }
  | { readonly kind: 'added' | 'removed'; readonly table: 'protected'; readonly mac: string };

const values: readonly Value[] = ['mode', 'new_devices', 'time_zone'];
const tables = Object.keys(subjects) as Table[];

/** The text of a value whose members may come in any order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, each]) => each !== undefined && !(Array.isArray(each) && each.length === 0));
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

function textOf(row: object): string {
  return canonical({ decision: 'deny', ...tidy(row) });
}

export function diff(before: Policy, after: Policy): readonly Change[] {
  const changes: Change[] = [];
  for (const value of values) {
    if (before[value] !== after[value]) changes.push({ kind: 'changed', table: 'value', value, before: before[value], after: after[value] });
  }
  for (const table of tables) changes.push(...diffRows(table, before[table], after[table]));
  const was = new Set(before.protected_devices);
  const is = new Set(after.protected_devices);
  for (const mac of is) if (!was.has(mac)) changes.push({ kind: 'added', table: 'protected', mac });
  for (const mac of was) if (!is.has(mac)) changes.push({ kind: 'removed', table: 'protected', mac });
  return changes;
}

function diffRows(table: Table, before: readonly object[], after: readonly object[]): Change[] {
  const left = new Set(before.keys());
  const take = (fits: (row: object) => boolean): object | null => {
    for (const index of left) {
      if (!fits(before[index]!)) continue;
      left.delete(index);
      return before[index]!;
    }
    return null;
  };
  const byText = new Map<string, number[]>();
  before.forEach((row, index) => byText.set(textOf(row), [...(byText.get(textOf(row)) ?? []), index]));
  const rest: number[] = [];
  after.forEach((row, index) => {
    const equal = byText.get(textOf(row))?.find((each) => left.has(each));
    if (equal === undefined) rest.push(index);
    else left.delete(equal);
  });
  const changes = rest.map((index): Change => {
    const row = after[index]!;
    const old = take((each) => isSameRow(table, each, row));
    return old ? { kind: 'changed', table, row, before: old, index } : { kind: 'added', table, row, index };
  });
  for (const index of left) changes.push({ kind: 'removed', table, row: before[index]!, index });
  return changes;
}

export function isSame(a: Policy, b: Policy): boolean {
  return diff(a, b).length === 0;
}
