// The traffic of one router over the last minutes: 10-second buckets, the rate now, top names. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { NameFieldsFragment, RecentTrafficQuery, RouterFieldsFragment, TrafficChangedSubscription } from '../generated/graphql';
import { rateStaleAfterMs } from './devices';

export type TrafficPoint = TrafficChangedSubscription['trafficChanged']['points'][number];
export type TrafficChange = TrafficChangedSubscription['trafficChanged'];
export type RecentTraffic = RecentTrafficQuery['traffic'];

export interface Rate {
  readonly up: number;
  readonly down: number;
}

/** By how much the newest buckets grew with a message. */
export interface Arrival extends Rate {
  readonly at: number;
}

export interface Traffic {
  readonly rate: Rate;
  /** The rate over the last seconds, so that the end of the line does not jump with every packet. */
  readonly smoothRate: Rate;
  readonly rateAt: number;
  /** Bytes that came with the newest messages, oldest first: what the rate is taken from. */
  readonly came: readonly Arrival[];
  /** Since when messages come one soon after the other. */
  readonly steadySince: number;
  /** Oldest first, one a bucket. */
  readonly points: readonly TrafficPoint[];
  readonly topNames: readonly NameFieldsFragment[];
  /** This browser's clock minus the server's, as small as the buckets have proven; null before the first. */
  readonly clockSkewMs: number | null;
  readonly router: RouterFieldsFragment | null;
}

export const bucketMs = 10_000;
export const windowMs = 10 * 60_000;

const silent: Rate = { up: 0, down: 0 };

export const noTraffic: Traffic = { rate: silent, smoothRate: silent, rateAt: 0, came: [], steadySince: 0, points: [], topNames: [], clockSkewMs: null, router: null };

export function applyTraffic(state: Traffic, change: TrafficChange, now: number): Traffic {
  const points = merge(state.points, change.points);
  const isSteady = state.rateAt !== 0 && now - state.rateAt <= longestGapMs;
  const steadySince = isSteady ? state.steadySince : now;
  const came = arrived(isSteady ? state : { ...state, came: [] }, change, now);
  const rate = change.rateUp === 0 && change.rateDown === 0 ? silent : now - steadySince < bucketMs ? lastWhole(points, change) : rateOf(came);
  return {
    rate,
    smoothRate: smooth(state.smoothRate, rate, now - state.rateAt),
    rateAt: now,
    came,
    steadySince,
    points,
    topNames: change.topNames,
    clockSkewMs: skew(state.clockSkewMs, change.points, now),
    router: change.router,
  };
}

/** History asked for once and after each reconnection; what is known already and newer stays. */
export function applyRecent(state: Traffic, recent: RecentTraffic): Traffic {
  const topNames = state.topNames.length > 0 ? state.topNames : recent.topNames;
  return { ...state, points: merge(recent.points, state.points), topNames };
}

export function silenceStaleRate(state: Traffic, now: number): Traffic {
  if ((state.rate.up === 0 && state.rate.down === 0) || now - state.rateAt < rateStaleAfterMs) return state;
  return { ...state, rate: silent, smoothRate: silent, came: [] };
}

/** Long enough for several messages of a router that is looked at, short enough to be now. */
const rateOverMs = 3_000;
/** A router that is looked at tells every quarter second; what comes after a longer gap may be of all of it. */
const longestGapMs = 2_000;

/** Only the newest two buckets: what comes later belongs to another time. */
function arrived(state: Traffic, change: TrafficChange, now: number): readonly Arrival[] {
  const known = new Map(state.points.map((point) => [Date.parse(point.at), point]));
  const newest = Math.max(...change.points.map((point) => Date.parse(point.at)), ...known.keys());
  const grown = { at: now, up: 0, down: 0 };
  for (const point of change.points) {
    const start = Date.parse(point.at);
    const before = known.get(start);
    if (start < newest - bucketMs || known.size === 0) continue;
    grown.up += Math.max(0, point.bytesUp - (before?.bytesUp ?? 0));
    grown.down += Math.max(0, point.bytesDown - (before?.bytesDown ?? 0));
  }
  const all = [...state.came, grown];
  const from = all.findLastIndex((each) => now - each.at >= rateOverMs);
  return all.slice(Math.max(0, from));
}

