// The draft: what it would change, its steps back and forth, and the way to try and save it.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { ChangesList } from './changes_list';
import { diff } from '../../policy/diff';
import { ReviewDrawer } from './review_drawer';
import type { Shared } from './rules_page';

const shownChanges = 8;

export function DraftPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { editing, words } = shared;
  const { draft } = editing;
  const changes = useMemo(() => diff(draft.base.policy, draft.policy), [draft]);
  const [reviewing, setReviewing] = useState(false);
  return (
    <Panel title={t('draft.title')} testId="draft" className={editing.isChanged ? 'border-accent max-md:sticky max-md:bottom-16 max-md:z-10 max-md:shadow-lg' : ''}>
      <p role="status" className={editing.isChanged ? 'font-medium' : 'text-muted leading-relaxed'}>
        {editing.isChanged ? t('draft.changes', { count: changes.length }) : t('draft.empty')}
      </p>
      {editing.isChanged && (
        <div className="mt-2 max-h-64 overflow-y-auto max-md:hidden" tabIndex={0} role="group" aria-label={t('draft.title')}>
          <ChangesList changes={changes} words={words} atMost={shownChanges} />
        </div>
      )}
      <div className="mt-3 flex flex-wrap gap-1.5">
        {editing.isChanged && (
          <Button look="primary" data-testid="review" onClick={() => setReviewing(true)}>
            {t('draft.review')}
          </Button>
        )}
        {(draft.past.length > 0 || draft.future.length > 0) && (
          <>
            <Button look="quiet" disabled={draft.past.length === 0} onClick={editing.back} data-testid="draft-undo">
              {t('draft.undo')}
            </Button>
            <Button look="quiet" disabled={draft.future.length === 0} onClick={editing.forth}>
              {t('draft.redo')}
            </Button>
          </>
        )}
        {editing.isChanged && (
          <Button look="quiet" onClick={editing.drop} data-testid="draft-drop">
            {t('draft.drop')}
          </Button>
        )}
      </div>
      {reviewing && <ReviewDrawer {...shared} changes={changes} onClose={() => setReviewing(false)} />}
    </Panel>
  );
}
