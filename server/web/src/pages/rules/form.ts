// What the form of a rule holds while somebody fills it in, and the rules it makes. Pure.
// SPDX-License-Identifier: Apache-2.0
import { fromWall, toWall } from '../../format/zoned';
import { checkDomain, checkEach, checkMac, checkPort, checkPrefix, type Problem } from './check';
import { putRow, replaceRow, tidy } from '../../policy/edit';
import { isDenied, subjectOf, type AddressRule, type Decision, type DomainRule, type ListRule, type Policy, type Rule, type RuleTable, type Transport } from '../../policy/policy';

export interface RuleFields {
  readonly table: RuleTable;
  readonly decision: Decision;
  /** Names, addresses: as typed, one or many. */
  readonly text: string;
  /** Services, categories: as chosen. */
  readonly chosen: readonly string[];
  readonly subdomains: boolean;
  readonly transport: Transport;
  readonly port: string;
  readonly who: 'everybody' | 'group' | 'device';
  readonly group: string;
  readonly device: string;
  readonly schedule: string;
  /** By the wall clock of the event; empty: no end. */
  readonly until: string;
  readonly reason: string;
}

export const emptyFields: RuleFields = {
  table: 'domains',
  decision: 'deny',
  text: '',
  chosen: [],
  subdomains: true,
  transport: 'any',
  port: '',
  who: 'everybody',
  group: '',
  device: '',
  schedule: '',
  until: '',
  reason: '',
};

export type FieldProblems = Partial<Record<'text' | 'chosen' | 'port' | 'group' | 'device' | 'until', Problem | { readonly refused: readonly string[] }>>;

export function fieldsOf(table: RuleTable, rule: Rule, zone: string): RuleFields {
  const isChosen = table === 'services' || table === 'categories' || table === 'lists';
  const group = 'group' in rule ? (rule.group ?? '') : '';
  const device = table === 'devices' ? '' : (rule.device ?? '');
  return {
    ...emptyFields,
    table,
    decision: isDenied(rule) ? 'deny' : 'allow',
    text: isChosen ? '' : subjectOf(table, rule),
    chosen: isChosen ? [subjectOf(table, rule)] : [],
    subdomains: (rule as DomainRule).subdomains ?? true,
    transport: (rule as AddressRule).transport ?? 'any',
    port: (rule as AddressRule).port === undefined ? '' : String((rule as AddressRule).port),
    who: device ? 'device' : group ? 'group' : 'everybody',
    group,
    device,
    schedule: rule.schedule ?? '',
    until: rule.until === undefined ? '' : toWall(rule.until, zone),
    reason: rule.reason ?? '',
  };
}

export interface Made {
  readonly rules: readonly Rule[];
  readonly problems: FieldProblems;
}

/** `lists`: the rules of imported lists that can be chosen, by name. */
export function makeRules(fields: RuleFields, zone: string, lists: ReadonlyMap<string, Pick<ListRule, 'list' | 'sha256' | 'format'>>): Made {
  const problems: FieldProblems = {};
  const subjects = subjectsOf(fields, problems);
  const scope = scopeOf(fields, zone, problems);
  const port = fields.table === 'addresses' && fields.port.trim() !== '' ? checkPort(fields.port) : null;
  if (port && 'problem' in port) problems.port = port.problem;
  if (Object.keys(problems).length > 0) return { rules: [], problems };
  const rules = subjects.map((subject): Rule => {
    switch (fields.table) {
      case 'devices':
        return { ...scope, device: subject };
      case 'domains':
        return { ...scope, domain: subject, subdomains: fields.subdomains };
      case 'addresses':
        return { ...scope, prefix: subject, transport: fields.transport, ...(port && 'value' in port ? { port: Number(port.value) } : {}) };
      case 'categories':
        return { ...scope, category: subject };
      case 'services':
        return { ...scope, service: subject };
      case 'lists':
        return { ...scope, ...(lists.get(subject) ?? { list: subject, sha256: '', format: 'domains' }) };
    }
  });
  return { rules: rules.map(tidy), problems };
}

const checks = { domains: checkDomain, addresses: checkPrefix, devices: checkMac } as const;

function subjectsOf(fields: RuleFields, problems: FieldProblems): readonly string[] {
  const { table } = fields;
  if (table === 'services' || table === 'categories' || table === 'lists') {
    if (fields.chosen.length === 0) problems.chosen = 'empty';
    return fields.chosen;
  }
  const { values, refused } = checkEach(fields.text, checks[table]);
  if (refused.length > 0) problems.text = { refused };
  else if (values.length === 0) problems.text = 'empty';
  return values;
}

function scopeOf(fields: RuleFields, zone: string, problems: FieldProblems) {
  const { who, table } = fields;
  const isForDevice = who === 'device' && table !== 'devices';
  const device = isForDevice ? checkMac(fields.device) : null;
  if (device && 'problem' in device) problems.device = device.problem;
  if (who === 'group' && table !== 'devices' && fields.group === '') problems.group = 'empty';
  const until = fields.until === '' ? null : fromWall(fields.until, zone);
  if (fields.until !== '' && until === null) problems.until = 'time';
  return {
    decision: fields.decision,
    ...(device && 'value' in device ? { device: device.value } : {}),
    ...(who === 'group' && table !== 'devices' ? { group: fields.group } : {}),
    ...(fields.schedule ? { schedule: fields.schedule } : {}),
    ...(until === null ? {} : { until }),
    ...(fields.reason.trim() && hasReason(table) ? { reason: fields.reason.trim() } : {}),
  };
}

/** Rules about services, categories and lists have no member for one. */
export function hasReason(table: RuleTable): boolean {
  return table === 'devices' || table === 'domains' || table === 'addresses';
}

/** Puts what the form made into the policy: in place of the rule it was opened for, the others beside it. */
export function applyRules(policy: Policy, table: RuleTable, index: number | null, rules: readonly Rule[]): Policy {
  const [first, ...rest] = rules;
  if (!first) return policy;
  const begun = index === null ? putRow(policy, table, first as never) : replaceRow(policy, table, index, first as never);
  return rest.reduce((before, rule) => putRow(before, table, rule as never), begun);
}

/** "In an hour", by the clock of the event. */
export function untilIn(minutes: number, now: number, zone: string): string {
  return toWall(now + minutes * 60_000, zone);
}
