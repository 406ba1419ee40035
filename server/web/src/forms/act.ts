// Runs a mutation and says what came of it: what it gave, or problems in words. Asks who is at the keyboard when the server wants to know.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from 'react';
import { useClient, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';
import { askStepUp } from './step_up_store';

/** As the server tells it (UserError, PolicyError), or UNREACHABLE, SERVER: then nothing is known of what happened. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly field?: string | null;
}

interface Payload {
  readonly errors: readonly { code: string; message: string; field?: string | null; path?: string | null }[];
}

type PayloadOf<Data> = Data[keyof Data];

export type Outcome<Data> = { readonly payload: PayloadOf<Data>; readonly problems: readonly [] } | { readonly payload: null; readonly problems: readonly Problem[] };

/** What to say of a request that was not answered, or refused as a whole. */
export function problemOf(error: CombinedError): Problem {
  const refused = error.graphQLErrors[0];
  if (refused) return { code: String(refused.extensions['code'] ?? 'SERVER'), message: refused.message };
  return { code: error.response ? 'SERVER' : 'UNREACHABLE', message: error.message };
}

function wantsStepUp(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((each) => each.extensions['code'] === 'STEP_UP_REQUIRED') ?? false;
}

/** The outcome of an answer: the payload is the one root field of the mutation. */
export function outcomeOf<Data>(data: Data | undefined, error: CombinedError | undefined): Outcome<Data> {
  const payload = data ? (Object.values(data)[0] as (PayloadOf<Data> & Payload) | null) : null;
  if (!payload) return { payload: null, problems: [error ? problemOf(error) : { code: 'SERVER', message: '' }] };
  if (payload.errors.length === 0) return { payload, problems: [] };
  return { payload: null, problems: payload.errors.map(({ code, message, field, path }) => ({ code, message, field: field ?? path ?? null })) };
}

export interface Act<Data, Variables> {
  readonly isBusy: boolean;
  readonly problems: readonly Problem[];
  run(variables: Variables): Promise<Outcome<Data>>;
  /** Takes back what was said of the last try. */
  forget(): void;
}

export function useAct<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>): Act<Data, Variables> {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      setBusy(true);
      setProblems([]);
      try {
        let answer = await client.mutation(document, variables).toPromise();
        if (wantsStepUp(answer.error)) {
          if (!(await askStepUp())) return { payload: null, problems: [] };
          answer = await client.mutation(document, variables).toPromise();
        }
        const outcome = outcomeOf(answer.data, answer.error);
        setProblems(outcome.problems);
        return outcome;
      } finally {
        setBusy(false);
      }
    },
    [client, document],
  );
  const forget = useCallback(() => setProblems([]), []);
  return { isBusy, problems, run, forget };
}
