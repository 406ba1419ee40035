// Which policy is looked at, of all there are, and how far what was decided has come; asked again faster while it is on its way.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo } from 'react';
import { useQuery } from 'urql';
import { PolicyTargetsDocument } from '../../generated/graphql';
import { isUnauthenticated } from '../../graphql/client';
import { useScope } from '../../scope';
import { useSession } from '../../session';
import { useUrlParam } from '../../url_params';
import { progressOf } from './progress';
import { chooseTarget, targetsOf, type Target } from './targets';

const onItsWayMs = 1_500;
const restingMs = 10_000;

export interface Targets {
  readonly all: readonly Target[];
  readonly target: Target | null;
  readonly state: 'loading' | 'failed' | 'ready';
  choose(id: string): void;
  refresh(): void;
}

export function useTargets(): Targets {
  const { organisation, ended } = useSession();
  const scope = useScope();
  const [wanted, setWanted] = useUrlParam('for');
  const [{ data, error }, ask] = useQuery({ query: PolicyTargetsDocument, variables: { organisationId: organisation?.id ?? '' }, pause: !organisation });
  const all = useMemo(() => (data ? targetsOf(data) : []), [data]);
  const target = chooseTarget(all, wanted || scope.event?.id || scope.router?.id || '');
  const isOnItsWay = all.some(({ routers }) => routers.some((router) => progressOf(router) === 'sent'));
  const refresh = useCallback(() => ask(), [ask]);

  useEffect(() => {
    const timer = setInterval(refresh, isOnItsWay ? onItsWayMs : restingMs);
    return () => clearInterval(timer);
  }, [refresh, isOnItsWay]);
  useEffect(() => {
    if (isUnauthenticated(error)) ended();
  }, [error, ended]);
  return { all, target, state: data ? 'ready' : error ? 'failed' : 'loading', choose: setWanted, refresh };
}
