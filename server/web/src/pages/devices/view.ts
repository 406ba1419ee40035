// Which devices are shown and in which order: filters, sorting, and an order that stands still. Pure: no network, no clock.
// SPDX-License-Identifier: Apache-2.0
import { labelOf, type Device } from '../../live/devices';

export const states = ['all', 'online', 'new', 'banned', 'protected', 'randomised'] as const;
export type State = (typeof states)[number];

export const columnIds = ['device', 'address', 'rateDown', 'rateUp', 'bytesDown', 'bytesUp', 'lastSeenAt'] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Sort {
  readonly id: ColumnId;
  readonly desc: boolean;
}

/** As the server's DeviceFilter.online. */
export const onlineWithinMs = 5 * 60_000;
export const newWithinMs = 60 * 60_000;
export const reorderEveryMs = 2_000;

export const defaultSort: Sort = { id: 'rateDown', desc: true };

/** "-rateDown" in the address bar; what does not name a column is the default. */
export function sortOf(text: string): Sort {
  const id = columnIds.find((each) => each === text.replace(/^-/, ''));
  return id ? { id, desc: text.startsWith('-') } : defaultSort;
}

export function textOf({ id, desc }: Sort): string {
  return id === defaultSort.id && desc === defaultSort.desc ? '' : `${desc ? '-' : ''}${id}`;
}

export function stateOf(text: string): State {
  return states.find((each) => each === text) ?? 'all';
}

export function isIn(device: Device, state: State, now: number): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'online':
      return now - device.lastSeenMs <= onlineWithinMs;
    case 'new':
      return now - device.firstSeenMs <= newWithinMs;
    case 'banned':
      return device.banState === 'SENT' || device.banState === 'IN_FORCE';
    case 'protected':
      return device.isProtected;
    case 'randomised':
      return device.isRandomisedMac;
  }
}

/** How many there are of each, in one go. */
export function countsOf(devices: Iterable<Device>, now: number): Record<State, number> {
  const counts = { all: 0, online: 0, new: 0, banned: 0, protected: 0, randomised: 0 };
  for (const device of devices) for (const state of states) if (isIn(device, state, now)) counts[state] += 1;
  return counts;
}

/** Every word of the filter in the name, the host name, the group, the MAC or the address. */
export function matches(device: Device, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${device.name} ${device.hostname} ${device.group ?? ''} ${device.mac} ${device.address ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

export function wordsOf(filter: string): readonly string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean);
}

/** 10.0.0.9 comes before 10.0.0.10; no address comes last. */
export function addressNumber(address: string | null): number {
  if (!address) return Number.MAX_SAFE_INTEGER;
  let number = 0;
  for (const part of address.split('.')) number = number * 256 + Number(part);
  return number;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const keys: Record<Exclude<ColumnId, 'device'>, (device: Device) => number> = {
  address: (device) => addressNumber(device.address),
  rateDown: (device) => device.rateDown,
  rateUp: (device) => device.rateUp,
  bytesDown: (device) => device.bytesDown,
  bytesUp: (device) => device.bytesUp,
  lastSeenAt: (device) => device.lastSeenMs,
};

/** Ties go by bytes received, then by first seen, so that nothing flickers. */
export function sorted(devices: Device[], { id, desc }: Sort): Device[] {
  const sign = desc ? -1 : 1;
  const ties = (a: Device, b: Device) => b.bytesDown - a.bytesDown || a.firstSeenMs - b.firstSeenMs;
  if (id === 'device') return devices.sort((a, b) => sign * collator.compare(labelOf(a), labelOf(b)) || ties(a, b));
  const key = keys[id];
  const rows = devices.map((device) => ({ device, key: sign * key(device) }));
  return rows.sort((a, b) => a.key - b.key || ties(a.device, b.device)).map(({ device }) => device);
}

export interface View {
  readonly sort: Sort;
  readonly state: State;
  readonly filter: string;
}

export interface Order {
  /** Of the view it was made for. */
  readonly key: string;
  readonly at: number;
  readonly ids: readonly string[];
  /** The same, to look up. */
  readonly known: ReadonlySet<string>;
}

export const noOrder: Order = { key: '', at: 0, ids: [], known: new Set() };

export function keyOf({ sort, state, filter }: View): string {
  return `${sort.desc ? '-' : ''}${sort.id}/${state}/${filter}`;
}

/** So many at once are a router's first word of all it knows: they are put in their places, not below the others. */
const crowd = 50;

/** What the person asked for is done at once; otherwise rows move at a pace the eye can follow, and not at all while `isHeld`. */
export function nextOrder(before: Order, devices: ReadonlyMap<string, Device>, view: View, isHeld: boolean, now: number): Order {
  const key = keyOf(view);
  const isDue = before.key !== key || before.ids.length === 0 || (!isHeld && now - before.at >= reorderEveryMs);
  const words = wordsOf(view.filter);
  const belongs = (device: Device) => isIn(device, view.state, now) && matches(device, words);
  if (!isDue) {
    const order = extended(before, devices, belongs);
    if (isHeld || order.ids.length - before.ids.length < crowd) return order;
  }
  // Beginning with the order of before: what is nearly sorted is sorted fast.
  const shown: Device[] = [];
  const base = before.key === key ? before : noOrder;
  for (const id of base.ids) {
    const device = devices.get(id);
    if (device && belongs(device)) shown.push(device);
  }
  for (const device of devices.values()) if (!base.known.has(device.id) && belongs(device)) shown.push(device);
  return orderOf(key, now, sorted(shown, view.sort).map((device) => device.id));
}

/** Who was there stays where it was, who is new comes at the end, who is gone goes; the same order when nobody came or went. */
function extended(before: Order, devices: ReadonlyMap<string, Device>, belongs: (device: Device) => boolean): Order {
  const added: string[] = [];
  for (const device of devices.values()) if (!before.known.has(device.id) && belongs(device)) added.push(device.id);
  if (added.length === 0 && before.ids.every((id) => devices.has(id))) return before;
  return orderOf(before.key, before.at, [...before.ids.filter((id) => devices.has(id)), ...added]);
}

function orderOf(key: string, at: number, ids: readonly string[]): Order {
  return { key, at, ids, known: new Set(ids) };
}
