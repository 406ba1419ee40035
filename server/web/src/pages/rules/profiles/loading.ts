// What loading a profile would change: an event keeps its own time zone and phases, and every place its own never-blocked names. Pure.
// SPDX-License-Identifier: Apache-2.0
import { diff, type Change } from '../../../policy/diff';
import type { Policy } from '../../../policy/policy';

/** As the server loads it (docs/policy.md, Profiles). */
export function loaded(before: Policy, profile: Policy, kind: 'event' | 'router'): Policy {
  const { never_blocked } = before;
  if (kind === 'router') return { ...profile, never_blocked };
  const names = new Set(before.phases.map(({ name }) => name));
  const phases = [...before.phases, ...profile.phases.filter(({ name }) => !names.has(name))];
  return { ...profile, never_blocked, time_zone: before.time_zone, phases };
}

export function changesOfLoading(before: Policy, profile: Policy, kind: 'event' | 'router'): readonly Change[] {
  return diff({ ...before, never_blocked: [] }, { ...loaded(before, profile, kind), never_blocked: [] });
}
