// What the server has against a policy: each problem with the rule it is about.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyProblemFragment } from '../../generated/graphql';

/** `about`: the rule that a JSON pointer leads to, in words. */
export function Problems({ problems, about = () => null }: { problems: readonly PolicyProblemFragment[]; about?: (path: string) => ReactNode }) {
  const { t } = useTranslation('rules');
  if (problems.length === 0) return null;
  return (
    <div role="alert" className="border-danger bg-danger-soft rounded-md border p-3" data-testid="problems">
      <p className="text-danger font-medium">{t('problems.server', { count: problems.length })}</p>
      <ul className="mt-1.5 list-disc space-y-1 pl-5">
        {problems.slice(0, 20).map(({ code, message, path }, index) => (
          <li key={index} className="break-words">
            {path && (about(path) ?? <bdi className="font-mono text-xs">{path}</bdi>)} {isKnown(code) ? t(`problems.codes.${code}`) : <span lang="en">{message}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

const known = ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'NAME_TAKEN', 'CLOSED'] as const;

function isKnown(code: string): code is (typeof known)[number] {
  return (known as readonly string[]).includes(code);
}
