// What a link must carry (router, filter, order) lives in the address bar, so that a view can be shared and reloaded.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useSyncExternalStore } from 'react';

type Param = 'router' | 'filter' | 'sort';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** The value and its setter; an empty value leaves the address bar. */
export function useUrlParam(name: Param): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => new URLSearchParams(window.location.search).get(name) ?? '');
  const set = useCallback(
    (next: string) => {
      const params = new URLSearchParams(window.location.search);
      if (next) params.set(name, next);
      else params.delete(name);
      const query = params.toString();
      window.history.replaceState(null, '', `${window.location.pathname}${query && `?${query}`}${window.location.hash}`);
      for (const listener of listeners) listener();
    },
    [name],
  );
  return [value, set];
}
