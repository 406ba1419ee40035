// Opens the link of a big screen and follows the event in numbers; comes back by itself, whatever happens in between.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useClient, type Client, type CombinedError } from 'urql';
import { OpenShowDocument, ShowBoardDocument, ShowChangedDocument } from '../../generated/graphql';
import { socketUrl } from '../../graphql/client';
import { openSocket } from '../../graphql/socket';
import { pause } from '../../live/reconnect';
import { heard, nothing, retryAfterMs, stillSo, type Board, type Numbers } from './board';

export type Opened = 'opening' | 'open' | 'over';

export interface Followed {
  readonly board: Board;
  readonly opened: Opened;
  readonly isLost: boolean;
}

type Looked = { readonly numbers: Numbers } | 'over' | 'refused' | 'lost';

function isRefused(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED' || extensions['code'] === 'FORBIDDEN');
}

async function open(client: Client, token: string): Promise<'open' | 'over' | 'lost'> {
  const { data, error } = await client.mutation(OpenShowDocument, { input: { token } }).toPromise();
  if (error || !data) return 'lost';
  return data.openShow.errors.length > 0 ? 'over' : 'open';
}

async function look(client: Client): Promise<Looked> {
  const { data, error } = await client.query(ShowBoardDocument, {}).toPromise();
  if (error && isRefused(error)) return 'refused';
  if (error || !data) return 'lost';
  return data.show ? { numbers: data.show } : 'over';
}

/** Without a token: the event of a link that this browser opened before. */
export function useBoard(token: string, isPaused: boolean): Followed {
  const client = useClient();
  const [board, setBoard] = useState(nothing);
  const [opened, setOpened] = useState<Opened>('opening');
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (isPaused) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    const socket = openSocket(socketUrl(window.location), () => setBoard((before) => stillSo(before, Date.now())));
    const suspect = () => socket.suspect();
    document.addEventListener('visibilitychange', suspect);
    const show = (numbers: Numbers) => {
      setFailures(0);
      setOpened('open');
      setBoard((before) => heard(before, numbers, Date.now()));
    };

    /** One round: opens the link if need be, looks, and follows until that ends. */
    async function round(hasOpened: boolean): Promise<'over' | 'refused' | 'lost' | 'ended'> {
      const gate = hasOpened ? 'open' : await open(client, token);
      if (gate !== 'open' || signal.aborted) return gate === 'open' ? 'ended' : gate;
      const seen = await look(client);
      if (typeof seen === 'string') return seen;
      if (signal.aborted) return 'ended';
      show(seen.numbers);
      await socket.follow({ document: ShowChangedDocument, variables: {} }, ({ showChanged }) => show(showChanged), signal);
      return 'ended';
    }

    async function run() {
      let hasOpened = !token;
      for (let failed = 0; !signal.aborted; ) {
        const how = await round(hasOpened);
        if (signal.aborted) return;
        // A link that was revoked, or whose event is over, says so when it is opened again.
        if (how === 'over' || (how === 'refused' && !token)) return setOpened('over');
        hasOpened = how !== 'refused' && (hasOpened || how === 'ended');
        failed = how === 'ended' ? 1 : failed + 1;
        if (how !== 'refused') setFailures(failed);
        await pause(retryAfterMs(failed), signal);
      }
    }
    void run();
    return () => {
      stopped.abort();
      document.removeEventListener('visibilitychange', suspect);
      socket.close();
    };
  }, [client, token, isPaused]);
  return { board, opened, isLost: failures > 0 };
}
