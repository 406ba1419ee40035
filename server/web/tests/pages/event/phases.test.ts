// Phases of an event: templates, what is wrong with a draft, and where they stand on the line.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { holdsAt, lineOf, problemsOf, stateOfEvent, templatePhases, type Phase } from '../../../src/pages/event/phases';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 25, hour)).toISOString();
const phase = (name: string, from: number, to: number): Phase => ({ name, startsAt: at(from), endsAt: at(to) });

describe('a template', () => {
  it('makes phases without problems for every kind of event', () => {
    for (const template of ['CONFERENCE', 'LAN_PARTY', 'HACKATHON', 'FESTIVAL', 'SCHOOL'] as const) {
      const phases = templatePhases(template, at(9), at(18), (name) => name);
      expect(problemsOf(phases).every((problem) => problem === null), template).toBe(true);
      expect(phases[0]).toEqual(phase('setUp', 5, 9));
      expect(phases.at(-1)).toEqual(phase('tearDown', 18, 20));
    }
  });
});

it('names what is wrong with a phase', () => {
  expect(problemsOf([phase('a', 1, 2), phase('a', 2, 3), phase(' ', 1, 2), phase('b', 3, 3), { name: 'c', startsAt: '', endsAt: at(1) }])).toEqual([null, 'twice', 'name', 'order', 'times']);
  expect(problemsOf([phase('é'.repeat(32), 1, 2)]), '64 bytes').toEqual(['name']);
});

it('holds from its first moment until the one after it', () => {
  const doors = phase('doors', 9, 18);
  expect([8, 9, 17, 18].map((hour) => holdsAt(doors, Date.parse(at(hour))))).toEqual([false, true, true, false]);
});

it('puts phases that overlap below each other', () => {
  const line = lineOf([phase('show', 10, 12), phase('doors', 8, 16), phase('after', 12, 16)])!;
  expect(line.rows).toBe(2);
  expect(line.bars.map(({ phase: { name }, row, left, width }) => [name, row, left, width])).toEqual([
    ['doors', 0, 0, 1],
    ['show', 1, 0.25, 0.25],
    ['after', 1, 0.5, 0.5],
  ]);
  expect(lineOf([])).toBeNull();
});

it('knows how far an event is', () => {
  const now = Date.parse(at(12));
  expect(stateOfEvent({ startsAt: at(10), endsAt: at(14) }, now)).toBe('running');
  expect(stateOfEvent({ startsAt: at(13), endsAt: at(14) }, now)).toBe('coming');
  expect(stateOfEvent({ startsAt: at(10), endsAt: at(12) }, now)).toBe('over');
  expect(stateOfEvent({ closedAt: at(11) }, now)).toBe('closed');
  expect(stateOfEvent({}, now)).toBe('open');
});
