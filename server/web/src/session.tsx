// Who is signed in, for which organisation, and what they may do. The server decides; this only keeps buttons honest.
// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { MeQuery, Role } from './generated/graphql';
import { useUrlParam } from './url_params';

export type Me = NonNullable<MeQuery['me']>;
export type Right = 'SEE' | 'OPERATE' | 'MANAGE' | 'OWN';

const ranks: Record<Role, number> = { VIEWER: 1, OPERATOR: 2, ORGANISER: 3, OWNER: 4 };
const needed: Record<Right, number> = { SEE: 1, OPERATE: 2, MANAGE: 3, OWN: 4 };

export function mayWith(role: Role | null, right: Right): boolean {
  return role !== null && ranks[role] >= needed[right];
}

/** The strongest of several memberships (of the organisation, of events of it). */
export function strongest(roles: readonly Role[]): Role | null {
  return roles.reduce<Role | null>((best, role) => (best === null || ranks[role] > ranks[best] ? role : best), null);
}

export interface Session {
  readonly me: Me;
  /** What is looked at; null for staff without a membership. */
  readonly organisation: { readonly id: string; readonly name: string } | null;
  readonly role: Role | null;
  may(right: Right): boolean;
  signOut(): void;
  /** To be called when the server says that nobody is signed in any more. */
  ended(): void;
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ me, signOut, ended, children }: { me: Me; signOut: () => void; ended: () => void; children: ReactNode }) {
  const [wanted] = useUrlParam('organisation');
  const session = useMemo(() => {
    const membership = me.memberships.find((each) => each.organisation.id === wanted) ?? me.memberships[0];
    const organisation = membership?.organisation ?? null;
    const role = strongest(me.memberships.filter((each) => each.organisation.id === organisation?.id).map((each) => each.role));
    return { me, organisation, role, may: (right: Right) => mayWith(role, right), signOut, ended };
  }, [me, wanted, signOut, ended]);
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('useSession outside of a session');
  return session;
}
