// How far a decision has come: which routers enforce it, which will, and which say why not. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { ProgressFieldsFragment } from '../../generated/graphql';

export type RouterProgress = 'inForce' | 'sent' | 'waiting' | 'refused';

export interface Progress {
  readonly inForce: number;
  readonly of: number;
  readonly isDone: boolean;
  readonly routers: readonly { readonly router: ProgressFieldsFragment; readonly state: RouterProgress }[];
}

/** `waiting`: the router is not heard, and gets it when it is back. */
export function progressOf(router: ProgressFieldsFragment): RouterProgress {
  if (router.appliedRevision >= router.desiredRevision) return 'inForce';
  if (router.applyError !== '') return 'refused';
  return router.linkState === 'ONLINE' ? 'sent' : 'waiting';
}

export function progress(routers: readonly ProgressFieldsFragment[]): Progress {
  const each = routers.map((router) => ({ router, state: progressOf(router) }));
  const inForce = each.filter(({ state }) => state === 'inForce').length;
  return { inForce, of: each.length, isDone: inForce === each.length, routers: each };
}