/**
 * Bits a second by what came since the oldest message that is kept. Not the sum of what the server says of each device: that is of its last
 * tick, and stands for longer than its quarter second, so that with devices that come and go it is too much.
 */
function rateOf(came: readonly Arrival[]): Rate {
  const span = came.at(-1)!.at - came[0]!.at;
  const sum = came.slice(1).reduce((all, each) => ({ up: all.up + each.up, down: all.down + each.down }), silent);
  return { up: Math.round((sum.up * 8_000) / span), down: Math.round((sum.down * 8_000) / span) };
}

/** Of the newest bucket that is over: while messages begin, one may tell of ten seconds. Without one, what the server says. */
function lastWhole(points: readonly TrafficPoint[], { rateUp, rateDown }: TrafficChange): Rate {
  const point = points.at(-2);
  return point ? { up: (point.bytesUp * 8_000) / bucketMs, down: (point.bytesDown * 8_000) / bucketMs } : { up: rateUp, down: rateDown };
}

/** `newer` replaces the buckets with the same start; older than the window goes. */
function merge(older: readonly TrafficPoint[], newer: readonly TrafficPoint[]): readonly TrafficPoint[] {
  if (newer.length === 0) return older;
  const byStart = new Map<number, TrafficPoint>();
  for (const point of older) byStart.set(Date.parse(point.at), point);
  for (const point of newer) byStart.set(Date.parse(point.at), point);
  const starts = [...byStart.keys()].sort((a, b) => a - b);
  const from = (starts.at(-1) ?? 0) - windowMs;
  return starts.filter((start) => start >= from).map((start) => byStart.get(start)!);
}

/** Exponential, with a memory of about two seconds whatever the pace of the messages. */
function smooth(before: Rate, rate: Rate, elapsedMs: number): Rate {
  const keep = Math.exp(-Math.max(elapsedMs, 0) / 2_000);
  return { up: before.up * keep + rate.up * (1 - keep), down: before.down * keep + rate.down * (1 - keep) };
}

/** A bucket never starts after the server's now, so the smallest difference seen is the closest to the truth. */
function skew(before: number | null, points: readonly TrafficPoint[], now: number): number | null {
  const newest = points.at(-1);
  if (!newest) return before;
  const seen = now - Date.parse(newest.at);
  return before === null ? seen : Math.min(before, seen);
}

/** Of several routers: rates and buckets added up, the same name once. */
export function sumOf(all: Iterable<Traffic>): Traffic {
  const parts = [...all];
  if (parts.length === 1) return parts[0]!;
  const rate = (of: (traffic: Traffic) => Rate) => parts.reduce((sum, part) => ({ up: sum.up + of(part).up, down: sum.down + of(part).down }), silent);
  const points = new Map<number, TrafficPoint>();
  const names = new Map<string, NameFieldsFragment>();
  for (const part of parts) {
    for (const point of part.points) {
      const at = Date.parse(point.at);
      const before = points.get(at);
      points.set(at, before ? { ...point, bytesUp: before.bytesUp + point.bytesUp, bytesDown: before.bytesDown + point.bytesDown } : point);
    }
    for (const name of part.topNames) {
      const before = names.get(name.name);
      names.set(name.name, before ? { ...name, bytesUp: before.bytesUp + name.bytesUp, bytesDown: before.bytesDown + name.bytesDown, deviceCount: before.deviceCount + name.deviceCount } : name);
    }
  }
  return {
    rate: rate((part) => part.rate),
    smoothRate: rate((part) => part.smoothRate),
    rateAt: Math.max(0, ...parts.map((part) => part.rateAt)),
    came: [],
    steadySince: 0,
    points: [...points.keys()].sort((a, b) => a - b).map((at) => points.get(at)!),
    topNames: [...names.values()].sort((a, b) => b.bytesUp + b.bytesDown - a.bytesUp - a.bytesDown).slice(0, 10),
    clockSkewMs: parts.reduce<number | null>((least, { clockSkewMs }) => (clockSkewMs === null ? least : Math.min(least ?? clockSkewMs, clockSkewMs)), null),
    router: null,
  };
}
