// What is different, line by line, in words.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Change } from '../../policy/diff';
import type { Words } from '../../policy/use_words';

const signs = { added: '+', removed: '−', changed: '~' } as const;
const tones = { added: 'text-ok', removed: 'text-danger', changed: 'text-warn' } as const;

export function ChangesList({ changes, words, atMost = 200 }: { changes: readonly Change[]; words: Words; atMost?: number }) {
  const { t } = useTranslation('policy');
  return (
    <>
      <ul className="space-y-1.5" data-testid="changes">
        {changes.slice(0, atMost).map((change, index) => (
          <li key={index} className="flex gap-2" data-kind={change.kind}>
            <span aria-hidden="true" className={`w-3 shrink-0 text-center font-semibold ${tones[change.kind]}`}>
              {signs[change.kind]}
            </span>
            <span className="min-w-0 break-words">
              <span className="sr-only">{t(`changes.${change.kind}`)}: </span>
              {words.change(change)}
              {change.kind === 'changed' && change.table !== 'value' && <span className="text-muted block text-xs">{t('changes.was')} {words.row(change.table, change.before)}</span>}
            </span>
          </li>
        ))}
      </ul>
      {changes.length > atMost && <p className="text-muted mt-2 text-xs">{t('changes.more', { count: changes.length - atMost })}</p>}
    </>
  );
}
