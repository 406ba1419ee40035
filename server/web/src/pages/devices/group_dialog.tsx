// Asks for the group: one that is there or a new one, or none.
// SPDX-License-Identifier: Apache-2.0
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';

interface Props {
  count: number;
  known?: readonly string[];
  current?: string | null;
  onClose: () => void;
  onConfirm: (group: string | null) => void;
}

export function GroupDialog({ count, known = [], current = null, onClose, onConfirm }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onConfirm(String(new FormData(event.currentTarget).get('group') ?? '').trim() || null);
  }
  return (
    <Dialog title={t('group.title', { count })} onClose={onClose}>
      <form onSubmit={submit} className="mt-3">
        <Field label={t('group.name')} hint={t('group.hint')} name="group" defaultValue={current ?? ''} maxLength={63} list="device-groups" autoComplete="off" autoFocus />
        <datalist id="device-groups">
          {known.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('common:actions.cancel')}</Button>
          <Button type="submit" look="primary">
            {t('common:actions.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
