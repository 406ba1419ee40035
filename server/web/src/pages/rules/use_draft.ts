// The draft of the policy that is looked at: loaded, changed, saved; and what to do when somebody else was faster.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'react';
import { useClient, type Client } from 'urql';
import { EventPolicyDocument, RouterPolicyDocument, SetEventPolicyDocument, SetPolicyDocument, type PolicyProblemFragment } from '../../generated/graphql';
import { useStore } from '../../live/paced_store';
import { useSession } from '../../session';
import { draftStore, edit, follow, isChanged, onto, setDraft, startDraft, stepBack, stepForth, type Base, type Draft } from './draft';
import { policyOf, type Policy } from '../../policy/policy';
import type { Change } from '../../policy/diff';
import type { Target } from './targets';

export interface Editing {
  readonly draft: Draft;
  /** What is decided now; of another revision than the draft's base when somebody else was faster. */
  readonly decided: Base;
  readonly isChanged: boolean;
  readonly isOutdated: boolean;
  change(make: (policy: Policy) => Policy): void;
  back(): void;
  forth(): void;
  drop(): void;
  /** Puts the draft's changes on top of what is decided; what both changed is the answer. */
  rebase(): readonly Change[];
  save(): Promise<Saved>;
  /** Decides again what was decided before a save. */
  restore(policy: Policy): Promise<Saved>;
  /** Something else than this draft decided: look again. */
  reload(): void;
}

export type Saved =
  | { readonly kind: 'saved'; readonly before: Policy; readonly revision: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly problems: readonly PolicyProblemFragment[] }
  | { readonly kind: 'failed' };

type Answer = { policy?: { revision: number; document?: unknown } | null | undefined; errors: readonly PolicyProblemFragment[] };

const baseOf = (policy: { revision: number; document?: unknown }): Base => ({ revision: policy.revision, policy: policyOf(policy.document) });

/** Null while it is loaded; `failed` when it could not be. */
export function useDraft(target: Target): Editing | 'failed' | null {
  const client = useClient();
  const { me } = useSession();
  const key = `${me.id}/${target.id}`;
  const draft = useStore(draftStore(key));
  const [decided, setDecided] = useState<Base | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [asked, setAsked] = useState(0);

  const learn = useCallback(
    (base: Base) => {
      const before = draftStore(key).latest();
      setDraft(key, before ? follow(before, base) : startDraft(base));
      setDecided(base);
    },
    [key],
  );
  useEffect(() => {
    let isOver = false;
    void load(client, target).then((base) => {
      if (isOver) return;
      setFailed(base === null);
      if (base) learn(base);
    });
    return () => {
      isOver = true;
    };
  }, [client, target.id, target.kind, target.revision, asked, learn]);

  const decide = useCallback(
    async (policy: Policy, baseRevision: number): Promise<Saved> => {
      const answer = await send(client, target, policy, baseRevision);
      if (!answer) return { kind: 'failed' };
      if (answer.errors.some(({ code }) => code === 'CONFLICT')) {
        if (answer.policy) setDecided(baseOf(answer.policy));
        return { kind: 'conflict' };
      }
      if (answer.errors.length > 0 || !answer.policy) return { kind: 'refused', problems: answer.errors };
      const before = draftStore(key).latest()?.base.policy ?? policy;
      const base = baseOf(answer.policy);
      setDraft(key, startDraft(base));
      setDecided(base);
      return { kind: 'saved', before, revision: base.revision };
    },
    [client, key, target],
  );

  if (!draft || !decided) return hasFailed ? 'failed' : null;
  return {
    draft,
    decided,
    isChanged: isChanged(draft),
    isOutdated: isChanged(draft) && draft.base.revision !== decided.revision,
    change: (make) => setDraft(key, edit(draft, make(draft.policy))),
    back: () => setDraft(key, stepBack(draft)),
    forth: () => setDraft(key, stepForth(draft)),
    drop: () => setDraft(key, startDraft(decided)),
    rebase: () => {
      const { draft: next, clashes } = onto(draft, decided);
      setDraft(key, next);
      return clashes;
    },
    save: () => decide(draft.policy, draft.base.revision),
    restore: (policy) => decide(policy, draftStore(key).latest()?.base.revision ?? decided.revision),
    reload: () => setAsked((before) => before + 1),
  };
}

async function load(client: Client, target: Target): Promise<Base | null> {
  if (target.kind === 'event') {
    const { data } = await client.query(EventPolicyDocument, { id: target.id }).toPromise();
    return data?.event ? baseOf(data.event.policy) : null;
  }
  const { data } = await client.query(RouterPolicyDocument, { id: target.id }).toPromise();
  return data?.router ? baseOf(data.router.policy) : null;
}

async function send(client: Client, target: Target, policy: Policy, baseRevision: number): Promise<Answer | null> {
  if (target.kind === 'event') {
    const { data } = await client.mutation(SetEventPolicyDocument, { input: { eventId: target.id, baseRevision, document: policy } }).toPromise();
    return data?.setEventPolicy ?? null;
  }
  const { data } = await client.mutation(SetPolicyDocument, { input: { routerId: target.id, baseRevision, document: policy } }).toPromise();
  return data?.setPolicy ?? null;
}
