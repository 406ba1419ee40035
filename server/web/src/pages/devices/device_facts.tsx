// Who a device is: what is known, and what is only guessed.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../live/devices';
import { Time } from '../../ui/time';
import type { Detail } from './device_drawer';
import { kindOf } from './kind';

export function DeviceFacts({ device, detail }: { device: Device; detail: Detail | null }) {
  const { t } = useTranslation('devices');
  const kind = kindOf(device.hostname);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      <Fact name={t('drawer.mac')}>
        <span className="tabular-nums">{device.mac}</span>
        {device.isRandomisedMac && <span className="text-muted block text-xs leading-relaxed">{t('randomisedHelp')}</span>}
      </Fact>
      {device.hostname && (
        <Fact name={t('drawer.hostname')}>
          <bdi>{device.hostname}</bdi>
        </Fact>
      )}
      {detail?.vendor && (
        <Fact name={t('drawer.vendor')}>
          <bdi data-testid="vendor">{detail.vendor}</bdi>
        </Fact>
      )}
      {kind && <Fact name={t('drawer.kind')}>{t('drawer.kindHint', { kind: t(`kinds.${kind}`) })}</Fact>}
      <Fact name={t('columns.address')}>{device.address ?? t('noAddress')}</Fact>
      {device.group && (
        <Fact name={t('drawer.group')}>
          <bdi>{device.group}</bdi>
        </Fact>
      )}
      <Fact name={t('drawer.firstSeen')}>
        <Time at={device.firstSeenAt} />
      </Fact>
      <Fact name={t('columns.lastSeenAt')}>
        <Time at={device.lastSeenAt} />
      </Fact>
      {detail && (
        <Fact name={t('drawer.router')}>
          <bdi>{detail.router.name}</bdi>
        </Fact>
      )}
      {device.bannedAt && (
        <Fact name={t('drawer.banned')}>
          <Time at={device.bannedAt} />
          {' – '}
          {device.bannedUntil ? <Time at={device.bannedUntil} /> : t('drawer.untilLifted')}
          {device.banReason && (
            <bdi className="text-muted block" data-testid="drawer-reason">
              {device.banReason}
            </bdi>
          )}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
