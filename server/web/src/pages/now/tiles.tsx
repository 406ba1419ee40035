// The numbers of the network in one line: who is on it, the most there were, how full the addresses are, what goes through.
// SPDX-License-Identifier: Apache-2.0
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatCount } from '../../format/quantity';
import { formatMoment } from '../../format/time';
import { devicesHeardWithin, onlineWithinMs } from '../../live/devices';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { useScopedLink } from '../../scope';
import { Rate } from '../../ui/quantity';
import type { Pools } from './pools';

export const Tiles = memo(function Tiles({ network, pools }: { network: Network; pools: Pools | null }) {
  const { t, i18n } = useTranslation('now');
  const link = useScopedLink();
  const { byId } = useStore(network.devices);
  const byRouter = useStore(network.traffic);
  const rate = [...byRouter.values()].reduce((sum, each) => ({ up: sum.up + each.rate.up, down: sum.down + each.rate.down }), { up: 0, down: 0 });
  const online = devicesHeardWithin(byId.values(), Date.now(), onlineWithinMs);
  const count = (value: number) => formatCount(value, i18n.language);
  const moment = (at: string) => formatMoment(Date.parse(at), Date.now(), i18n.language);
  return (
    <dl className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-3 xl:grid-cols-5">
      <Tile name={t('tiles.devices')} note={t('tiles.known', { count: byId.size, formatted: count(byId.size) })} testId="devices-now">
        <Link to={link('/devices', { state: 'online' })} className="inline-block min-h-6 min-w-6 hover:underline">
          {count(online)}
        </Link>
      </Tile>
      <Tile name={t('tiles.peak')} note={pools?.peakAt ? t('tiles.peakAt', { time: moment(pools.peakAt) }) : t('tiles.peakNote')}>
        {pools ? count(pools.peak) : '–'}
      </Tile>
      <Tile name={t('tiles.pool')} note={pools && <PoolNote pools={pools} moment={moment} />} isWide testId="pool">
        {pools ? (
          <>
            {count(pools.leased)}
            <span className="text-muted text-sm font-normal"> {t('tiles.of', { size: count(pools.size) })}</span>
          </>
        ) : (
          '–'
        )}
      </Tile>
      <Tile name={t('traffic.down')} colour="text-down" note={t('tiles.now')}>
        <Rate value={rate.down} />
      </Tile>
      <Tile name={t('traffic.up')} colour="text-up" note={t('tiles.now')}>
        <Rate value={rate.up} />
      </Tile>
    </dl>
  );
});

function Tile({ name, note, children, colour = 'text-muted', isWide = false, testId }: { name: string; note: ReactNode; children: ReactNode; colour?: string; isWide?: boolean; testId?: string }) {
  return (
    <div className={`panel min-w-0 px-4 py-3 ${isWide ? 'max-md:col-span-2' : ''}`} data-testid={testId}>
      <dt className={`text-xs font-medium ${colour}`}>{name}</dt>
      <dd className="mt-0.5">
        <p className="text-2xl leading-tight font-semibold tracking-tight tabular-nums">{children}</p>
        <div className="text-muted mt-0.5 min-h-4 text-xs">{note}</div>
      </dd>
    </div>
  );
}

/** How full, and when it will be: in words, and as a bar. */
function PoolNote({ pools, moment }: { pools: Pools; moment: (at: string) => string }) {
  const { t } = useTranslation('now');
  const share = pools.size === 0 ? 0 : Math.min(1, pools.leased / pools.size);
  const isShort = pools.isNearlyFull || pools.fullAt !== null;
  return (
    <>
      <span className={isShort ? 'text-warn font-medium' : ''}>{pools.fullAt ? t('tiles.fullAt', { time: moment(pools.fullAt) }) : pools.isNearlyFull ? t('tiles.nearlyFull') : t('tiles.enough')}</span>
      <span aria-hidden="true" className="bg-sunken mt-1.5 block h-1.5 overflow-hidden rounded-full">
        <span className={`block h-full origin-left rounded-full ${isShort ? 'bg-warn' : 'bg-accent'}`} style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      </span>
    </>
  );
}
