// Whether a device may use the network, how far the decision has got, and the button that changes it.
// SPDX-License-Identifier: Apache-2.0
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BanState } from '../../generated/graphql';
import { labelOf, type Device } from '../../live/devices';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';

const signs = { SENT: 'clock', IN_FORCE: 'check', LIFTING: 'clock' } as const;
const colours: Record<BanState, string> = { NONE: '', SENT: 'text-warn', IN_FORCE: 'text-danger', LIFTING: 'text-muted' };

interface Props {
  device: Device;
  banState: BanState;
  mayBan: boolean;
  onBan: (device: Device, banned: boolean) => void;
}

/** Drawn again only when what it says would be another thing: numbers are not its business. */
function isSame(a: Props, b: Props): boolean {
  const same = (['id', 'mac', 'name', 'hostname', 'banReason', 'isProtected', 'bannedUntil'] as const).every((key) => a.device[key] === b.device[key]);
  return same && a.banState === b.banState && a.mayBan === b.mayBan && a.onBan === b.onBan;
}

export const BanCell = memo(function BanCell({ device, banState, mayBan, onBan }: Props) {
  const { t } = useTranslation();
  const banned = banState === 'SENT' || banState === 'IN_FORCE';
  const name = labelOf(device);
  return (
    <div role="cell" className="flex items-center justify-end gap-2 max-lg:col-start-3 max-lg:row-start-1">
      <BanMark device={device} banState={banState} />
      {mayBan && (
        <Button
          size="small"
          data-testid="ban-button"
          data-action={banned ? 'unban' : 'ban'}
          aria-label={t(banned ? 'ban.unbanThis' : 'ban.banThis', { name })}
          onClick={() => onBan(device, !banned)}
        >
          {banned ? t('ban.unban') : t('ban.ban')}
        </Button>
      )}
    </div>
  );
}, isSame);

export function BanMark({ device, banState }: { device: Pick<Device, 'banReason'>; banState: BanState }) {
  const { t } = useTranslation();
  if (banState === 'NONE') return null;
  const reason = device.banReason ? `. ${t('ban.reasonWas', { reason: device.banReason })}` : '';
  return (
    <span data-testid="ban-state" title={`${t(`ban.stateHelp.${banState}`)}${reason}`} className={`inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap ${colours[banState]}`}>
      <Icon name={signs[banState]} className="size-3.5" />
      {t(`ban.states.${banState}`)}
    </span>
  );
}
