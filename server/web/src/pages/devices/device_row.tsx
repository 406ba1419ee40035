// One device: who it is, where, how much now and in all, when last, and whether it may. Drawn again only when it changed.
// SPDX-License-Identifier: Apache-2.0
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BanState } from '../../generated/graphql';
import { formatBytes, formatRate } from '../../format/quantity';
import { formatMoment } from '../../format/time';
import { labelOf, type Device } from '../../live/devices';
import { useScope } from '../../scope';
import { Badge } from '../../ui/badge';
import { Icon } from '../../ui/icons';
import { Age } from '../../ui/time';
import { BanCell } from './ban_cell';

interface Props {
  device: Device;
  banState: BanState;
  index: number;
  top: number;
  height: number;
  /** A phone: some of the columns are a line under the name. */
  isNarrow: boolean;
  isSelected: boolean;
  mayBan: boolean;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
  onBan: (device: Device, banned: boolean) => void;
}

export const DeviceRow = memo(function DeviceRow({ device, banState, index, top, height, isNarrow, isSelected, mayBan, onSelect, onOpen, onBan }: Props) {
  const { t, i18n } = useTranslation('devices');
  const language = i18n.language;
  const banned = banState === 'SENT' || banState === 'IN_FORCE';
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-testid="device-row"
      data-device-id={device.id}
      data-mac={device.mac}
      data-address={device.address ?? ''}
      data-ban-state={banState}
      data-bytes-down={device.bytesDown}
      data-bytes-up={device.bytesUp}
      data-rate-down={device.rateDown}
      data-rate-up={device.rateUp}
      style={{ transform: `translateY(${top}px)`, height }}
      className={`border-line lg:device-grid hover:bg-sunken absolute inset-x-0 top-0 px-4 not-last:border-b max-lg:grid max-lg:grid-cols-[auto_minmax(0,1fr)_auto] max-lg:content-center max-lg:gap-x-3 max-lg:gap-y-1 ${banned ? 'bg-danger-soft' : isSelected ? 'bg-sunken' : ''}`}
    >
      <div role="cell" className="flex items-center">
        <label className="-ml-1 flex size-6 cursor-pointer items-center justify-center">
          <input type="checkbox" aria-label={t('select.one', { name: labelOf(device) })} checked={isSelected} onChange={() => onSelect(device.id)} className="accent-accent size-4 cursor-pointer" />
        </label>
      </div>
      <Identity device={device} banned={banned} onOpen={onOpen} />
      <div role="cell" className="truncate tabular-nums max-lg:sr-only">
        {device.address ?? <NoAddress />}
      </div>
      <Rate name="down" value={device.rateDown} language={language} />
      <Rate name="up" value={device.rateUp} language={language} />
      <div role="cell" className="text-right tabular-nums max-lg:sr-only">
        {formatBytes(device.bytesDown, language)}
      </div>
      <div role="cell" className="text-right tabular-nums max-lg:sr-only">
        {formatBytes(device.bytesUp, language)}
      </div>
      <div role="cell" className="text-muted text-right whitespace-nowrap max-lg:sr-only" onPointerEnter={({ currentTarget }) => (currentTarget.title = formatMoment(device.lastSeenMs, Date.now(), language))}>
        <Age at={device.lastSeenAt} />
      </div>
      <BanCell device={device} banState={banState} mayBan={mayBan} onBan={onBan} />
      {isNarrow && <PhoneLine device={device} language={language} />}
    </div>
  );
});

interface IdentityProps {
  device: Device;
  banned: boolean;
  onOpen: (id: string) => void;
}

/** Numbers change all the time, who it is does not. */
function isSameIdentity(a: IdentityProps, b: IdentityProps): boolean {
  const same = (['id', 'mac', 'name', 'hostname', 'isProtected', 'group', 'isRandomisedMac', 'routerId'] as const).every((key) => a.device[key] === b.device[key]);
  return same && a.banned === b.banned && a.onOpen === b.onOpen;
}

const Identity = memo(function Identity({ device, banned, onOpen }: IdentityProps) {
  const { t } = useTranslation('devices');
  const name = device.name || device.hostname;
  return (
    <div role="rowheader" className="min-w-0">
      <div className="flex min-w-0 items-center gap-1.5">
        <button type="button" data-row-opener onClick={() => onOpen(device.id)} title={name || undefined} className={`min-h-6 min-w-6 truncate text-left leading-5 font-medium hover:underline ${banned ? 'text-danger' : ''}`}>
          {name ? <bdi>{name}</bdi> : <span className="text-muted font-normal">{t('noName')}</span>}
          <span className="sr-only">, {device.mac}</span>
        </button>
        {device.isProtected && (
          <span title={t('protectedHelp')} className="text-accent">
            <Icon name="lock" className="size-3.5" />
            <span className="sr-only">{t('protected')}</span>
          </span>
        )}
        {device.group && (
          <Badge>
            <bdi>{device.group}</bdi>
          </Badge>
        )}
      </div>
      <p className="text-muted flex items-center gap-2 text-xs leading-4 whitespace-nowrap">
        <span className="tabular-nums">{device.mac}</span>
        {device.isRandomisedMac && <Badge title={t('randomisedHelp')}>{t('randomised')}</Badge>}
        <RouterName id={device.routerId} />
      </p>
    </div>
  );
}, isSameIdentity);

/** Only where several are looked at. */
function RouterName({ id }: { id: string }) {
  const { routers } = useScope();
  const router = routers.length > 1 ? routers.find((each) => each.id === id) : undefined;
  return router ? <bdi className="truncate max-sm:hidden">{router.name}</bdi> : null;
}

function NoAddress() {
  const { t } = useTranslation('devices');
  return <span className="text-muted">{t('noAddress')}</span>;
}

/** Silence is shown as a dash: a column of zeros hides the numbers that matter. */
function Rate({ name, value, language }: { name: 'down' | 'up'; value: number; language: string }) {
  const silent = value === 0;
  return (
    <div role="cell" className={`text-right whitespace-nowrap tabular-nums max-lg:sr-only ${silent ? 'text-muted' : name === 'down' ? 'text-down font-medium' : 'text-up font-medium'}`}>
      {silent ? (
        <span role="img" aria-label={formatRate(0, language)}>
          –
        </span>
      ) : (
        formatRate(value, language)
      )}
    </div>
  );
}

/** What a phone has room for, in one line under the name; the cells above stay for screen readers. */
function PhoneLine({ device, language }: { device: Device; language: string }) {
  return (
    <p aria-hidden="true" className="text-muted col-span-2 col-start-2 flex items-baseline gap-x-3 overflow-hidden text-xs whitespace-nowrap tabular-nums lg:hidden">
      <span className="text-ink">{device.address ?? <NoAddress />}</span>
      <span className="text-down">↓ {device.rateDown === 0 ? '–' : formatRate(device.rateDown, language)}</span>
      <span className="text-up">↑ {device.rateUp === 0 ? '–' : formatRate(device.rateUp, language)}</span>
    </p>
  );
}
