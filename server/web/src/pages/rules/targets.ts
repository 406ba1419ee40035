// Where a policy applies: an event with all its routers, or a router that belongs to none. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { PolicyTargetsQuery, ProgressFieldsFragment } from '../../generated/graphql';

export interface Target {
  /** Of the event or the router. */
  readonly id: string;
  readonly kind: 'event' | 'router';
  readonly name: string;
  readonly routers: readonly ProgressFieldsFragment[];
  /** What is decided now: of an event its own count, of a router its desired revision. */
  readonly revision: number;
  readonly endsAt: number | null;
}

export function targetsOf(data: PolicyTargetsQuery): readonly Target[] {
  const events = data.events.edges.map(({ node }): Target => {
    const routers = data.routers.filter((router) => router.event?.id === node.id);
    return { id: node.id, kind: 'event', name: node.name, routers, revision: node.policy.revision, endsAt: node.endsAt ? Date.parse(node.endsAt) : null };
  });
  const alone = data.routers
    .filter((router) => !router.event)
    .map((router): Target => ({ id: router.id, kind: 'router', name: router.name, routers: [router], revision: router.desiredRevision, endsAt: null }));
  return [...events, ...alone];
}

/** The one that is asked for, by its id or by a router of it; else the first that has routers. */
export function chooseTarget(targets: readonly Target[], wanted: string): Target | null {
  const found = targets.find((target) => target.id === wanted) ?? targets.find((target) => target.routers.some((router) => router.id === wanted));
  return found ?? targets.find((target) => target.routers.length > 0) ?? targets[0] ?? null;
}
