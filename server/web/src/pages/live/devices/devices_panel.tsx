// The devices of the router: filter, count, table, and the question before a ban.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../format/quantity';
import type { Device } from '../../../live/devices';
import type { LiveRouter } from '../../../live/live_router';
import { useStore } from '../../../live/paced_store';
import { Button } from '../../../ui/button';
import { Empty } from '../../../ui/empty';
import { useUrlParam } from '../../../url_params';
import { BanDialog } from './ban_dialog';
import { DevicesTable } from './devices_table';
import { FilterBar } from './filter_bar';
import { useBan } from './use_ban';

export function DevicesPanel({ live }: { live: LiveRouter }) {
  const { t, i18n } = useTranslation();
  const state = useStore(live.devices);
  const [filter, setFilter] = useUrlParam('filter');
  const [askedId, setAskedId] = useState<string | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const [held, setHeld] = useState(false);
  const ban = useBan(live);
  const unban = useCallback((device: Device) => void ban(device, false), [ban]);
  const devices = useMemo(() => [...state.byId.values()], [state.byId]);
  const asked = askedId === null ? undefined : state.byId.get(askedId);
  const count =
    filter && shown !== null
      ? t('devices.filtered', { shown: formatCount(shown, i18n.language), total: formatCount(devices.length, i18n.language) })
      : t('devices.count', { count: devices.length });

  return (
    <section id="devices" tabIndex={-1} className="panel min-w-0 outline-none" aria-labelledby="devices-title">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
        <h2 id="devices-title" className="font-semibold">
          {t('devices.title')}
        </h2>
        {state.revision !== null && (
          <p className="text-muted" data-testid="device-count" data-count={devices.length}>
            {count}
          </p>
        )}
        <p className={`text-muted text-xs max-sm:hidden ${held ? '' : 'invisible'}`}>{t('devices.held')}</p>
        <FilterBar filter={filter} onFilter={setFilter} />
      </div>
      {devices.length > 0 && (
        <DevicesTable devices={devices} pending={state.pending} filter={filter} onShown={setShown} onHeld={setHeld} onBan={setAskedId} onUnban={unban} />
      )}
      {state.revision !== null && devices.length === 0 && <Empty title={t('devices.empty.title')} text={t('devices.empty.text')} />}
      {devices.length > 0 && filter && shown === 0 && (
        <Empty title={t('devices.noMatch.title', { filter })} text={t('devices.noMatch.text')}>
          <Button onClick={() => setFilter('')}>{t('devices.clearFilter')}</Button>
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
  );
}
