// The parts of an event: what a template begins with, what is wrong with a draft, where each stands on a line, which one it is now.
// SPDX-License-Identifier: Apache-2.0
import type { EventTemplate } from '../../generated/graphql';

/** Moments in RFC 3339. */
export interface Phase {
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

export type PhaseName = 'setUp' | 'doorsOpen' | 'show' | 'night' | 'lessons' | 'breaks' | 'tearDown';

/** Hours around the event, and parts of it as shares of its length. */
interface Part {
  readonly name: PhaseName;
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;
const setUpMs = 4 * hourMs;
const tearDownMs = 2 * hourMs;
const inside: Record<EventTemplate, readonly Part[]> = {
  CONFERENCE: [
    { name: 'doorsOpen', from: 0, to: 1 },
    { name: 'show', from: 0.1, to: 0.95 },
  ],
  LAN_PARTY: [
    { name: 'doorsOpen', from: 0, to: 1 },
    { name: 'night', from: 0.4, to: 0.7 },
  ],
  HACKATHON: [
    { name: 'doorsOpen', from: 0, to: 1 },
    { name: 'night', from: 0.4, to: 0.7 },
    { name: 'show', from: 0.9, to: 1 },
  ],
  FESTIVAL: [
    { name: 'doorsOpen', from: 0, to: 1 },
    { name: 'show', from: 0.15, to: 0.9 },
  ],
  SCHOOL: [
    { name: 'lessons', from: 0, to: 1 },
    { name: 'breaks', from: 0.45, to: 0.55 },
  ],
};

/** To begin with; names by `nameOf`, moments rounded to five minutes. */
export function templatePhases(template: EventTemplate, startsAt: string, endsAt: string, nameOf: (name: PhaseName) => string): Phase[] {
  const from = Date.parse(startsAt);
  const length = Date.parse(endsAt) - from;
  const rounded = (ms: number) => new Date(Math.round(ms / 300_000) * 300_000).toISOString();
  const within = inside[template].map(({ name, from: first, to }) => ({ name: nameOf(name), startsAt: rounded(from + first * length), endsAt: rounded(from + to * length) }));
  return [
    { name: nameOf('setUp'), startsAt: rounded(from - setUpMs), endsAt: rounded(from) },
    ...within,
    { name: nameOf('tearDown'), startsAt: rounded(from + length), endsAt: rounded(from + length + tearDownMs) },
  ];
}

export type PhaseProblem = 'name' | 'twice' | 'times' | 'order';

/** One for each phase that cannot stay as it is; null for those that can. */
export function problemsOf(phases: readonly Phase[]): (PhaseProblem | null)[] {
  const names = phases.map(({ name }) => name.trim());
  return phases.map((phase, index) => {
    const name = names[index]!;
    if (!name || new TextEncoder().encode(name).length > 63) return 'name';
    if (names.indexOf(name) !== index) return 'twice';
    const [from, to] = [Date.parse(phase.startsAt), Date.parse(phase.endsAt)];
    if (Number.isNaN(from) || Number.isNaN(to)) return 'times';
    return to > from ? null : 'order';
  });
}

export function holdsAt(phase: Phase, at: number): boolean {
  return Date.parse(phase.startsAt) <= at && at < Date.parse(phase.endsAt);
}

export interface Bar {
  readonly phase: Phase;
  /** Shares of the whole line. */
  readonly left: number;
  readonly width: number;
  /** Phases that overlap stand below each other. */
  readonly row: number;
}

export interface Line {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly bars: readonly Bar[];
}

/** Null when there is nothing to draw. */
export function lineOf(phases: readonly Phase[]): Line | null {
  const sorted = phases.filter((_, index) => problemsOf(phases)[index] === null).sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  if (sorted.length === 0) return null;
  const from = Math.min(...sorted.map((phase) => Date.parse(phase.startsAt)));
  const to = Math.max(...sorted.map((phase) => Date.parse(phase.endsAt)));
  const ends: number[] = [];
  const bars = sorted.map((phase) => {
    const start = Date.parse(phase.startsAt);
    const free = ends.findIndex((end) => end <= start);
    const row = free < 0 ? ends.length : free;
    ends[row] = Date.parse(phase.endsAt);
    return { phase, left: (start - from) / (to - from), width: (Date.parse(phase.endsAt) - start) / (to - from), row };
  });
  return { from, to, rows: ends.length, bars };
}

export type EventState = 'closed' | 'over' | 'running' | 'coming' | 'open';

export function stateOfEvent({ startsAt, endsAt, closedAt }: { startsAt?: string | null; endsAt?: string | null; closedAt?: string | null }, now: number): EventState {
  if (closedAt) return 'closed';
  if (endsAt && Date.parse(endsAt) <= now) return 'over';
  if (startsAt && Date.parse(startsAt) > now) return 'coming';
  return startsAt ? 'running' : 'open';
}
