// Rows of the audit log: when, who, what, and where from. Texts of the namespace `settings`.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { AuditFieldsFragment } from '../generated/graphql';
import { ActionWords } from '../forms/action_words';
import { Time } from '../ui/time';

/** What a row says besides who and what; empty when there is nothing. */
export function detailText(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null || Object.keys(detail).length === 0) return '';
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

export function AuditList({ entries }: { entries: readonly AuditFieldsFragment[] }) {
  const { t } = useTranslation('settings');
  if (entries.length === 0) return <p className="text-muted mt-3">{t('audit.none')}</p>;
  return (
    <ol className="divide-line mt-3 divide-y">
      {entries.map((entry) => (
        <li key={entry.id} className="py-2" data-testid="audit-entry" data-action={entry.action}>
          <p className="flex flex-wrap gap-x-2">
            <span className="text-muted tabular-nums">
              <Time at={entry.at} />
            </span>
            <bdi className="font-medium">{entry.email ?? t('audit.nobody')}</bdi>
            <span className={entry.action === 'access.denied' ? 'text-danger' : ''}>
              <ActionWords action={entry.action} />
            </span>
          </p>
          <p className="text-muted line-clamp-2 text-xs break-all" lang="en">
            <bdi>{[detailText(entry.detail), entry.address].filter(Boolean).join(' · ')}</bdi>
          </p>
        </li>
      ))}
    </ol>
  );
}
