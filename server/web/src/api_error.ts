// Why something did not work, in the reader's language where the code is known.
// SPDX-License-Identifier: Apache-2.0
import i18next from 'i18next';
import type { CombinedError } from 'urql';
import { showToast } from './ui/toasts';

const known = ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'TOO_MANY_ATTEMPTS'] as const;

type Answer = { readonly errors?: readonly { readonly code: string; readonly message: string }[] | null } | null | undefined;

/** Null when it worked. `answer` is the mutation's payload, `error` what urql says. */
export function whyNot(answer: Answer, error: CombinedError | undefined): string | null {
  const problem = answer?.errors?.[0];
  if (!problem && !error) return null;
  const code = problem?.code ?? String(error?.graphQLErrors[0]?.extensions['code'] ?? '');
  const is = known.find((each) => each === code);
  if (is) return i18next.t(`errors.${is}`);
  if (problem) return problem.message;
  return error?.networkError ? i18next.t('errors.unreachable') : (error?.graphQLErrors[0]?.message ?? '');
}

/** Says so in a toast; true when it worked. */
export function worked(about: string, answer: Answer, error: CombinedError | undefined): boolean {
  const reason = whyNot(answer, error);
  if (reason !== null) showToast({ about, tone: 'danger', content: i18next.t('errors.failed', { reason }) });
  return reason === null;
}
