// The policy document as the server writes it out (docs/policy.md), and the parts of it that people edit. Pure.
// SPDX-License-Identifier: Apache-2.0
export type Mode = 'block-listed' | 'allow-listed';
export type NewDevices = 'allow' | 'ask' | 'deny';
export type Decision = 'allow' | 'deny';
export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export type Transport = 'any' | 'tcp' | 'udp';

export const days: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What rules share: what is done, for whom (neither: everybody), when. */
export interface Scope {
  readonly decision?: Decision;
  readonly device?: string;
  readonly group?: string;
  readonly schedule?: string;
  /** Milliseconds since 1970: from then on the rule is over. */
  readonly until?: number;
  readonly reason?: string;
}
export interface DeviceRule extends Omit<Scope, 'group'> {
  readonly device: string;
}
export interface DomainRule extends Scope {
  readonly domain: string;
  readonly subdomains?: boolean;
}
export interface AddressRule extends Scope {
  readonly prefix: string;
  readonly transport?: Transport;
  readonly port?: number;
}
export interface CategoryRule extends Scope {
  readonly category: string;
}
export interface ServiceRule extends Scope {
  readonly service: string;
}
export interface ListRule extends Scope {
  readonly list: string;
  readonly sha256: string;
  readonly format: string;
}
export interface Limit {
  readonly device?: string;
  readonly group?: string;
  readonly each_device?: boolean;
  readonly up_kbit?: number;
  readonly down_kbit?: number;
}
export interface Group {
  readonly name: string;
  readonly devices?: readonly string[];
  readonly mode?: Mode;
}
export interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}
export interface Window {
  readonly days?: readonly Day[];
  readonly from: string;
  readonly to: string;
}
export interface Schedule {
  readonly name: string;
  readonly windows?: readonly Window[];
  readonly phases?: readonly string[];
}

export interface Tables {
  readonly groups: readonly Group[];
  readonly phases: readonly Phase[];
  readonly schedules: readonly Schedule[];
  readonly devices: readonly DeviceRule[];
  readonly domains: readonly DomainRule[];
  readonly addresses: readonly AddressRule[];
  readonly categories: readonly CategoryRule[];
  readonly services: readonly ServiceRule[];
  readonly lists: readonly ListRule[];
  readonly limits: readonly Limit[];
}
export interface Policy extends Tables {
  readonly mode: Mode;
  readonly new_devices: NewDevices;
  readonly time_zone: string;
  readonly protected_devices: readonly string[];
  readonly never_blocked: readonly string[];
}

export type Table = keyof Tables;
export type RowOf<T extends Table> = Tables[T][number];

/** Tables whose rows decide something, in the order in which the page shows them. */
export const ruleTables = ['devices', 'domains', 'services', 'categories', 'lists', 'addresses'] as const;
export type RuleTable = (typeof ruleTables)[number];
export type Rule = RowOf<RuleTable>;

/** The members by which a row is the same row in another document; as the server's own comparison has them. */
export const subjects: { readonly [T in Table]: readonly string[] } = {
  groups: ['name'],
  phases: ['name'],
  schedules: ['name'],
  devices: ['device', 'decision'],
  domains: ['domain', 'device', 'group'],
  addresses: ['prefix', 'transport', 'port', 'device', 'group'],
  categories: ['category', 'device', 'group'],
  services: ['service', 'device', 'group'],
  lists: ['list'],
  limits: ['device', 'group', 'each_device'],
};

export const emptyPolicy: Policy = {
  mode: 'block-listed',
  new_devices: 'allow',
  time_zone: 'UTC',
  groups: [],
  phases: [],
  schedules: [],
  devices: [],
  domains: [],
  addresses: [],
  categories: [],
  services: [],
  lists: [],
  limits: [],
  protected_devices: [],
  never_blocked: [],
};

/** The server's JSON, checked there: what a newer server has beyond this page is kept as it is. */
export function policyOf(document: unknown): Policy {
  return typeof document === 'object' && document !== null ? { ...emptyPolicy, ...(document as Partial<Policy>) } : emptyPolicy;
}

export function isDenied(rule: { readonly decision?: Decision }): boolean {
  return (rule.decision ?? 'deny') === 'deny';
}

/** What the rule is about: the name, the prefix, the service. */
export function subjectOf(table: RuleTable, rule: Rule): string {
  const key = { devices: 'device', domains: 'domain', addresses: 'prefix', categories: 'category', services: 'service', lists: 'list' } as const;
  return String((rule as unknown as Record<string, unknown>)[key[table]] ?? '');
}

/** `/domains/3` and `/domains/3/until` are row 3 of domains; null when the pointer is about something else. */
export function rowAt(pointer: string): { readonly table: Table; readonly index: number } | null {
  const [, table, index] = pointer.split('/');
  if (!table || !(table in subjects) || !/^\d+$/.test(index ?? '')) return null;
  return { table: table as Table, index: Number(index) };
}
