// A draft: what somebody would decide, made from a revision, with its steps back and forth. Kept in this tab until it is saved or dropped.
// SPDX-License-Identifier: Apache-2.0
import { PacedStore } from '../../live/paced_store';
import { isSame } from '../../policy/diff';
import { policyOf, type Policy } from '../../policy/policy';
import { rebase, type Rebased } from './rebase';

export interface Base {
  readonly revision: number;
  readonly policy: Policy;
}
export interface Draft {
  readonly base: Base;
  readonly policy: Policy;
  readonly past: readonly Policy[];
  readonly future: readonly Policy[];
}

const mostSteps = 100;

export function startDraft(base: Base): Draft {
  return { base, policy: base.policy, past: [], future: [] };
}

export function isChanged(draft: Draft): boolean {
  return !isSame(draft.base.policy, draft.policy);
}

export function edit(draft: Draft, policy: Policy): Draft {
  if (isSame(draft.policy, policy)) return draft;
  return { ...draft, policy, past: [...draft.past, draft.policy].slice(-mostSteps), future: [] };
}

export function stepBack(draft: Draft): Draft {
  const policy = draft.past.at(-1);
  return policy ? { ...draft, policy, past: draft.past.slice(0, -1), future: [draft.policy, ...draft.future] } : draft;
}

export function stepForth(draft: Draft): Draft {
  const [policy, ...future] = draft.future;
  return policy ? { ...draft, policy, past: [...draft.past, draft.policy], future } : draft;
}

/** What is decided now: an unchanged draft follows it; a changed one stays on its own base until its author says otherwise. */
export function follow(draft: Draft, decided: Base): Draft {
  if (decided.revision === draft.base.revision) return draft;
  if (!isChanged(draft) || isSame(draft.policy, decided.policy)) return startDraft(decided);
  if (isSame(draft.base.policy, decided.policy)) return { ...draft, base: decided };
  return draft;
}

/** The draft's changes on top of what somebody else decided. */
export function onto(draft: Draft, decided: Base): { readonly draft: Draft; readonly clashes: Rebased['clashes'] } {
  const { policy, clashes } = rebase(draft.base.policy, draft.policy, decided.policy);
  return { draft: { base: decided, policy, past: [], future: [] }, clashes };
}

const stores = new Map<string, PacedStore<Draft | null>>();
const keyOf = (target: string) => `vivi.draft.${target}`;

/** One store a router or event; a draft survives a reload of the page, and no longer than its tab. */
export function draftStore(target: string): PacedStore<Draft | null> {
  let store = stores.get(target);
  if (!store) {
    store = new PacedStore<Draft | null>(restored(target));
    stores.set(target, store);
  }
  return store;
}

export function setDraft(target: string, draft: Draft): void {
  draftStore(target).update(draft, 'now');
  if (isChanged(draft)) sessionStorage.setItem(keyOf(target), JSON.stringify({ base: draft.base, policy: draft.policy }));
  else sessionStorage.removeItem(keyOf(target));
}

function restored(target: string): Draft | null {
  const text = sessionStorage.getItem(keyOf(target));
  if (!text) return null;
  try {
    const { base, policy } = JSON.parse(text) as { base: { revision: number; policy: unknown }; policy: unknown };
    return { base: { revision: base.revision, policy: policyOf(base.policy) }, policy: policyOf(policy), past: [], future: [] };
  } catch {
    sessionStorage.removeItem(keyOf(target));
    return null;
  }
}
