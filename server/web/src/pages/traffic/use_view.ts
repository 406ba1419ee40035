// What is looked at, as the address bar says it: range, comparison, moment; a preset moves on with the clock.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import { useScope } from '../../scope';
import { useSetUrlParams, useUrlParam } from '../../url_params';
import { parseComparison, parseRange, rangeText, spanOf, type Comparison, type Range, type Span } from './range';

const moveEveryMs = 60_000;

export interface View {
  readonly range: Range;
  readonly span: Span;
  readonly comparison: Comparison;
  /** The moment somebody looks at; null: the whole range. */
  readonly at: number | null;
  readonly now: number;
  setRange(range: Range): void;
  setComparison(comparison: Comparison): void;
  setAt(at: number | null): void;
  /** A range and a moment in it, together. */
  goTo(span: Span, at: number): void;
}

export function useView(zone: string): View {
  const { event } = useScope();
  const [rangeParam] = useUrlParam('range');
  const [compareParam] = useUrlParam('compare');
  const [atParam] = useUrlParam('at');
  const set = useSetUrlParams();
  const now = useMinute();
  const range = useMemo(() => parseRange(rangeParam), [rangeParam]);
  const startsAt = event?.startsAt ? Date.parse(event.startsAt) : null;
  const endsAt = event?.endsAt ? Date.parse(event.endsAt) : null;
  const span = useMemo(() => spanOf(range, now, event ? { startsAt, endsAt } : null), [range, now, event?.id, startsAt, endsAt, zone]);
  const parsedAt = Date.parse(atParam);
  const at = Number.isNaN(parsedAt) || parsedAt < span.from || parsedAt >= span.to ? null : parsedAt;
  return {
    range,
    span,
    comparison: parseComparison(compareParam),
    at,
    now,
    setRange: (next) => set({ range: rangeText(next), at: null }, 'push'),
    setComparison: (next) => set({ compare: next === 'none' ? null : next }),
    setAt: (next) => set({ at: next === null ? null : isoOf(next) }),
    goTo: (next, moment) => set({ range: rangeText({ kind: 'own', ...next }), at: isoOf(moment) }, 'push'),
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString().replace(/\.000Z$/, 'Z');
}

/** The minute that has begun: ranges that end now are asked for again when it is over. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => floor(Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setMinute(floor(Date.now())), moveEveryMs / 4);
    return () => clearInterval(timer);
  }, []);
  return minute;
}

function floor(at: number): number {
  return Math.floor(at / moveEveryMs) * moveEveryMs;
}
