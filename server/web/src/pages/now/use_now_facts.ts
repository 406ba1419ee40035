// Asks about every router that is looked at: at once when one says that it changed, and otherwise every quarter of a minute.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient, type Client } from 'urql';
import { NewNamesOfEventDocument, NewNamesOfRouterDocument, NowRouterChangedDocument, NowRouterDocument } from '../../generated/graphql';
import type { Network } from '../../live/network';
import { pause } from '../../live/reconnect';
import { namePlacesOf, type NamePlace, type NewName, type RouterFacts } from './attention';

const everyMs = 15_000;
/** Answers of one question do for a while: new names are of an hour. */
const namesEveryMs = 60_000;

export interface NowFacts {
  readonly routers: readonly RouterFacts[];
  readonly names: readonly NewName[];
  readonly isKnown: boolean;
}

export function useNowFacts(network: Network): NowFacts & { refresh: () => void } {
  const client = useClient();
  const [routers, setRouters] = useState<ReadonlyMap<string, RouterFacts>>(new Map());
  const [names, setNames] = useState<readonly NewName[]>([]);
  const namesAt = useRef(0);

  const refresh = useCallback(async () => {
    if (network.pausedAt.latest() !== null) return;
    const now = Date.now();
    const asksNames = now - namesAt.current >= namesEveryMs;
    if (asksNames) namesAt.current = now;
    const known: RouterFacts[] = [];
    for (const id of network.routerIds) {
      const { data } = await client.query(NowRouterDocument, { id }).toPromise();
      const facts = data?.router;
      if (!facts) continue;
      known.push(facts);
      setRouters((before) => new Map(before).set(id, facts));
    }
    if (asksNames) setNames((await Promise.all(namePlacesOf(known).map((place) => newNamesAt(client, place)))).flat());
  }, [client, network]);

  useEffect(() => {
    const stopped = new AbortController();
    void refresh();
    const timer = setInterval(() => void refresh(), everyMs);
    for (const routerId of network.routerIds) void follow(network, routerId, () => void refresh(), stopped.signal);
    return () => {
      clearInterval(timer);
      stopped.abort();
    };
  }, [network, refresh]);

  const of = useMemo(() => network.routerIds.flatMap((id) => routers.get(id) ?? []), [network, routers]);
  return { routers: of, names, isKnown: of.length === network.routerIds.length, refresh: () => void refresh() };
}

async function newNamesAt(client: Client, { eventId, routerId }: NamePlace): Promise<readonly NewName[]> {
  const { data } = eventId ? await client.query(NewNamesOfEventDocument, { id: eventId }).toPromise() : await client.query(NewNamesOfRouterDocument, { id: routerId }).toPromise();
  const found = data && ('event' in data ? data.event : data.router);
  return (found?.newNames ?? []).map((each) => ({ ...each, routerId }));
}

const againMs = 5_000;

async function follow(network: Network, routerId: string, changed: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await network.sockets.follow({ document: NowRouterChangedDocument, variables: { routerId } }, changed, signal);
    await pause(againMs, signal);
  }
}
