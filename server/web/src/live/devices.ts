// The devices of the routers that are looked at, as the server tells them: a snapshot, then changes by revision. Pure: no network, no clock.
// SPDX-License-Identifier: Apache-2.0
import type { BanState, DeviceChangedSubscription, DeviceFieldsFragment } from '../generated/graphql';
import type { Urgency } from './paced_store';

export interface Device extends DeviceFieldsFragment {
  readonly routerId: string;
  /** When this browser last heard of it, in milliseconds of its own clock: rates older than a tick are silence. */
  readonly heardAt: number;
  /** firstSeenAt and lastSeenAt in milliseconds: read once, compared often. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** A decision this browser has made and the server has not answered. */
export interface PendingBan {
  readonly was: BanState;
  readonly shown: 'SENT' | 'LIFTING';
}

export interface Devices {
  /** Where to resume, by router; those without a snapshot yet are absent. */
  readonly revisions: ReadonlyMap<string, number>;
  readonly byId: ReadonlyMap<string, Device>;
  readonly pending: ReadonlyMap<string, PendingBan>;
}

export type DeviceChange = DeviceChangedSubscription['deviceChanged'];

export const noDevices: Devices = { revisions: new Map(), byId: new Map(), pending: new Map() };

/** An unwatched router reports every 10 s; a device unheard for longer sends nothing. */
export const rateStaleAfterMs = 12_000;

export function deviceOf(fields: DeviceFieldsFragment, routerId: string, heardAt: number): Device {
  return { ...fields, routerId, heardAt, firstSeenMs: Date.parse(fields.firstSeenAt), lastSeenMs: Date.parse(fields.lastSeenAt) };
}

/** What a person waits for is shown at once: the first snapshot, and a ban that got further. */
export function urgencyOf(state: Devices, routerId: string, change: DeviceChange): Urgency {
  const isNews = (device: DeviceFieldsFragment) => {
    const before = state.byId.get(device.id);
    return before !== undefined && before.banState !== device.banState;
  };
  return !state.revisions.has(routerId) || change.devices.some(isNews) ? 'now' : 'paced';
}

/** A message of a router, and when it came. */
export interface Told {
  readonly routerId: string;
  readonly change: DeviceChange;
  readonly at: number;
}

/** Messages in their order, copied once. Newest wins by the device's own revision; a snapshot is everything there is of its router. */
export function applyChanges(state: Devices, told: readonly Told[]): Devices {
  const byId = new Map(state.byId);
  const pending = new Map(state.pending);
  const revisions = new Map(state.revisions);
  for (const { routerId, change, at } of told) {
    if (change.isSnapshot) for (const device of byId.values()) if (device.routerId === routerId) byId.delete(device.id);
    for (const device of change.devices) {
      const before = byId.get(device.id) ?? state.byId.get(device.id);
      const isOlder = before !== undefined && before.revision > device.revision;
      byId.set(device.id, isOlder ? before : deviceOf(device, routerId, at));
      if (!isOlder && pending.get(device.id)?.was !== device.banState) pending.delete(device.id);
    }
    revisions.set(routerId, Math.max(revisions.get(routerId) ?? 0, change.revision));
  }
  return { revisions, byId, pending };
}

/** The answer to a mutation: the subscription may already know better, so only a newer revision counts. */
export function applyAnswer(state: Devices, device: DeviceFieldsFragment): Devices {
  const before = state.byId.get(device.id);
  if (!before || before.revision >= device.revision) return state;
  return { ...state, byId: new Map(state.byId).set(device.id, deviceOf(device, before.routerId, before.heardAt)) };
}

export function withPending(state: Devices, id: string, banned: boolean): Devices {
  const was = state.byId.get(id)?.banState ?? 'NONE';
  return { ...state, pending: new Map(state.pending).set(id, { was, shown: banned ? 'SENT' : 'LIFTING' }) };
}

export function withoutPending(state: Devices, id: string): Devices {
  const pending = new Map(state.pending);
  pending.delete(id);
  return { ...state, pending };
}

/** A router that has told of others since, and for so long not of this device, has counted nothing of it. */
export const leftOutForMs = 2_500;

/**
 * Devices nobody heard of for a while are silent now; the same state when there are none. `toldAt`: when each router last told of what
 * its devices transfer.
 */
export function silenceStale(state: Devices, now: number, toldAt: ReadonlyMap<string, number> = new Map()): Devices {
  let byId: Map<string, Device> | null = null;
  for (const device of state.byId.values()) {
    if (device.rateUp === 0 && device.rateDown === 0) continue;
    if (now - device.heardAt < rateStaleAfterMs && (toldAt.get(device.routerId) ?? 0) - device.heardAt < leftOutForMs) continue;
    byId ??= new Map(state.byId);
    byId.set(device.id, { ...device, rateUp: 0, rateDown: 0 });
  }
  return byId ? { ...state, byId } : state;
}

export function banStateOf(device: Device, pending: ReadonlyMap<string, PendingBan>): BanState {
  return pending.get(device.id)?.shown ?? device.banState;
}

/** What people call it: the organiser's name, else its own, else its MAC. */
export function labelOf(device: Pick<Device, 'name' | 'hostname' | 'mac'>): string {
  return device.name || device.hostname || device.mac;
}

/** Who was heard this lately is there (Device.isOnline). */
export const onlineWithinMs = 5 * 60_000;

export function devicesHeardWithin(devices: Iterable<Device>, now: number, ms: number): number {
  let count = 0;
  for (const device of devices) if (now - device.lastSeenMs <= ms) count += 1;
  return count;
}
