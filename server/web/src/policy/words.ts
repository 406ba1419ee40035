// A rule as a sentence: pieces of text to translate, each with the values that stand in it. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { Change } from './diff';
import { isDenied, type AddressRule, type DeviceRule, type DomainRule, type Group, type Limit, type ListRule, type Phase, type RowOf, type Rule, type RuleTable, type Schedule, type Scope, type Table, type Window } from './policy';

/** `words.<key>` of the page's texts; `values` were typed by people or devices, `moments` are times to be written as the reader does. */
export interface Piece {
  readonly key: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly moments?: Readonly<Record<string, number>>;
  readonly count?: number;
}

export interface Names {
  device(mac: string): string;
  service(name: string): string;
  category(name: string): string;
}

export function wordsOfRule(table: RuleTable, rule: Rule, names: Names): readonly Piece[] {
  const verb = isDenied(rule) ? 'deny' : 'allow';
  return [...aboutOf(table, rule, verb, names), ...scopeOf(table, rule, names)];
}

function aboutOf(table: RuleTable, rule: Rule, verb: 'deny' | 'allow', names: Names): readonly Piece[] {
  switch (table) {
    case 'devices':
      return [{ key: verb === 'deny' ? 'ban' : 'admit', values: { name: names.device((rule as DeviceRule).device) } }];
    case 'domains': {
      const { domain, subdomains } = rule as DomainRule;
      return [{ key: verb, values: { name: domain } }, { key: subdomains === false ? 'alone' : 'below' }];
    }
    case 'addresses':
      return [{ key: verb, values: { name: (rule as AddressRule).prefix } }, ...portOf(rule as AddressRule)];
    case 'categories':
      return [{ key: `${verb}Category`, values: { name: names.category((rule as RowOf<'categories'>).category) } }];
    case 'services':
      return [{ key: `${verb}Service`, values: { name: names.service((rule as RowOf<'services'>).service) } }];
    case 'lists':
      return [{ key: `${verb}List`, values: { name: (rule as ListRule).list } }];
  }
}

function portOf({ transport, port }: AddressRule): readonly Piece[] {
  const protocol = transport && transport !== 'any' ? transport.toUpperCase() : null;
  if (protocol && port) return [{ key: 'protocolPort', values: { protocol, port: String(port) } }];
  if (port) return [{ key: 'port', values: { port: String(port) } }];
  return protocol ? [{ key: 'protocol', values: { protocol } }] : [];
}

function scopeOf(table: RuleTable, rule: Scope, names: Names): readonly Piece[] {
  const pieces: Piece[] = [];
  if (table !== 'devices') {
    if (rule.device) pieces.push({ key: 'forDevice', values: { name: names.device(rule.device) } });
    else if (rule.group) pieces.push({ key: 'forGroup', values: { name: rule.group } });
    else pieces.push({ key: 'forEverybody' });
  }
  if (rule.schedule) pieces.push({ key: 'during', values: { name: rule.schedule } });
  if (rule.until !== undefined) pieces.push({ key: 'until', moments: { time: rule.until } });
  return pieces;
}

export function wordsOfLimit(limit: Limit, names: Names): readonly Piece[] {
  const who: Piece = limit.device
    ? { key: 'limitDevice', values: { name: names.device(limit.device) } }
    : limit.group
      ? { key: 'limitGroup', values: { name: limit.group } }
      : { key: 'limitEverybody' };
  const pieces = [who];
  if (limit.down_kbit) pieces.push({ key: 'down', values: { rate: rateOf(limit.down_kbit) } });
  if (limit.down_kbit && limit.up_kbit) pieces.push({ key: 'and' });
  if (limit.up_kbit) pieces.push({ key: 'up', values: { rate: rateOf(limit.up_kbit) } });
  if (!limit.device) pieces.push({ key: limit.each_device === false ? 'together' : 'each' });
  return pieces;
}

/** 2500 kbit/s is "2.5 Mbit/s". */
function rateOf(kbit: number): string {
  return kbit >= 1000 ? `${Number((kbit / 1000).toFixed(2))} Mbit/s` : `${kbit} kbit/s`;
}

export function wordsOfGroup(group: Group): readonly Piece[] {
  const mode: readonly Piece[] = group.mode ? [{ key: group.mode === 'allow-listed' ? 'groupAllowListed' : 'groupBlockListed' }] : [];
  return [{ key: 'group', values: { name: group.name } }, { key: 'members', count: group.devices?.length ?? 0 }, ...mode];
}

export function wordsOfSchedule(schedule: Schedule): readonly Piece[] {
  const windows = joined((schedule.windows ?? []).map(wordsOfWindow), 'and');
  const phases = joined((schedule.phases ?? []).map((name): Piece => ({ key: 'inPhase', values: { name } })), 'or');
  const always: readonly Piece[] = windows.length + phases.length === 0 ? [{ key: 'always' }] : [];
  return [{ key: 'schedule', values: { name: schedule.name } }, ...windows, ...phases, ...always];
}

function joined(pieces: readonly Piece[], key: 'and' | 'or'): readonly Piece[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [{ key }, piece]));
}

export function wordsOfWindow(window: Window): Piece {
  const isOvernight = window.to <= window.from;
  return { key: isOvernight ? 'windowOvernight' : 'window', values: { days: (window.days ?? []).join(' '), from: window.from, to: window.to } };
}

export function wordsOfPhase(phase: Phase): readonly Piece[] {
  return [{ key: 'phase', values: { name: phase.name } }, { key: 'fromTo', moments: { from: phase.from, to: phase.to } }];
}

export function wordsOfRow(table: Table, row: object, names: Names): readonly Piece[] {
  switch (table) {
    case 'groups':
      return wordsOfGroup(row as Group);
    case 'schedules':
      return wordsOfSchedule(row as Schedule);
    case 'phases':
      return wordsOfPhase(row as Phase);
    case 'limits':
      return wordsOfLimit(row as Limit, names);
    default:
      return wordsOfRule(table, row as Rule, names);
  }
}

export function wordsOfChange(change: Change, names: Names): readonly Piece[] {
  if (change.table === 'protected') return [{ key: change.kind === 'added' ? 'protect' : 'unprotect', values: { name: names.device(change.mac) } }];
  if (change.table !== 'value') return wordsOfRow(change.table, change.row, names);
  if (change.value === 'time_zone') return [{ key: 'timeZone', values: { name: change.after } }];
  return [{ key: `${change.value === 'mode' ? 'mode' : 'newDevices'}_${change.after.replace('-', '_')}` }];
}
