// What can be done about one device: ban, name, group, protect.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BanState } from '../../generated/graphql';
import type { Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { GroupDialog } from './group_dialog';
import { RenameDialog } from './rename_dialog';
import { useDeviceEdits } from './use_device_edits';

interface Props {
  device: Device;
  banState: BanState;
  network: Network;
  groups: readonly string[];
  onBan: (device: Device, banned: boolean) => void;
}

export function DeviceActions({ device, banState, network, groups, onBan }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  const { may } = useSession();
  const edits = useDeviceEdits(network);
  const [asks, setAsks] = useState<'name' | 'group' | null>(null);
  const isBanned = banState === 'SENT' || banState === 'IN_FORCE';
  if (!may('OPERATE')) return <p className="text-muted">{t('drawer.mayNot')}</p>;
  return (
    <div className="flex flex-wrap gap-2">
      <Button look={isBanned ? 'plain' : 'danger'} onClick={() => onBan(device, !isBanned)} data-testid="drawer-ban">
        {isBanned ? t('common:ban.unban') : t('common:ban.ban')}
      </Button>
      {may('MANAGE') && (
        <>
          <Button onClick={() => setAsks('name')}>{t('drawer.rename')}</Button>
          <Button onClick={() => setAsks('group')}>{t('bulk.group')}</Button>
          <Button onClick={() => void edits.protect([device], !device.isProtected)} data-testid="drawer-protect">
            {device.isProtected ? t('bulk.unprotect') : t('bulk.protect')}
          </Button>
        </>
      )}
      {asks === 'name' && (
        <RenameDialog
          name={device.name}
          onClose={() => setAsks(null)}
          onConfirm={(name) => {
            setAsks(null);
            void edits.rename(device.id, name);
          }}
        />
      )}
      {asks === 'group' && (
        <GroupDialog
          count={1}
          known={groups}
          current={device.group ?? null}
          onClose={() => setAsks(null)}
          onConfirm={(group) => {
            setAsks(null);
            void edits.group([device], group);
          }}
        />
      )}
    </div>
  );
}
