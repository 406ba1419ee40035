// One device closely: who it is, what it does, which part of the policy it falls under and why, and what can be done about it.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { DeviceDetailDocument, type DeviceDetailQuery } from '../../generated/graphql';
import { banStateOf, deviceOf, labelOf, type Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { Badge } from '../../ui/badge';
import { Drawer } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { BanMark } from './ban_cell';
import { DeviceActions } from './device_actions';
import { DeviceFacts } from './device_facts';
import { DeviceNames } from './device_names';
import { DeviceTraffic } from './device_traffic';
import { Leases } from './leases';
import { Standing } from './standing';

export type Detail = Extract<NonNullable<DeviceDetailQuery['node']>, { __typename: 'Device' }>;

interface Props {
  id: string;
  network: Network;
  onClose: () => void;
  onBan: (device: Device, banned: boolean) => void;
}

export function DeviceDrawer({ id, network, onClose, onBan }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  const { byId, pending } = useStore(network.devices);
  const [{ data, fetching }, ask] = useQuery({ query: DeviceDetailDocument, variables: { id } });
  const detail = data?.node?.__typename === 'Device' ? data.node : null;
  const live = byId.get(id);
  const device = useMemo(() => live ?? (detail ? deviceOf(detail, detail.router.id, 0) : null), [live, detail]);

  // What the policy says of it changes with what is decided about it.
  const decided = `${device?.banState} ${device?.group} ${device?.isProtected}`;
  useEffect(() => ask(), [ask, decided]);

  return (
    <Drawer title={device ? <bdi>{labelOf(device)}</bdi> : t('title')} onClose={onClose}>
      {!device && !fetching && <Empty title={t('drawer.gone')} text={t('drawer.goneText')} />}
      {device && (
        <div className="space-y-6" data-testid="device-drawer" data-mac={device.mac}>
          <div className="flex flex-wrap items-center gap-2">
            {detail && <Badge tone={detail.isOnline ? 'ok' : 'plain'}>{detail.isOnline ? t('drawer.online') : t('drawer.away')}</Badge>}
            {device.isRandomisedMac && <Badge title={t('randomisedHelp')}>{t('randomised')}</Badge>}
            {device.isProtected && (
              <Badge tone="accent" title={t('protectedHelp')}>
                {t('protected')}
              </Badge>
            )}
            <BanMark device={device} banState={banStateOf(device, pending)} />
          </div>
          <DeviceActions device={device} banState={banStateOf(device, pending)} network={network} groups={detail?.router.groups.map((each) => each.name) ?? []} onBan={onBan} />
          <DeviceFacts device={device} detail={detail} />
          {detail && <Standing detail={detail} />}
          <DeviceTraffic device={device} />
          {detail && <Leases leases={detail.leases.edges.map((edge) => edge.node)} />}
          <DeviceNames id={id} />
        </div>
      )}
    </Drawer>
  );
}
