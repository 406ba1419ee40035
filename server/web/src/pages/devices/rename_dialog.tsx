// Asks what a device is to be called here.
// SPDX-License-Identifier: Apache-2.0
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';

export function RenameDialog({ name, onClose, onConfirm }: { name: string; onClose: () => void; onConfirm: (name: string) => void }) {
  const { t } = useTranslation(['devices', 'common']);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onConfirm(String(new FormData(event.currentTarget).get('name') ?? '').trim());
  }
  return (
    <Dialog title={t('drawer.rename')} onClose={onClose}>
      <form onSubmit={submit} className="mt-3">
        <Field label={t('drawer.name')} hint={t('drawer.nameHint')} name="name" defaultValue={name} maxLength={63} autoComplete="off" autoFocus />
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
