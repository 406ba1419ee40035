// The bans that hold, the last decided first, each with the way back.
// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { RecentBansDocument } from '../../generated/graphql';
import { labelOf } from '../../live/devices';
import type { Network } from '../../live/network';
import type { Named } from '../../live/use_bans';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Time } from '../../ui/time';
import { BanMark } from './ban_cell';

export function RecentBans({ network, onClose, onUnban }: { network: Network; onClose: () => void; onUnban: (device: Named) => void }) {
  const { t } = useTranslation(['devices', 'common']);
  return (
    <Drawer title={t('recentBans.title')} onClose={onClose}>
      <p className="text-muted mb-3 leading-relaxed">{t('recentBans.text')}</p>
      {network.routerIds.map((id) => (
        <BansOf key={id} routerId={id} network={network} onUnban={onUnban} />
      ))}
    </Drawer>
  );
}

function BansOf({ routerId, network, onUnban }: { routerId: string; network: Network; onUnban: (device: Named) => void }) {
  const { t } = useTranslation(['devices', 'common']);
  const { may } = useSession();
  const [{ data }, ask] = useQuery({ query: RecentBansDocument, variables: { routerId } });
  // A ban decided anywhere changes the devices first: then the list is asked for again.
  useEffect(() => {
    let banned: string | null = null;
    return network.devices.subscribe(() => {
      const now = [...network.devices.shown().byId.values()].filter((each) => each.banState !== 'NONE').map((each) => `${each.id} ${each.banState}`).join();
      if (banned !== null && now !== banned) ask();
      banned = now;
    });
  }, [network, ask]);
  if (!data?.router) return null;
  const { name, recentBans } = data.router;
  return (
    <section className="mb-5">
      {network.routerIds.length > 1 && (
        <h3 className="text-muted mb-1 text-xs font-medium">
          <bdi>{name}</bdi>
        </h3>
      )}
      {recentBans.length === 0 && <Empty title={t('recentBans.none')} text={t('recentBans.noneText')} />}
      <ul>
        {recentBans.map((device) => (
          <li key={device.id} data-testid="recent-ban" data-mac={device.mac} className="border-line flex items-center gap-3 border-b py-2">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">
                <bdi>{labelOf(device)}</bdi>
              </p>
              <p className="text-muted text-xs">
                {device.bannedAt && <Time at={device.bannedAt} />}
                {device.bannedUntil && (
                  <>
                    {' – '}
                    <Time at={device.bannedUntil} />
                  </>
                )}
                {device.banReason && (
                  <>
                    {' · '}
                    <bdi>{device.banReason}</bdi>
                  </>
                )}
              </p>
            </div>
            <BanMark device={device} banState={device.banState} />
            {may('OPERATE') && (
              <Button size="small" disabled={device.banState === 'LIFTING'} onClick={() => onUnban(device)} aria-label={t('common:ban.unbanThis', { name: labelOf(device) })}>
                {t('common:ban.undo')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
