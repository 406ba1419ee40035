// Asks once before a ban, says what it does, and takes a reason for the other organisers.
// SPDX-License-Identifier: Apache-2.0
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { labelOf, type Device } from '../../live/devices';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';

const longestReason = 200;

interface Props {
  device: Device;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}

export function BanDialog({ device, onClose, onConfirm }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onConfirm(String(new FormData(event.currentTarget).get('reason') ?? '').trim());
  }
  return (
    <Dialog title={t('common:ban.confirm.title')} onClose={onClose}>
      <form onSubmit={submit} data-testid="ban-dialog" data-mac={device.mac}>
        <p className="bg-sunken mt-3 rounded-md px-3 py-2">
          <span className="block truncate font-medium">
            <bdi>{labelOf(device)}</bdi>
          </span>
          <span className="text-muted text-xs">
            {device.mac}
            {device.address && ` · ${device.address}`}
          </span>
        </p>
        <p className="mt-3 leading-relaxed">{t('common:ban.confirm.text')}</p>
        {device.isRandomisedMac && <p className="text-warn mt-2 leading-relaxed">{t('common:ban.confirm.randomised')}</p>}
        <label htmlFor="reason" className="text-muted mt-4 mb-1.5 block text-xs">
          {t('common:ban.confirm.reason')}
        </label>
        <input id="reason" name="reason" maxLength={longestReason} autoComplete="off" className="field w-full" />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('common:ban.confirm.cancel')}</Button>
          <Button type="submit" look="danger" data-testid="ban-confirm">
            {t('common:ban.confirm.ok')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
