// Whether a device may use the network, how far the decision has got, and the button that changes it.
// SPDX-License-Identifier: Apache-2.0
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
  onBan: (id: string) => void;
  onUnban: (device: Device) => void;
}

export function BanCell({ device, banState, onBan, onUnban }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  const banned = banState === 'SENT' || banState === 'IN_FORCE';
  const reason = device.banReason ? `. ${t('common:ban.reasonWas', { reason: device.banReason })}` : '';
  const name = labelOf(device);
  return (
    <div role="cell" className="flex items-center justify-end gap-2 max-md:col-start-2 max-md:row-start-1">
      {banState !== 'NONE' && (
        <span data-testid="ban-state" title={`${t(`common:ban.stateHelp.${banState}`)}${reason}`} className={`inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap ${colours[banState]}`}>
          <Icon name={signs[banState]} className="size-3.5" />
          {t(`common:ban.states.${banState}`)}
        </span>
      )}
      <Button
        size="small"
        data-testid="ban-button"
        data-action={banned ? 'unban' : 'ban'}
        aria-label={t(banned ? 'common:ban.unbanThis' : 'common:ban.banThis', { name })}
        onClick={() => (banned ? onUnban(device) : onBan(device.id))}
      >
        {banned ? t('common:ban.unban') : t('common:ban.ban')}
      </Button>
    </div>
  );
}
