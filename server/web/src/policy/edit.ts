// Changing a policy: each answer is a new document, the old one stays as it was. Pure.
// SPDX-License-Identifier: Apache-2.0
import { subjects, type Group, type Policy, type RowOf, type Schedule, type Table } from './policy';

type Row = Record<string, unknown>;

/** Without what says nothing: empty texts, absent members, defaults; so that a rule written twice is the same rule. */
export function tidy<T extends object>(row: T): T {
  const kept = Object.entries(row).filter(([key, value]) => {
    if (value === undefined || value === null || value === '') return false;
    if (key === 'subdomains' && value === true) return false;
    return !(key === 'transport' && value === 'any') && !(key === 'each_device' && value === true);
  });
  return Object.fromEntries(kept) as T;
}

export function isSameRow(table: Table, a: object, b: object): boolean {
  const value = (row: object, key: string) => {
    const found = (tidy(row) as Row)[key];
    return key === 'decision' ? (found ?? 'deny') : found;
  };
  return subjects[table].every((key) => value(a, key) === value(b, key));
}

/** Puts the row where one about the same already is, else behind the others. */
export function putRow<T extends Table>(policy: Policy, table: T, row: RowOf<T>): Policy {
  const rows = policy[table] as readonly object[];
  const tidied = tidy(row);
  const index = rows.findIndex((each) => isSameRow(table, each, tidied));
  const next = index < 0 ? [...rows, tidied] : rows.with(index, tidied);
  return { ...policy, [table]: next };
}

/** In the place of `index`; another row about the same goes. */
export function replaceRow<T extends Table>(policy: Policy, table: T, index: number, row: RowOf<T>): Policy {
  const tidied = tidy(row);
  const rows = (policy[table] as readonly object[]).with(index, tidied);
  const next = rows.filter((each, at) => at === index || !isSameRow(table, each, tidied));
  const renamed = table === 'groups' || table === 'schedules' ? renameReferences(policy, table, index, row) : policy;
  return { ...renamed, [table]: next };
}

export function removeRow(policy: Policy, table: Table, index: number): Policy {
  const rows = policy[table] as readonly object[];
  return { ...policy, [table]: rows.filter((_, at) => at !== index) };
}

/** How many rules name it: while there are some, the group or schedule cannot go. */
export function usesOf(policy: Policy, kind: 'group' | 'schedule', name: string): number {
  const rows = [policy.devices, policy.domains, policy.addresses, policy.categories, policy.services, policy.lists, policy.limits].flat() as Row[];
  return rows.filter((row) => row[kind] === name).length;
}

/** Rules that named a group or schedule by its old name name it by the new one. */
function renameReferences<T extends Table>(policy: Policy, table: T, index: number, row: RowOf<T>): Policy {
  const before = (policy[table][index] as Group | Schedule | undefined)?.name;
  const after = (row as Group | Schedule).name;
  if (before === undefined || before === after) return policy;
  const kind = table === 'groups' ? 'group' : 'schedule';
  const renamed = <R extends object>(rows: readonly R[]): readonly R[] => rows.map((each) => ((each as Row)[kind] === before ? { ...each, [kind]: after } : each));
  return {
    ...policy,
    devices: renamed(policy.devices),
    domains: renamed(policy.domains),
    addresses: renamed(policy.addresses),
    categories: renamed(policy.categories),
    services: renamed(policy.services),
    lists: renamed(policy.lists),
    limits: renamed(policy.limits),
  };
}

/** A device is in one group at most: whoever gets it takes it from the others. */
export function putGroup(policy: Policy, group: Group, index: number | null): Policy {
  const members = new Set(group.devices ?? []);
  const next = index === null ? putRow(policy, 'groups', group) : replaceRow(policy, 'groups', index, group);
  const groups = next.groups.map((each) => (each.name === group.name ? each : { ...each, devices: (each.devices ?? []).filter((mac) => !members.has(mac)) }));
  return { ...next, groups };
}

export function setProtected(policy: Policy, mac: string, isProtected: boolean): Policy {
  const others = policy.protected_devices.filter((each) => each !== mac);
  return { ...policy, protected_devices: isProtected ? [...others, mac] : others };
}
