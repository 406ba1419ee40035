// The four ticks at the end of the first run: from what the router really reported, never from hope.
// SPDX-License-Identifier: Apache-2.0
import type { FirstTicksQuery } from '../../generated/graphql';

export type Tick = 'waiting' | 'ok' | 'problem';

export interface Ticks {
  /** The router reached the server over the venue's Internet. */
  readonly internet: Tick;
  /** A guest's name was answered, and the router's own check of its DNS raises no alarm. */
  readonly dns: Tick;
  /** The router confirmed the rules that were decided, and its check of the firewall raises no alarm. */
  readonly filtering: Tick;
  /** A device has a lease. */
  readonly address: Tick;
}

export type Facts = NonNullable<FirstTicksQuery['router']>;

export function ticksOf(router: Facts, hasNames: boolean): Ticks {
  const alarms = new Set(router.alarms.edges.map(({ node }) => node.kind));
  const isOnline = router.linkState === 'ONLINE';
  const isApplied = router.appliedRevision > 0 && router.appliedRevision === router.desiredRevision;
  return {
    internet: isOnline ? 'ok' : router.linkState === 'OFFLINE' ? 'problem' : 'waiting',
    dns: alarms.has('health.dns') ? 'problem' : hasNames ? 'ok' : 'waiting',
    filtering: router.applyError || alarms.has('health.firewall') ? 'problem' : isApplied ? 'ok' : 'waiting',
    address: router.leases.edges.length > 0 ? 'ok' : 'waiting',
  };
}

export function isDone(ticks: Ticks): boolean {
  return Object.values(ticks).every((tick) => tick === 'ok');
}
