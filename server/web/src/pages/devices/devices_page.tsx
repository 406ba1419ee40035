// Devices: everybody on the networks that are looked at, live; what narrows the list is in the link.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/quantity';
import type { Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useNetwork } from '../../live/network_context';
import { useStore } from '../../live/paced_store';
import { useBans } from '../../live/use_bans';
import { useScope } from '../../scope';
import { useSession } from '../../session';
import { NoRouter } from '../../shell/no_router';
import { PageTitle } from '../../shell/page_title';
import { BanDialog } from '../../ui/ban_dialog';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { useSetUrlParams, useUrlParam } from '../../url_params';
import { BulkBar } from './bulk_bar';
import { DeviceDrawer } from './device_drawer';
import { DevicesTable } from './devices_table';
import { FilterBar } from './filter_bar';
import { RecentBans } from './recent_bans';
import { useOrder } from './use_order';
import { useSelection } from './use_selection';
import { countsOf, keyOf, sortOf, stateOf } from './view';

export function DevicesPage() {
  const network = useNetwork();
  const { allRouters, state } = useScope();
  if (state === 'ready' && allRouters.length === 0) return <NoRouter />;
  return network && <Devices key={network.routerIds.join()} network={network} />;
}

function Devices({ network }: { network: Network }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const { may } = useSession();
  const { event } = useScope();
  const state = useStore(network.devices);
  const isPaused = useStore(network.pausedAt) !== null;
  const [filter, setFilter] = useUrlParam('filter');
  const [sortText] = useUrlParam('sort');
  const [stateText] = useUrlParam('state');
  const [openId] = useUrlParam('device');
  const set = useSetUrlParams();
  const [held, setHeld] = useState(false);
  const [asked, setAsked] = useState<readonly Device[]>([]);
  const [showsBans, setShowsBans] = useState(false);
  const decide = useBans(network);

  const view = useMemo(() => ({ sort: sortOf(sortText), state: stateOf(stateText), filter }), [sortText, stateText, filter]);
  const order = useOrder(state.byId, view, held || isPaused);
  const counts = countsOf(state.byId.values(), Date.now());
  const selection = useSelection(keyOf({ ...view, sort: sortOf('') }));
  const known = network.routerIds.length > 0 && state.revisions.size === network.routerIds.length;
  const open = useCallback((id: string | null) => set({ device: id }, id ? 'push' : 'replace'), [set]);
  const toggleBan = useCallback(
    (device: Device, banned: boolean) => (banned ? setAsked([device]) : void decide([device], false)),
    [decide],
  );
  const total = counts.all;
  const note =
    order.length === total ? t('count', { count: total, formatted: formatCount(total, i18n.language) }) : t('filtered', { shown: formatCount(order.length, i18n.language), total: formatCount(total, i18n.language) });

  return (
    <>
      <PageTitle
        title={t('title')}
        note={
          state.revisions.size > 0 && (
            <p data-testid="device-count" data-count={total} data-shown={order.length}>
              {note}
            </p>
          )
        }
      >
        <p className={`text-muted text-xs max-lg:hidden ${held ? '' : 'invisible'}`}>{t('held')}</p>
        <Button onClick={() => setShowsBans(true)} data-testid="recent-bans">
          {t('recentBans.title')}
        </Button>
      </PageTitle>
      <FilterBar view={view} counts={counts} onFilter={setFilter} />
      <section className="panel mt-3 min-w-0" aria-label={t('title')}>
        {selection.ids.size > 0 && <BulkBar network={network} devices={selection.of(state.byId)} onBan={setAsked} onUnban={(devices) => void decide(devices, false)} onClear={selection.clear} />}
        {order.length > 0 && (
          <DevicesTable
            devices={state.byId}
            pending={state.pending}
            order={order}
            sort={view.sort}
            selection={selection}
            mayBan={may('OPERATE')}
            onHeld={setHeld}
            onOpen={open}
            onBan={toggleBan}
          />
        )}
        {known && total === 0 && <Empty title={t('empty.title')} text={t('empty.text')} />}
        {total > 0 && order.length === 0 && (
          <Empty title={filter ? t('noMatch.title', { filter }) : t('noMatch.none')} text={t('noMatch.text')}>
            <Button onClick={() => set({ filter: null, state: null })}>{t('clearFilter')}</Button>
          </Empty>
        )}
      </section>
      {openId && <DeviceDrawer key={openId} id={openId} network={network} onClose={() => open(null)} onBan={toggleBan} />}
      {showsBans && <RecentBans network={network} onClose={() => setShowsBans(false)} onUnban={(device) => void decide([device], false)} />}
      {asked.length > 0 && (
        <BanDialog
          devices={asked}
          endsAt={event?.endsAt ?? null}
          onClose={() => setAsked([])}
          onConfirm={(terms) => {
            setAsked([]);
            void decide(asked.length === 1 ? asked : asked.filter((each) => !each.isProtected), true, terms).then((ok) => ok && selection.clear());
          }}
        />
      )}
    </>
  );
}
