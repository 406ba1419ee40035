// The WebSocket to the server (graphql-transport-ws): opened when something is followed, noticed when it dies in silence.
// SPDX-License-Identifier: Apache-2.0
import { stringifyDocument, type TypedDocumentNode } from 'urql';
import { createClient } from 'graphql-ws';

const pingEveryMs = 10_000;
const deadAfterMs = 5_000;

export type Ended = 'ended' | 'unauthenticated';

export interface Follow {
  /** Calls `next` with each result until the server ends it, the socket dies or `signal` aborts. */
  follow<Result, Variables extends Record<string, unknown>>(
    operation: { document: TypedDocumentNode<Result, Variables>; variables: Variables },
    next: (result: Result) => void,
    signal: AbortSignal,
  ): Promise<Ended>;
}

export interface Socket extends Follow {
  /** Drops a socket that a sleeping computer may have left dead. */
  suspect(): void;
  close(): void;
}

/** `heard` is called with every sign of life of the server. */
export function openSocket(url: string, heard: () => void): Socket {
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let heardAt = Date.now();
  const alive = () => {
    heardAt = Date.now();
    clearTimeout(deadline);
    heard();
  };
  const client = createClient({
    url,
    lazy: true,
    lazyCloseTimeout: 2_000,
    retryAttempts: 0, // Whoever follows dials again itself, from the revision it has reached.
    keepAlive: pingEveryMs,
    on: {
      connected: alive,
      message: alive,
      ping: (received) => {
        if (!received) deadline = setTimeout(() => client.terminate(), deadAfterMs);
      },
      closed: () => clearTimeout(deadline),
    },
  });

  return {
    follow: (operation, next, signal) =>
      new Promise((resolve) => {
        const payload = { query: stringifyDocument(operation.document), variables: operation.variables };
        const stop = client.subscribe(payload, {
          next: (result) => {
            if (result.data) next(result.data as Parameters<typeof next>[0]);
            else if (isUnauthenticated(result.errors)) resolve('unauthenticated');
          },
          error: (error) => resolve(isUnauthenticated(error) ? 'unauthenticated' : 'ended'),
          complete: () => resolve('ended'),
        });
        signal.addEventListener('abort', stop);
      }),
    suspect: () => {
      if (Date.now() - heardAt > pingEveryMs + deadAfterMs) client.terminate();
    },
    close: () => void client.dispose(),
  };
}

/** A close code (4401, 4403) or GraphQL errors that say nobody is signed in. */
function isUnauthenticated(error: unknown): boolean {
  if (Array.isArray(error)) return error.some((each) => each?.extensions?.code === 'UNAUTHENTICATED');
  const code = (error as { code?: unknown } | null)?.code;
  return code === 4401 || code === 4403;
}
