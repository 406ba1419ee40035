// What needs somebody: alarms first, then devices that wait to be admitted, then names nobody has seen here before. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { NewNameFieldsFragment, NowRouterQuery } from '../../generated/graphql';
import type { Device } from '../../live/devices';
import type { Ignored } from './ignored';
import { knownDevices, type PolicyDocument } from './policy';

export type RouterFacts = NonNullable<NowRouterQuery['router']>;
export type Alarm = RouterFacts['alarms']['edges'][number]['node'];
export interface NewName extends NewNameFieldsFragment {
  /** A router whose policy decides about it: any of the event's. */
  readonly routerId: string;
}

/** Where names are new: routers of one event have one policy, and are asked about together. */
export interface NamePlace {
  readonly eventId: string | null;
  readonly routerId: string;
}

export interface Attention {
  readonly alarms: readonly { readonly alarm: Alarm; readonly router: RouterFacts }[];
  /** The newest first. */
  readonly waiting: readonly Device[];
  /** Where newcomers are let in, they are only counted. */
  readonly joined: number;
  readonly names: readonly NewName[];
}

const joinedWithinMs = 60 * 60_000;

export function namePlacesOf(routers: readonly RouterFacts[]): readonly NamePlace[] {
  const places = new Map<string, NamePlace>();
  for (const { id, event } of routers) {
    const key = event?.id ?? id;
    if (!places.has(key)) places.set(key, { eventId: event?.id ?? null, routerId: id });
  }
  return [...places.values()];
}

export function attentionOf(routers: readonly RouterFacts[], names: readonly NewName[], devices: Iterable<Device>, ignored: Ignored, now: number): Attention {
  const asks = new Map(routers.map((each) => [each.id, knownDevices(each.policy.document as PolicyDocument)]));
  const waiting: Device[] = [];
  let joined = 0;
  for (const device of devices) {
    const known = asks.get(device.routerId);
    if (known === undefined) continue;
    if (known === null) joined += now - device.firstSeenMs <= joinedWithinMs ? 1 : 0;
    else if (device.banState === 'NONE' && !device.isProtected && !known.has(device.mac) && !ignored.has(`device ${device.id}`)) waiting.push(device);
  }
  waiting.sort((a, b) => b.firstSeenMs - a.firstSeenMs);
  return {
    alarms: routers.flatMap((router) => router.alarms.edges.filter(({ node }) => node.acknowledgedAt === null).map(({ node }) => ({ alarm: node, router }))),
    waiting,
    joined,
    names: names.filter(({ name }) => !ignored.has(`name ${name}`)),
  };
}

/** Names as the texts have them: i18next reads a dot as a step down. */
export const alarmKinds = ['network_foreign_ra', 'dhcp_rogue', 'dhcp_conflict', 'dhcp_pool', 'health_firewall', 'health_dns', 'router_offline'] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** Null for a kind that only a newer server knows. */
export function alarmKind(kind: string): AlarmKind | null {
  return alarmKinds.find((each) => each === kind.replaceAll('.', '_')) ?? null;
}
