// What the server says is different (PolicyChangeLine), as words in the reader's language: from its code and values, never its sentence. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { ChangeKind } from '../generated/graphql';
import type { Value } from './diff';
import { subjects, type Table } from './policy';
import { wordsOfChange, wordsOfRow, type Names, type Piece } from './words';

export interface ToldChange {
  readonly kind: ChangeKind;
  /** JSON pointer into a policy, a profile or a configuration. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Told {
  readonly is: readonly Piece[];
  /** Of a row that is another one now. */
  readonly was: readonly Piece[] | null;
}

/** For who has no names of devices and services at hand: as the document calls them. */
export const plainNames: Names = { device: (mac) => mac, service: (name) => name, category: (name) => name };

const values: readonly string[] = ['mode', 'new_devices', 'time_zone'] satisfies readonly Value[];
const kinds = { ADDED: 'added', REMOVED: 'removed', CHANGED: 'changed' } as const;

export function kindOf({ kind }: ToldChange): 'added' | 'removed' | 'changed' {
  return kinds[kind];
}

export function wordsOfTold(change: ToldChange, names: Names = plainNames): Told {
  const path = change.path.replace(/^\/policy(?=\/)/, '').split('/').slice(1);
  const [part = ''] = path;
  const { before, after } = change;
  if (part in subjects && path.length > 1) return rowOf(part as Table, before, after, names);
  if (values.includes(part)) {
    return { is: wordsOfChange({ kind: 'changed', table: 'value', value: part as Value, before: textOf(before), after: textOf(after) }, names), was: null };
  }
  if (part === 'protected_devices') return { is: wordsOfChange({ kind: change.kind === 'REMOVED' ? 'removed' : 'added', table: 'protected', mac: textOf(after ?? before) }, names), was: null };
  if (part === 'never_blocked') return { is: [{ key: change.kind === 'REMOVED' ? 'mayBlock' : 'neverBlock', values: { name: textOf(after ?? before) } }], was: null };
  return { is: [{ key: settings[change.kind], values: { name: path.join(' '), before: textOf(before), after: textOf(after) } }], was: null };
}

const settings = { ADDED: 'settingAdded', REMOVED: 'settingRemoved', CHANGED: 'settingChanged' } as const;

function rowOf(table: Table, before: unknown, after: unknown, names: Names): Told {
  const words = (row: unknown) => wordsOfRow(table, Object(row) as object, names);
  return after == null ? { is: words(before), was: null } : { is: words(after), was: before == null ? null : words(before) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
