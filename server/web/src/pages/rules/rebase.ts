// Two people changed the same policy: what one of them changed, done again to what the other decided. Pure.
// SPDX-License-Identifier: Apache-2.0
import { diff, type Change } from '../../policy/diff';
import { isSameRow, putRow, setProtected } from '../../policy/edit';
import type { Policy, Table } from '../../policy/policy';

export interface Rebased {
  readonly policy: Policy;
  /** What both changed: the draft's word stands in `policy`, and a person should look. */
  readonly clashes: readonly Change[];
}

/** `draft` was made from `base`; meanwhile `theirs` was decided. */
export function rebase(base: Policy, draft: Policy, theirs: Policy): Rebased {
  const foreign = diff(base, theirs);
  const own = diff(base, draft);
  const clashes = own.filter((change) => foreign.some((other) => isAboutTheSame(change, other)));
  return { policy: own.reduce(redo, theirs), clashes };
}

function redo(policy: Policy, change: Change): Policy {
  if (change.table === 'value') return { ...policy, [change.value]: change.after };
  if (change.table === 'protected') return setProtected(policy, change.mac, change.kind === 'added');
  if (change.kind !== 'removed') return putRow(policy, change.table, change.row as never);
  return { ...policy, [change.table]: without(policy, change.table, change.row) };
}

function without(policy: Policy, table: Table, row: object): readonly object[] {
  return (policy[table] as readonly object[]).filter((each) => !isSameRow(table, each, row));
}

function isAboutTheSame(a: Change, b: Change): boolean {
  if (a.table === 'value' || b.table === 'value') return a.table === 'value' && b.table === 'value' && a.value === b.value && a.after !== b.after;
  if (a.table === 'protected' || b.table === 'protected') return false;
  if (a.table !== b.table || !isSameRow(a.table, a.row, b.row)) return false;
  return a.kind !== b.kind || JSON.stringify(a.row) !== JSON.stringify(b.row);
}
