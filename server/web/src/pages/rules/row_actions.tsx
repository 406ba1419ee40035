// What can be done with a group or a schedule: while rules name it, it cannot go.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';

export function RowActions({ name, uses, onEdit, onRemove }: { name: string; uses: number; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation('rules');
  return (
    <div className="flex shrink-0 items-center">
      {uses > 0 && <span className="text-muted mr-1 text-xs">{t('uses', { count: uses })}</span>}
      <Button size="small" look="quiet" aria-label={t('rules.editThis', { rule: name })} onClick={onEdit}>
        {t('rules.edit')}
      </Button>
      {uses === 0 && (
        <Button size="icon" look="quiet" aria-label={t('rules.removeThis', { rule: name })} title={t('rules.remove')} onClick={onRemove}>
          <Icon name="close" />
        </Button>
      )}
    </div>
  );
}
