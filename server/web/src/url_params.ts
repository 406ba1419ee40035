// What a link must carry (scope, filters, order) lives in the address bar, so that a view can be shared and reloaded.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useLocation, useNavigate } from 'react-router';

/** The value and its setter; an empty value leaves the address bar. */
export function useUrlParam(name: string): [string, (value: string) => void] {
  const { search } = useLocation();
  const set = useSetUrlParams();
  return [new URLSearchParams(search).get(name) ?? '', useCallback((value: string) => set({ [name]: value }), [name, set])];
}

/** Sets several at once; null or empty takes one away. `push` makes the change something to go back from. */
export function useSetUrlParams(): (changes: Record<string, string | null>, how?: 'push' | 'replace') => void {
  const navigate = useNavigate();
  return useCallback(
    (changes, how = 'replace') => {
      const params = new URLSearchParams(window.location.search); // Not the rendered one: two changes may come in one turn.
      for (const [name, value] of Object.entries(changes)) {
        if (value) params.set(name, value);
        else params.delete(name);
      }
      void navigate({ search: params.toString(), hash: window.location.hash }, { replace: how === 'replace', preventScrollReset: true });
    },
    [navigate],
  );
}
