// What went wrong, in the reader's language, near what they did; the server's own words when they say more.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Problem } from './act';

const known = [
  'NOT_FOUND',
  'FORBIDDEN',
  'INVALID',
  'CONFLICT',
  'CLOSED',
  'TOO_MANY_ATTEMPTS',
  'TOO_MANY',
  'WRONG_CREDENTIALS',
  'BAD_PASSWORD',
  'MISTYPED_CODE',
  'UNKNOWN_CODE',
  'LAST_OWNER',
  'LAST_ADMIN',
  'NAME_TAKEN',
  'VERIFY_EMAIL',
  'SIGN_IN_FIRST',
  'OTHER_ACCOUNT',
  'COMMAND_SENT',
  'COMMAND_OVER',
  'NO_MAIL',
  'NO_PUSH',
  'UNAUTHENTICATED',
  'UNREACHABLE',
] as const;
/** These leave open what is wrong with the input; the server's sentence says it. */
const needsDetail = new Set(['INVALID', 'BAD_PASSWORD', 'CONFLICT']);

export type KnownCode = (typeof known)[number] | 'SERVER';

export function codeOf(problem: Problem): KnownCode {
  return known.find((code) => code === problem.code) ?? 'SERVER';
}

/** One paragraph a problem; spoken at once. */
export function Problems({ of: problems }: { of: readonly Problem[] }) {
  const { t } = useTranslation('forms');
  return (
    <div role="alert" data-testid="problems" data-problem={problems[0]?.code}>
      {problems.map((problem, index) => (
        <p key={index} className="bg-danger-soft text-danger mt-3 rounded-md px-3 py-2">
          {t(`problems.${codeOf(problem)}`)}
          {needsDetail.has(problem.code) && problem.message && (
            <span lang="en" className="block">
              {problem.message}
            </span>
          )}
        </p>
      ))}
    </div>
  );
}
