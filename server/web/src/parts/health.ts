// How a router is, in words: the server sends codes and numbers, the reader's language makes the sentence.
// SPDX-License-Identifier: Apache-2.0
import { formatMoment } from '../format/time';
import type { RouterCardFieldsFragment } from '../generated/graphql';

export type RouterCard = RouterCardFieldsFragment;
type Reason = RouterCard['status']['reasons'][number];

export interface Sentence {
  readonly key: 'good' | 'neverSeen' | 'offline' | 'offlineUnknown' | 'refused' | 'pending' | 'gaps' | 'alarms' | 'alarmsSeen';
  readonly values: Readonly<Record<string, string | number>>;
}

function numberOf(parameters: unknown, name: string): number {
  const value = (parameters as Record<string, unknown> | null)?.[name];
  return typeof value === 'number' ? value : 0;
}

function textOf(parameters: unknown, name: string): string {
  const value = (parameters as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

export function sentenceOf({ code, parameters }: Reason, now: number, language: string): Sentence {
  switch (code) {
    case 'NEVER_SEEN':
      return { key: 'neverSeen', values: {} };
    case 'OFFLINE': {
      const since = textOf(parameters, 'since');
      return since ? { key: 'offline', values: { time: formatMoment(Date.parse(since), now, language) } } : { key: 'offlineUnknown', values: {} };
    }
    case 'CONFIGURATION_REFUSED':
      return { key: 'refused', values: { revision: numberOf(parameters, 'revision'), reason: textOf(parameters, 'reason') } };
    case 'REVISION_PENDING':
      return {
        key: 'pending',
        values: { desired: numberOf(parameters, 'desired'), applied: numberOf(parameters, 'applied'), count: Math.max(1, Math.round(numberOf(parameters, 'seconds') / 60)) },
      };
    case 'GAPS':
      return { key: 'gaps', values: { count: numberOf(parameters, 'count') } };
    case 'ALARMS_OPEN': {
      const unacknowledged = numberOf(parameters, 'unacknowledged');
      return { key: unacknowledged > 0 ? 'alarms' : 'alarmsSeen', values: { count: numberOf(parameters, 'count'), unacknowledged } };
    }
  }
}

/** The worst first; one that says all is well when nothing is to say. */
export function sentencesOf(router: RouterCard, now: number, language: string): Sentence[] {
  const said = router.status.reasons.map((reason) => sentenceOf(reason, now, language));
  return said.length > 0 ? said : [{ key: 'good', values: {} }];
}

const order = { BAD: 0, ATTENTION: 1, GOOD: 2 } as const;

/** Those that need somebody first, then by name. */
export function inOrder(routers: readonly RouterCard[], language: string): RouterCard[] {
  return [...routers].sort((a, b) => order[a.status.state] - order[b.status.state] || a.name.localeCompare(b.name, language));
}
