// The organisation that is looked at, and what the person who is signed in may do there.
// SPDX-License-Identifier: Apache-2.0
import type { Role } from './generated/graphql';
import { mayWith, useSession, type Right } from './session';

const rightsOf: Record<Role, Right> = { VIEWER: 'SEE', OPERATOR: 'OPERATE', ORGANISER: 'MANAGE', OWNER: 'OWN' };

/** Roles that somebody may give: none above their own (docs/access.md). */
export function rolesUpTo(role: Role | null): Role[] {
  return (['VIEWER', 'OPERATOR', 'ORGANISER', 'OWNER'] as const).filter((each) => mayWith(role, rightsOf[each]));
}

export interface Place {
  /** Empty for who belongs to no organisation: staff. */
  readonly organisationId: string;
  readonly name: string;
  readonly role: Role | null;
  may(right: Right): boolean;
}

export function usePlace(): Place {
  const { organisation, role, may } = useSession();
  return { organisationId: organisation?.id ?? '', name: organisation?.name ?? '', role, may };
}
