// Before a draft is saved: every change in words, what it would have done in the last 24 hours, and what the server has against it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyProblemFragment } from '../../generated/graphql';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { ChangesList } from './changes_list';
import type { Change } from '../../policy/diff';
import { rowAt } from '../../policy/policy';
import { Problems } from './problems';
import type { Shared } from './rules_page';
import { Trial } from './trial';
import { useAfterSave } from './use_after_save';

export function ReviewDrawer({ changes, onClose, ...shared }: Shared & { changes: readonly Change[]; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const { editing, target, words } = shared;
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  const [hasFailed, setFailed] = useState(false);
  const after = useAfterSave(shared);
  async function save() {
    setBusy(true);
    setFailed(false);
    const saved = await editing.save();
    setBusy(false);
    if (saved.kind === 'saved') {
      after(saved);
      return onClose();
    }
    if (saved.kind === 'conflict') return onClose(); // The page says what the other changed; the draft is kept.
    setProblems(saved.kind === 'refused' ? saved.problems : []);
    setFailed(saved.kind === 'failed');
  }
  const about = (path: string) => {
    const at = rowAt(path);
    const row = at ? editing.draft.policy[at.table][at.index] : undefined;
    return at && row ? words.row(at.table, row) : null;
  };
  return (
    <Drawer title={t('review.title', { count: changes.length })} onClose={onClose}>
      <div className="space-y-5" data-testid="review-drawer">
        <p className="text-muted leading-relaxed">
          {target.kind === 'event' ? t('review.forEvent', { count: target.routers.length }) : t('review.forRouter')}
        </p>
        <ChangesList changes={changes} words={words} />
        <Trial target={target} policy={editing.draft.policy} />
        <Problems problems={problems} about={about} />
        {hasFailed && (
          <p role="alert" className="text-danger">
            {t('review.failed')}
          </p>
        )}
        <div className="bg-surface border-line sticky -bottom-4 -mx-5 -mb-4 flex justify-end gap-2 border-t px-5 py-3">
          <Button onClick={onClose}>{t('review.back')}</Button>
          <Button look="primary" disabled={isBusy || changes.length === 0} data-testid="save-rules" onClick={() => void save()}>
            {isBusy ? t('review.saving') : t('review.save')}
          </Button>
        </div>
      </div>
    </Drawer>
  );
}
