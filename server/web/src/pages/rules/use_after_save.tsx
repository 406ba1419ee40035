// Says that the rules are saved, with the way back: what was decided before is decided again.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { showToast } from '../../ui/toasts';
import type { Shared } from './rules_page';
import type { Saved } from './use_draft';

export function useAfterSave({ editing, target, refresh }: Pick<Shared, 'editing' | 'target' | 'refresh'>): (saved: Extract<Saved, { kind: 'saved' }>) => void {
  const { t } = useTranslation('rules');
  return useCallback(
    ({ before }) => {
      const undo = async () => {
        const restored = await editing.restore(before);
        refresh();
        const tone = restored.kind === 'saved' ? 'plain' : 'danger';
        showToast({ about: `rules ${target.id}`, tone, content: restored.kind === 'saved' ? t('saved.undone') : t('saved.notUndone') });
      };
      refresh();
      showToast({ about: `rules ${target.id}`, tone: 'plain', content: t('saved.done'), action: { label: t('saved.undo'), run: () => void undo() } });
    },
    [editing, target.id, refresh, t],
  );
}
