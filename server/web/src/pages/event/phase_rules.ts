// Which rules of an event hold in a phase, and how one more is written into its policy (docs/policy.md): a schedule of that phase, a rule that names it.
// SPDX-License-Identifier: Apache-2.0
interface Schedule {
  readonly name: string;
  readonly windows?: readonly unknown[];
  readonly phases?: readonly string[];
}

interface Row {
  readonly schedule?: string;
  readonly decision?: 'allow' | 'deny';
  readonly [member: string]: unknown;
}

const tables = ['domains', 'addresses', 'categories', 'services', 'lists', 'devices'] as const;
export type RuleTable = (typeof tables)[number];
const subjects: Record<RuleTable, string> = { domains: 'domain', addresses: 'prefix', categories: 'category', services: 'service', lists: 'list', devices: 'device' };

export interface PhaseRule {
  readonly table: RuleTable;
  /** Its place in the table. */
  readonly index: number;
  readonly subject: string;
  readonly decision: 'allow' | 'deny';
  /** The schedule has hours of the day too. */
  readonly hasHours: boolean;
}

type Document = Readonly<Record<string, unknown>>;

const rowsOf = (document: Document, table: string): readonly Row[] => (Array.isArray(document[table]) ? (document[table] as Row[]) : []);
const schedulesOf = (document: Document): readonly Schedule[] => rowsOf(document, 'schedules') as unknown as Schedule[];

export function rulesOfPhase(policy: unknown, phase: string): PhaseRule[] {
  const document = policy as Document;
  const schedules = new Map(schedulesOf(document).map((schedule) => [schedule.name, schedule]));
  return tables.flatMap((table) =>
    rowsOf(document, table).flatMap((row, index): PhaseRule[] => {
      const schedule = row.schedule ? schedules.get(row.schedule) : undefined;
      if (!schedule?.phases?.includes(phase)) return [];
      return [{ table, index, subject: String(row[subjects[table]] ?? ''), decision: row.decision ?? 'deny', hasHours: (schedule.windows?.length ?? 0) > 0 }];
    }),
  );
}

/** The schedule of this phase alone, made when there is none yet. */
function scheduleFor(document: Document, phase: string): { name: string; schedules: readonly Schedule[] } {
  const schedules = schedulesOf(document);
  const found = schedules.find(({ phases, windows }) => phases?.length === 1 && phases[0] === phase && !windows?.length);
  if (found) return { name: found.name, schedules };
  const taken = new Set(schedules.map(({ name }) => name));
  let name = phase;
  for (let number = 2; taken.has(name); number++) name = `${phase} ${number}`;
  return { name, schedules: [...schedules, { name, phases: [phase] }] };
}

export function withRule(policy: unknown, phase: string, rule: { table: 'domains' | 'categories' | 'services'; subject: string; decision: 'allow' | 'deny' }): unknown {
  const document = policy as Document;
  const { name, schedules } = scheduleFor(document, phase);
  const row = { [subjects[rule.table]]: rule.subject, decision: rule.decision, schedule: name };
  return { ...document, schedules, [rule.table]: [...rowsOf(document, rule.table), row] };
}

/** A schedule that only this rule named goes too. */
export function withoutRule(policy: unknown, { table, index }: PhaseRule): unknown {
  const document = policy as Document;
  const gone = rowsOf(document, table)[index]?.schedule;
  const rest: Document = { ...document, [table]: rowsOf(document, table).filter((_, each) => each !== index) };
  const isNamed = [...tables, 'limits'].some((each) => rowsOf(rest, each).some((row) => row.schedule === gone));
  return isNamed ? rest : { ...rest, schedules: schedulesOf(rest).filter(({ name }) => name !== gone) };
}
