// What the server says is different, for documents this page does not have: which part, and the server's own words for it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { ChangeKind } from '../../generated/graphql';

interface Line {
  readonly kind: ChangeKind;
  readonly path: string;
  readonly text: string;
}

const signs = { ADDED: '+', REMOVED: '−', CHANGED: '~' } as const;
const tones = { ADDED: 'text-ok', REMOVED: 'text-danger', CHANGED: 'text-warn' } as const;
const kinds = { ADDED: 'added', REMOVED: 'removed', CHANGED: 'changed' } as const;
const parts = ['mode', 'new_devices', 'time_zone', 'groups', 'phases', 'schedules', 'devices', 'domains', 'addresses', 'categories', 'services', 'lists', 'limits', 'protected_devices', 'never_blocked'] as const;

export function ServerChanges({ changes, atMost = 50 }: { changes: readonly Line[]; atMost?: number }) {
  const { t } = useTranslation('rules');
  return (
    <ul className="mt-1 space-y-1">
      {changes.slice(0, atMost).map(({ kind, path, text }, index) => (
        <li key={index} className="flex gap-2 text-xs leading-relaxed" data-kind={kind}>
          <span aria-hidden="true" className={`w-3 shrink-0 text-center font-semibold ${tones[kind]}`}>
            {signs[kind]}
          </span>
          <span className="min-w-0 break-words">
            <span className="sr-only">{t(`changes.${kinds[kind]}`)}: </span>
            <span className="text-muted">{partOf(path, t)}</span> <bdi lang="en">{text}</bdi>
          </span>
        </li>
      ))}
      {changes.length > atMost && <li className="text-muted text-xs">{t('changes.more', { count: changes.length - atMost })}</li>}
    </ul>
  );
}

/** "/policy/domains/3" and "/domains/3" are about names. */
function partOf(path: string, t: ReturnType<typeof useTranslation<'rules'>>['t']): string {
  const part = parts.find((each) => path.split('/').includes(each));
  return part ? t(`part.${part}`) : t('part.other');
}
