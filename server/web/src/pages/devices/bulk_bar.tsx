// What can be done with all ticked devices at once.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { GroupDialog } from './group_dialog';
import { useDeviceEdits } from './use_device_edits';

interface Props {
  network: Network;
  devices: readonly Device[];
  onBan: (devices: readonly Device[]) => void;
  onUnban: (devices: readonly Device[]) => void;
  onClear: () => void;
}

export function BulkBar({ network, devices, onBan, onUnban, onClear }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  const { may } = useSession();
  const edits = useDeviceEdits(network);
  const [asksGroup, setAsksGroup] = useState(false);
  const isBanned = (each: Device) => each.banState === 'SENT' || each.banState === 'IN_FORCE';
  const free = devices.filter((each) => !isBanned(each));
  const banned = devices.filter(isBanned);
  return (
    <div role="toolbar" aria-label={t('bulk.label')} data-testid="bulk" className="bg-sunken border-line sticky top-14 z-20 flex flex-wrap items-center gap-2 rounded-t-lg border-b px-4 py-2">
      <p className="font-medium" role="status">
        {t('bulk.count', { count: devices.length })}
      </p>
      {may('OPERATE') && (
        <>
          <Button size="small" look="danger" disabled={free.length === 0} onClick={() => onBan(free)} data-testid="bulk-ban">
            {t('bulk.ban', { number: free.length })}
          </Button>
          <Button size="small" disabled={banned.length === 0} onClick={() => onUnban(banned)}>
            {t('bulk.unban', { number: banned.length })}
          </Button>
        </>
      )}
      {may('MANAGE') && (
        <>
          <Button size="small" onClick={() => setAsksGroup(true)}>
            {t('bulk.group')}
          </Button>
          <Button size="small" onClick={() => void edits.protect(devices, !devices.every((each) => each.isProtected))}>
            {devices.every((each) => each.isProtected) ? t('bulk.unprotect') : t('bulk.protect')}
          </Button>
        </>
      )}
      <Button size="small" look="quiet" onClick={onClear}>
        {t('bulk.clear')}
      </Button>
      {asksGroup && (
        <GroupDialog
          count={devices.length}
          onClose={() => setAsksGroup(false)}
          onConfirm={(group) => {
            setAsksGroup(false);
            void edits.group(devices, group);
          }}
        />
      )}
    </div>
  );
}
