// What the reader may do here; the server asks again. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { Role } from '../../generated/graphql';

export interface Rights {
  /** Replace policies, keep and load profiles, import lists. */
  readonly manage: boolean;
  /** Let a name through. */
  readonly operate: boolean;
}

export function rightsOf(role: Role | null | undefined): Rights {
  const manage = role === 'OWNER' || role === 'ORGANISER';
  return { manage, operate: manage || role === 'OPERATOR' };
}
