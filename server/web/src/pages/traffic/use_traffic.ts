// Asks the server for series and tops; what was shown stays until the next answer, marked as being asked for again.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useClient, useQuery, type AnyVariables, type TypedDocumentNode } from 'urql';
import { TrafficClocksDocument, TrafficSeriesDocument, TrafficTopDocument, type TrafficDimension, type TrafficScope, type TrafficTopQuery } from '../../generated/graphql';
import { isUnauthenticated } from '../../graphql/client';
import { useSession } from '../../session';
import type { ServerSeries } from './chart_data';
import type { Clocks } from './kept';
import type { Span } from './range';

export interface Asked<Data> {
  /** Of the last answer; null before the first. */
  readonly data: Data | null;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
}

const points = 240;
export const topRows = 10;
/** To look up how it was: more than are shown, because the order was another. */
export const comparedRows = 100;

function useAsked<Result, Variables extends AnyVariables, Data>(document: TypedDocumentNode<Result, Variables>, variables: Variables | null, pick: (result: Result) => Data): Asked<Data> {
  const client = useClient();
  const { ended } = useSession();
  const key = JSON.stringify(variables);
  const [state, setState] = useState<{ key: string; data: Data | null; hasFailed: boolean }>({ key: '', data: null, hasFailed: false });
  useEffect(() => {
    const asked = JSON.parse(key) as Variables | null;
    if (!asked) return;
    let isOver = false;
    void client.query<Result, Variables>(document, asked).toPromise().then(({ data, error }) => {
      if (isOver) return;
      if (isUnauthenticated(error)) ended();
      setState((before) => ({ key, data: data ? pick(data) : before.data, hasFailed: !data }));
    });
    return () => {
      isOver = true;
    };
  }, [client, document, key, ended]);
  return { data: state.data, isLoading: variables !== null && state.key !== key, hasFailed: state.hasFailed };
}

const isoOf = ({ from, to }: Span) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** Null: nothing is asked. */
export function useSeries(scope: TrafficScope, span: Span | null): Asked<ServerSeries> {
  return useAsked(TrafficSeriesDocument, span && { scope, ...isoOf(span), points }, (result) => result.trafficSeries);
}

export function useTop(scope: TrafficScope, by: TrafficDimension, span: Span | null, first = topRows): Asked<TrafficTopQuery['trafficTop']> {
  return useAsked(TrafficTopDocument, span && { scope, by, ...isoOf(span), first }, (result) => result.trafficTop);
}

/** Null until they are known: nothing is said to be gone before. */
export function useClocks(): Clocks | null {
  const { organisation } = useSession();
  const [{ data }] = useQuery({ query: TrafficClocksDocument, variables: { organisationId: organisation?.id ?? '' }, pause: !organisation });
  return data?.retention ?? null;
}
