// Opens the link of a big screen and follows the event in numbers; comes back by itself, whatever happens in between.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useClient, type CombinedError } from 'urql';
import { OpenShowDocument, ShowBoardDocument } from '../../generated/graphql';
import { heard, nothing, retryAfterMs, type Board } from './board';

const everyMs = 3_000;

export type Opened = 'opening' | 'open' | 'over';

export interface Followed {
  readonly board: Board;
  readonly opened: Opened;
  readonly isLost: boolean;
}

function isRefused(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED' || extensions['code'] === 'FORBIDDEN');
}

/** Without a token: the event of a link that this browser opened before. */
export function useBoard(token: string, isPaused: boolean): Followed {
  const client = useClient();
  const [board, setBoard] = useState(nothing);
  const [opened, setOpened] = useState<Opened>('opening');
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isWanted = true;
    let hasOpened = !token;
    let failed = 0;
    const next = (ms: number) => {
      timer = setTimeout(() => void look(), ms);
    };
    const lost = () => {
      failed += 1;
      setFailures(failed);
      next(retryAfterMs(failed));
    };
    async function look() {
      if (!hasOpened) {
        const { data, error } = await client.mutation(OpenShowDocument, { input: { token } }).toPromise();
        if (!isWanted) return;
        if (error || !data) return lost();
        if (data.openShow.errors.length > 0) return setOpened('over');
        hasOpened = true;
      }
      const { data, error } = await client.query(ShowBoardDocument, {}).toPromise();
      if (!isWanted) return;
      if (error && isRefused(error)) {
        // The link was revoked, or the event is over: opening it again says so.
        if (!token) return setOpened('over');
        hasOpened = false;
        return next(retryAfterMs(1));
      }
      if (error || !data) return lost();
      failed = 0;
      setFailures(0);
      if (!data.show) return setOpened('over');
      const { show } = data;
      setOpened('open');
      setBoard((before) => heard(before, show, Date.now()));
      next(everyMs);
    }
    if (!isPaused) void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, token, isPaused]);
  return { board, opened, isLost: failures > 0 };
}
