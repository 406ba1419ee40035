// What the server says is different between two policies, line by line, in the reader's language.
// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChangeFieldsFragment } from '../generated/graphql';
import { kindOf, plainNames, wordsOfTold } from '../policy/told';
import { useWords, type Words } from '../policy/use_words';
import type { Names } from '../policy/words';
import { useCategoryTitle } from './category_title';

const signs = { added: '+', removed: '−', changed: '~' } as const;
const colours = { added: 'text-ok', removed: 'text-danger', changed: 'text-warn' } as const;
const shownAtFirst = 8;

interface Props {
  of: readonly ChangeFieldsFragment[];
  /** What people call devices and services, where that is known; categories have their titles anyway. */
  names?: Names;
  /** Whose clock moments are said by. */
  zone?: string;
}

export function Changes({ of: changes, names: given, zone = Intl.DateTimeFormat().resolvedOptions().timeZone }: Props) {
  const { t } = useTranslation('policy');
  const category = useCategoryTitle();
  const names = useMemo<Names>(() => given ?? { ...plainNames, category }, [given, category]);
  const words = useWords(names, zone);
  if (changes.length === 0) return <p className="text-muted mt-2">{t('changes.none')}</p>;
  const rest = changes.slice(shownAtFirst);
  const lines = (some: readonly ChangeFieldsFragment[]) => some.map((change, index) => <Line key={index} change={change} names={names} words={words} />);
  return (
    <div className="bg-sunken mt-2 rounded-md px-3 py-2 text-xs" data-testid="changes">
      <ul className="space-y-1">{lines(changes.slice(0, shownAtFirst))}</ul>
      {rest.length > 0 && (
        <details className="mt-1">
          <summary className="min-h-6">{t('changes.more', { count: rest.length })}</summary>
          <ul className="space-y-1">{lines(rest)}</ul>
        </details>
      )}
    </div>
  );
}

function Line({ change, names, words }: { change: ChangeFieldsFragment; names: Names; words: Words }) {
  const { t } = useTranslation('policy');
  const kind = kindOf(change);
  const told = wordsOfTold(change, names);
  return (
    <li className="flex gap-2 leading-relaxed" data-kind={kind} title={change.path}>
      <span aria-hidden="true" className={`w-3 shrink-0 text-center font-semibold ${colours[kind]}`}>
        {signs[kind]}
      </span>
      <span className="min-w-0 break-words">
        <span className="sr-only">{t(`changes.${kind}`)}: </span>
        {words.show(told.is)}
        {told.was && (
          <span className="text-muted block">
            {t('changes.was')} {words.show(told.was)}
          </span>
        )}
      </span>
    </li>
  );
}
