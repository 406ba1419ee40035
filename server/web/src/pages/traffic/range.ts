// Which time is looked at, and which it is compared with: as it stands in the address bar, and in milliseconds. Pure.
// SPDX-License-Identifier: Apache-2.0
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const presets = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Preset = (typeof presets)[number];
export const comparisons = ['none', 'before', 'day', 'week'] as const;
export type Comparison = (typeof comparisons)[number];

/** A preset moves with the clock, the event's is its own time, an own one stands still. */
export type Range = { readonly kind: 'preset'; readonly preset: Preset } | { readonly kind: 'event' } | ({ readonly kind: 'own' } & Span);

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
const lengths: Record<Preset, number> = { '1h': hourMs, '6h': 6 * hourMs, '24h': dayMs, '7d': 7 * dayMs, '30d': 30 * dayMs };

/** The server keeps sums of an hour for 1100 days at most; nobody asks for more. */
const longestMs = 1_100 * dayMs;

export function parseRange(text: string): Range {
  if (text === 'event') return { kind: 'event' };
  const preset = presets.find((each) => each === text);
  if (preset) return { kind: 'preset', preset };
  const [from, to] = text.split('~').map((part) => Date.parse(part));
  if (from !== undefined && to !== undefined && to > from && to - from <= longestMs) return { kind: 'own', from, to };
  return { kind: 'preset', preset: '24h' };
}

export function rangeText(range: Range): string {
  if (range.kind === 'event') return 'event';
  if (range.kind === 'preset') return range.preset === '24h' ? '' : range.preset;
  return `${isoMinute(range.from)}~${isoMinute(range.to)}`;
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** Never beyond now: nobody knows what will be. */
export function spanOf(range: Range, now: number, event: { readonly startsAt: number | null; readonly endsAt: number | null } | null): Span {
  if (range.kind === 'own') return { from: Math.min(range.from, now - 60_000), to: Math.min(range.to, now) };
  if (range.kind === 'preset') return { from: now - lengths[range.preset], to: now };
  const to = Math.min(event?.endsAt ?? now, now);
  return { from: Math.min(event?.startsAt ?? to - dayMs, to - hourMs), to };
}

export function compareSpan(span: Span, comparison: Comparison): Span | null {
  const by = { none: 0, before: span.to - span.from, day: dayMs, week: 7 * dayMs }[comparison];
  return by === 0 ? null : { from: span.from - by, to: span.to - by };
}

export function parseComparison(text: string): Comparison {
  return comparisons.find((each) => each === text) ?? 'none';
}

/** What the lists are about while somebody looks at one moment: at least five minutes, because that is how names are added up. */
export function momentSpan(at: number, stepMs: number): Span {
  const length = Math.max(stepMs, 5 * 60_000);
  const from = Math.floor(at / length) * length;
  return { from, to: from + length };
}

/** The span moved so that `at` lies in it, when it does not yet. */
export function spanAround(span: Span, at: number, now: number): Span {
  if (at >= span.from && at < span.to) return span;
  const length = span.to - span.from;
  const to = Math.min(at + length / 2, now);
  return { from: to - length, to };
}

/** By half or double, around the middle, never beyond now nor under ten minutes. */
export function zoom(span: Span, factor: number, now: number): Span {
  const length = Math.min(Math.max((span.to - span.from) * factor, 10 * 60_000), longestMs);
  const to = Math.min((span.from + span.to) / 2 + length / 2, now);
  return { from: to - length, to };
}

export function pan(span: Span, parts: number, now: number): Span {
  const length = span.to - span.from;
  const to = Math.min(span.to + length * parts, now);
  return { from: to - length, to };
}
