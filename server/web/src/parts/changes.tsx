// What is different between two policies: added, removed, changed, each in the words of the policy's own language.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { ChangeFieldsFragment } from '../generated/graphql';

const signs = { ADDED: '+', REMOVED: '−', CHANGED: '±' } as const;
const colours = { ADDED: 'text-ok', REMOVED: 'text-danger', CHANGED: 'text-warn' } as const;
const shownAtFirst = 8;

function Line({ change }: { change: ChangeFieldsFragment }) {
  const { t } = useTranslation('routers');
  return (
    <li className="flex gap-2" title={change.path}>
      <span aria-hidden="true" className={`w-3 shrink-0 text-center font-semibold ${colours[change.kind]}`}>
        {signs[change.kind]}
      </span>
      <span className="sr-only">{t(`changes.${change.kind}`)}</span>
      <bdi lang="en" className="min-w-0 break-words">
        {change.text}
      </bdi>
    </li>
  );
}

export function Changes({ of: changes }: { of: readonly ChangeFieldsFragment[] }) {
  const { t } = useTranslation('routers');
  if (changes.length === 0) return <p className="text-muted mt-2">{t('changes.none')}</p>;
  const rest = changes.slice(shownAtFirst);
  return (
    <div className="bg-sunken mt-2 rounded-md px-3 py-2 text-xs" data-testid="changes">
      <ul className="space-y-1">
        {changes.slice(0, shownAtFirst).map((change, index) => (
          <Line key={index} change={change} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details className="mt-1">
          <summary className="min-h-6">{t('changes.more', { count: rest.length })}</summary>
          <ul className="space-y-1">
            {rest.map((change, index) => (
              <Line key={index} change={change} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
