// A query that is asked again: on demand after a change, and every so often while somebody looks.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect } from 'react';
import { useQuery, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';

export interface Fresh<Data> {
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly isAsking: boolean;
  again(): void;
}

/** `everyMs` 0: only on demand. A hidden page asks nothing, and asks at once when it is seen again. */
export function useFresh<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { everyMs = 0, pause = false }: { everyMs?: number; pause?: boolean } = {},
): Fresh<Data> {
  const [{ data, error, fetching }, ask] = useQuery({ query, variables, pause } as Parameters<typeof useQuery<Data, Variables>>[0]);
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useEffect(() => {
    if (!everyMs || pause) return;
    const look = () => document.visibilityState === 'visible' && again();
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [again, everyMs, pause]);
  return { data, error, isAsking: fetching, again };
}
