// What needs somebody: alarms first, then devices that wait to be admitted, then names nobody has seen here before. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { NewNamesQuery, NowRouterQuery } from '../../generated/graphql';
import type { Device } from '../../live/devices';
import type { Ignored } from './ignored';
import { knownDevices, type PolicyDocument } from './policy';

export type RouterFacts = NonNullable<NowRouterQuery['router']>;
export type Alarm = RouterFacts['alarms']['edges'][number]['node'];
export type NewName = NewNamesQuery['lately']['rows'][number];

export interface Attention {
  readonly alarms: readonly { readonly alarm: Alarm; readonly router: RouterFacts }[];
  /** The newest first. */
  readonly waiting: readonly Device[];
  /** Where newcomers are let in, they are only counted. */
  readonly joined: number;
  readonly names: readonly { readonly name: NewName; readonly routerId: string }[];
}

const joinedWithinMs = 60 * 60_000;

/** Enough devices or bytes that somebody might care. */
const leastDevices = 2;

export function newNamesOf(answer: NewNamesQuery): readonly NewName[] {
  const known = new Set(answer.before.rows.map((row) => row.key));
  return answer.lately.rows.filter((row) => row.key !== '' && !known.has(row.key) && row.deviceCount >= leastDevices);
}

export function attentionOf(routers: readonly RouterFacts[], names: ReadonlyMap<string, readonly NewName[]>, devices: Iterable<Device>, ignored: Ignored, now: number): Attention {
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
    names: [...names].flatMap(([routerId, of]) => of.filter((each) => !ignored.has(`name ${each.key}`)).map((name) => ({ name, routerId }))),
  };
}

/** Names as the texts have them: i18next reads a dot as a step down. */
export const alarmKinds = ['network_foreign_ra', 'dhcp_rogue', 'dhcp_conflict', 'dhcp_pool', 'health_firewall', 'health_dns', 'router_offline'] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** Null for a kind that only a newer server knows. */
export function alarmKind(kind: string): AlarmKind | null {
  return alarmKinds.find((each) => each === kind.replaceAll('.', '_')) ?? null;
}
