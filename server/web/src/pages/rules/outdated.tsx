// Somebody else decided while this draft was made: what they changed, and the two ways on. The draft is never lost by it.
// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { showToast } from '../../ui/toasts';
import { ChangesList } from './changes_list';
import { diff } from '../../policy/diff';
import type { Shared } from './rules_page';

export function Outdated({ editing, words, target }: Shared) {
  const { t } = useTranslation('rules');
  const { draft, decided } = editing;
  const theirs = useMemo(() => diff(draft.base.policy, decided.policy), [draft.base, decided]);
  function keepMine() {
    const clashes = editing.rebase();
    const content = clashes.length > 0 ? t('outdated.clashes', { count: clashes.length }) : t('outdated.merged');
    showToast({ about: `rules ${target.id}`, tone: 'plain', content });
  }
  return (
    <section role="alert" aria-labelledby="outdated-title" className="panel border-warn p-4" data-testid="outdated">
      <h2 id="outdated-title" className="text-warn font-semibold">
        {t('outdated.title')}
      </h2>
      <p className="mt-1 mb-3 max-w-prose leading-relaxed">{t('outdated.text')}</p>
      <div className="mb-3 max-h-60 overflow-y-auto" tabIndex={0} role="group" aria-label={t('outdated.theirs')}>
        <p className="text-muted mb-1 text-xs">{t('outdated.theirs')}</p>
        <ChangesList changes={theirs} words={words} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" data-testid="keep-mine" onClick={keepMine}>
          {t('outdated.keepMine')}
        </Button>
        <Button data-testid="take-theirs" onClick={editing.drop}>
          {t('outdated.takeTheirs')}
        </Button>
      </div>
    </section>
  );
}
