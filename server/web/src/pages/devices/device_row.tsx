// One device: who it is, where, how much now and in all, when last, and whether it may. Drawn again only when it changed.
// SPDX-License-Identifier: Apache-2.0
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BanState } from '../../generated/graphql';
import { formatBytes, formatRate } from '../../format/quantity';
import { formatMoment } from '../../format/time';
import type { Device } from '../../live/devices';
import { BanCell } from './ban_cell';
import { Age } from '../../ui/time';

interface Props {
  device: Device;
  banState: BanState;
  index: number;
  top: number;
  height: number;
  onBan: (id: string) => void;
  onUnban: (device: Device) => void;
}

export const DeviceRow = memo(function DeviceRow({ device, banState, index, top, height, onBan, onUnban }: Props) {
  const { i18n } = useTranslation(['devices', 'common']);
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
      className={`border-line lg:device-grid hover:bg-sunken absolute inset-x-0 top-0 px-4 max-lg:grid max-lg:grid-cols-[1fr_auto] max-lg:content-center max-lg:gap-x-3 max-lg:gap-y-1.5 not-last:border-b ${banned ? 'bg-danger-soft' : ''}`}
    >
      <Identity device={device} banned={banned} />
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
      <div role="cell" className="text-muted text-right whitespace-nowrap max-lg:sr-only" title={formatMoment(Date.parse(device.lastSeenAt), Date.now(), language)}>
        <Age at={device.lastSeenAt} />
      </div>
      <BanCell device={device} banState={banState} onBan={onBan} onUnban={onUnban} />
      <PhoneLine device={device} language={language} />
    </div>
  );
});

function Identity({ device, banned }: { device: Device; banned: boolean }) {
  const { t } = useTranslation(['devices', 'common']);
  const name = device.name || device.hostname;
  return (
    <div role="rowheader" className="min-w-0">
      <p className={`truncate leading-5 font-medium ${banned ? 'text-danger' : ''}`} title={name || undefined}>
        {name ? <bdi>{name}</bdi> : <span className="text-muted font-normal">{t('noName')}</span>}
        {device.name && device.hostname && device.hostname !== device.name && (
          <span className="text-muted font-normal">
            {' '}
            <bdi>{device.hostname}</bdi>
          </span>
        )}
      </p>
      <p className="text-muted flex items-center gap-2 text-xs leading-4">
        <span className="tabular-nums">{device.mac}</span>
        {device.isRandomisedMac && (
          <span className="border-line text-muted rounded border px-1 leading-[0.9rem]" title={t('randomisedHelp')}>
            {t('randomised')}
          </span>
        )}
      </p>
    </div>
  );
}

function NoAddress() {
  const { t } = useTranslation(['devices', 'common']);
  return <span className="text-muted">{t('noAddress')}</span>;
}

/** Silence is shown as a dash: a column of zeros hides the numbers that matter. */
function Rate({ name, value, language }: { name: 'down' | 'up'; value: number; language: string }) {
  const silent = value === 0;
  return (
    <div role="cell" className={`text-right whitespace-nowrap tabular-nums max-lg:sr-only ${silent ? 'text-muted' : name === 'down' ? 'text-down font-medium' : 'text-up font-medium'}`}>
      {silent ? <span aria-label={formatRate(0, language)}>–</span> : formatRate(value, language)}
    </div>
  );
}

/** What a phone has room for, in one line under the name; the cells above stay for screen readers. */
function PhoneLine({ device, language }: { device: Device; language: string }) {
  return (
    <p aria-hidden="true" className="text-muted col-span-2 flex items-baseline gap-x-3 overflow-hidden text-xs whitespace-nowrap tabular-nums lg:hidden">
      <span className="text-ink">{device.address ?? <NoAddress />}</span>
      <span className="text-down">↓ {device.rateDown === 0 ? '–' : formatRate(device.rateDown, language)}</span>
      <span className="text-up">↑ {device.rateUp === 0 ? '–' : formatRate(device.rateUp, language)}</span>
      <span className="ml-auto">{formatBytes(device.bytesDown + device.bytesUp, language)}</span>
    </p>
  );
}
