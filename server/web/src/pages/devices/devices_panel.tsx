// The devices of the router: filter, count, table, and the question before a ban.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/quantity';
import type { Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { PageTitle } from '../../shell/page_title';
import { useUrlParam } from '../../url_params';
import { BanDialog } from './ban_dialog';
import { DevicesTable } from './devices_table';
import { FilterBar } from './filter_bar';
import { useBan } from './use_ban';

export function DevicesPanel({ network }: { network: Network }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const state = useStore(network.devices);
  const isPaused = useStore(network.pausedAt) !== null;
  const known = state.revisions.size > 0;
  const [filter, setFilter] = useUrlParam('filter');
  const [askedId, setAskedId] = useState<string | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const [held, setHeld] = useState(false);
  const ban = useBan(network);
  const unban = useCallback((device: Device) => void ban(device, false), [ban]);
  const devices = useMemo(() => [...state.byId.values()], [state.byId]);
  const asked = askedId === null ? undefined : state.byId.get(askedId);
  const count =
    filter && shown !== null
      ? t('filtered', { shown: formatCount(shown, i18n.language), total: formatCount(devices.length, i18n.language) })
      : t('count', { count: devices.length });

  return (
    <>
      <PageTitle
        title={t('title')}
        note={
          known && (
            <p data-testid="device-count" data-count={devices.length}>
              {count}
            </p>
          )
        }
      >
        <p className={`text-muted text-xs max-sm:hidden ${held ? '' : 'invisible'}`}>{t('held')}</p>
        <FilterBar filter={filter} onFilter={setFilter} />
      </PageTitle>
      <section className="panel min-w-0" aria-label={t('title')}>
      {devices.length > 0 && (
        <DevicesTable devices={devices} pending={state.pending} filter={filter} isPaused={isPaused} onShown={setShown} onHeld={setHeld} onBan={setAskedId} onUnban={unban} />
      )}
      {known && devices.length === 0 && <Empty title={t('empty.title')} text={t('empty.text')} />}
      {devices.length > 0 && filter && shown === 0 && (
        <Empty title={t('noMatch.title', { filter })} text={t('noMatch.text')}>
          <Button onClick={() => setFilter('')}>{t('clearFilter')}</Button>
        </Empty>
      )}
      {asked && (
        <BanDialog
          device={asked}
          onClose={() => setAskedId(null)}
          onConfirm={(reason) => {
            setAskedId(null);
            void ban(asked, true, reason);
          }}
        />
      )}
      </section>
    </>
  );
}
