// What is looked at: an event, a router, or all routers. It is in the link (?event= or ?router=) and stays from page to page.
// SPDX-License-Identifier: Apache-2.0
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useQuery } from 'urql';
import { ScopeDocument, type RouterFieldsFragment, type ScopeQuery } from './generated/graphql';
import { isUnauthenticated } from './graphql/client';
import { useSession } from './session';
import { useSetUrlParams } from './url_params';

export type ScopeEvent = ScopeQuery['events']['edges'][number]['node'];

export interface Scope {
  /** Everything there is to choose from. */
  readonly allRouters: readonly RouterFieldsFragment[];
  readonly events: readonly ScopeEvent[];
  /** The chosen event; null when a router or everything is looked at. */
  readonly event: ScopeEvent | null;
  /** The chosen router, or the only one there is to look at; null otherwise. */
  readonly router: RouterFieldsFragment | null;
  /** Those that are looked at. */
  readonly routers: readonly RouterFieldsFragment[];
  readonly state: 'loading' | 'failed' | 'ready';
  choose(what: { event: string } | { router: string } | 'all'): void;
  /** Asks the server for routers and events again: after one was claimed, made or closed. */
  refresh(): void;
}

const refreshEveryMs = 15_000;
const kept = ['event', 'router', 'organisation', 'all'];
const Context = createContext<Scope | null>(null);

/** Pure: what the link asks for, of what there is. By default the event that goes on, else everything. */
export function pick(routers: readonly RouterFieldsFragment[], events: readonly ScopeEvent[], params: URLSearchParams): Pick<Scope, 'event' | 'router' | 'routers'> {
  const router = routers.find((each) => each.id === params.get('router'));
  if (router) return { event: null, router, routers: [router] };
  const wanted = params.get('event');
  const event = events.find((each) => each.id === wanted) ?? (params.has('all') ? undefined : events.find((each) => each.closedAt === null && each.routers.length > 0));
  if (event) {
    const of = new Set(event.routers.map((each) => each.id));
    const its = routers.filter((each) => of.has(each.id));
    return { event, router: its.length === 1 ? its[0]! : null, routers: its };
  }
  return { event: null, router: routers.length === 1 ? routers[0]! : null, routers };
}

export function ScopeProvider({ children }: { children: ReactNode }) {
  const { organisation, ended } = useSession();
  const [{ data: answer, error }, ask] = useQuery({ query: ScopeDocument, variables: { organisationId: organisation?.id ?? '' }, pause: !organisation });
  const [data, setData] = useState(answer);
  if (answer && answer !== data) setData(answer); // Without an answer, what was known stays in sight.
  const { search } = useLocation();
  const set = useSetUrlParams();
  const refresh = useCallback(() => organisation && ask(), [ask, organisation]);

  useEffect(() => {
    const timer = setInterval(refresh, refreshEveryMs);
    return () => clearInterval(timer);
  }, [refresh]);
  useEffect(() => {
    if (isUnauthenticated(error)) ended();
  }, [error, ended]);

  const scope = useMemo<Scope>(() => {
    const allRouters = data?.routers ?? [];
    const events = data?.events.edges.map((edge) => edge.node) ?? [];
    const choose: Scope['choose'] = (what) =>
      set({ event: null, router: null, all: null, ...(what === 'all' ? { all: '1' } : what) }, 'push');
    const state = data || !organisation ? 'ready' : error ? 'failed' : 'loading';
    return { allRouters, events, ...pick(allRouters, events, new URLSearchParams(search)), state, choose, refresh };
  }, [data, error, organisation, search, set, refresh]);
  return <Context.Provider value={scope}>{children}</Context.Provider>;
}

export function useScope(): Scope {
  const scope = useContext(Context);
  if (!scope) throw new Error('useScope outside of a session');
  return scope;
}

/** A link to another page that keeps what is looked at; `more` are parameters of that page. */
export function useScopedLink(): (path: string, more?: Record<string, string>) => string {
  const { search } = useLocation();
  return useCallback(
    (path, more = {}) => {
      const now = new URLSearchParams(search);
      const params = new URLSearchParams();
      for (const name of kept) if (now.has(name)) params.set(name, now.get(name)!);
      for (const [name, value] of Object.entries(more)) params.set(name, value);
      const query = params.toString();
      return query ? `${path}?${query}` : path;
    },
    [search],
  );
}
