// Rules of a phase are ordinary rules of the policy that name a schedule of that phase.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { rulesOfPhase, withoutRule, withRule } from '../../../src/pages/event/phase_rules';

const empty = { mode: 'block-listed', schedules: [], domains: [], categories: [], services: [], limits: [] };
const quiet = { table: 'services', subject: 'youtube', decision: 'deny' } as const;

it('writes a rule with a schedule of the phase alone, and finds it again', () => {
  const policy = withRule(empty, 'show', quiet);
  expect(policy).toEqual({ ...empty, schedules: [{ name: 'show', phases: ['show'] }], services: [{ service: 'youtube', decision: 'deny', schedule: 'show' }] });
  expect(rulesOfPhase(policy, 'show')).toEqual([{ table: 'services', index: 0, subject: 'youtube', decision: 'deny', hasHours: false }]);
  expect(rulesOfPhase(policy, 'doors')).toEqual([]);
});

it('uses the same schedule for the next rule, and takes it away with the last', () => {
  const two = withRule(withRule(empty, 'show', quiet), 'show', { table: 'domains', subject: 'example.org', decision: 'allow' });
  expect((two as { schedules: unknown[] }).schedules).toHaveLength(1);
  const one = withoutRule(two, rulesOfPhase(two, 'show')[1]!);
  expect(rulesOfPhase(one, 'show').map(({ subject }) => subject)).toEqual(['example.org']);
  expect(withoutRule(one, rulesOfPhase(one, 'show')[0]!)).toEqual(empty);
});

it('leaves a schedule of that name with other hours alone', () => {
  const busy = { ...empty, schedules: [{ name: 'show', windows: [{ from: '19:00', to: '24:00' }], phases: ['show'] }] };
  const policy = withRule(busy, 'show', quiet) as { schedules: { name: string }[]; services: { schedule: string }[] };
  expect(policy.schedules.map(({ name }) => name)).toEqual(['show', 'show 2']);
  expect(policy.services[0]?.schedule).toBe('show 2');
});

it('keeps a schedule that a limit still names', () => {
  const limited = { ...(withRule(empty, 'show', quiet) as object), limits: [{ schedule: 'show', down_kbit: 1 }] };
  const rest = withoutRule(limited, rulesOfPhase(limited, 'show')[0]!) as { schedules: unknown[] };
  expect(rest.schedules).toHaveLength(1);
});
