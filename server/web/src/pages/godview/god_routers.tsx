// Every router: its state, key, software, organisation, and whether it does what was decided.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RevokeRouterKeyDocument, StaffRoutersDocument, type StaffRouterFieldsFragment, type StaffRouterFilter } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { useFresh } from '../../forms/use_fresh';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Select } from '../../ui/field';
import { Table } from '../../ui/table';
import { Age } from '../../ui/time';
import { StateMark } from '../../parts/state_mark';
import { GodCommands } from './god_commands';
import { mostRows, Searched, usePages, useSettled } from './searched';

const filters = ['ONLINE', 'OFFLINE', 'PENDING', 'ACCEPTED', 'REVOKED'] as const satisfies readonly StaffRouterFilter[];
const keyTones = { PENDING: 'warn', ACCEPTED: 'ok', REVOKED: 'danger' } as const;

export function GodRouters() {
  const { t } = useTranslation('godview');
  const [search, setSearch] = useState('');
  const [state, setState] = useState<StaffRouterFilter | ''>('');
  const wanted = useSettled(search);
  const pages = usePages(`${wanted}/${state}`);
  const { data, error, again } = useFresh(StaffRoutersDocument, { search: wanted, state: state || null, first: mostRows, after: pages.cursor }, { everyMs: 5_000 });
  const [shown, setShown] = useState<StaffRouterFieldsFragment | null>(null);
  const [told, setTold] = useState<StaffRouterFieldsFragment | null>(null);
  const filter = (
    <Select label={t('routers.state')} className="basis-48" value={state} onChange={(event) => setState(event.currentTarget.value as typeof state)}>
      <option value="">{t('routers.any')}</option>
      {filters.map((each) => (
        <option key={each} value={each}>
          {t(`routers.filters.${each}`)}
        </option>
      ))}
    </Select>
  );
  return (
    <>
      <Searched label={t('routers.search')} search={search} onSearch={setSearch} filters={filter} data={data} error={error} retry={again} pages={pages} pageInfoOf={(page) => page.staff.routers.pageInfo}>
        {({ staff }) => <Rows rows={staff.routers.edges.map(({ node }) => node)} onShow={setShown} onTell={setTold} />}
      </Searched>
      {told && <GodCommands router={told} onClose={() => setTold(null)} />}
      {shown && <RevokeKey router={shown} onClose={() => setShown(null)} onDone={again} />}
    </>
  );
}

interface RowsProps {
  rows: readonly StaffRouterFieldsFragment[];
  onShow: (router: StaffRouterFieldsFragment) => void;
  onTell: (router: StaffRouterFieldsFragment) => void;
}

function Rows({ rows, onShow, onTell }: RowsProps) {
  const { t } = useTranslation('godview');
  if (rows.length === 0) return <p className="text-muted p-4 text-center">{t('nothing')}</p>;
  return (
    <Table
      label={t('parts.routers')}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          id: 'name',
          head: t('routers.name'),
          cell: (router) => (
            <div className="min-w-40" data-testid="god-router" data-name={router.name} data-state={router.state}>
              <p className="font-medium">
                <bdi>{router.name || t('routers.unnamed')}</bdi>
              </p>
              <p className="text-muted max-w-56 truncate font-mono text-xs" title={router.fingerprint}>
                {router.fingerprint}
              </p>
            </div>
          ),
        },
        { id: 'link', head: t('routers.link'), cell: (router) => <StateMark tone={router.isOnline ? 'ok' : router.lastSeenAt ? 'danger' : 'quiet'}>{t(router.isOnline ? 'routers.online' : router.lastSeenAt ? 'routers.offline' : 'routers.never')}</StateMark> },
        { id: 'hub', head: t('routers.hub'), cell: (router) => (router.hub ? <bdi data-testid="god-hub">{router.hub}</bdi> : '–') },
        { id: 'key', head: t('routers.key'), cell: (router) => <Badge tone={keyTones[router.state]}>{t(`routers.keys.${router.state}`)}</Badge> },
        { id: 'organisation', head: t('routers.organisation'), cell: (router) => <bdi>{router.organisationName ?? '–'}</bdi> },
        { id: 'software', head: t('routers.software'), cell: (router) => router.software || '–' },
        {
          id: 'settings',
          head: t('routers.settings'),
          cell: (router) => (
            <span title={router.applyError || undefined} className={router.applyError ? 'text-danger' : router.appliedRevision < router.desiredRevision ? 'text-warn' : ''}>
              {router.appliedRevision} / {router.desiredRevision}
              {router.applyError && <span className="block max-w-48 truncate text-xs">{router.applyError}</span>}
            </span>
          ),
        },
        { id: 'seen', head: t('routers.seen'), cell: (router) => <span className="whitespace-nowrap">{router.lastSeenAt ? <Age at={router.lastSeenAt} /> : '–'}</span> },
        {
          id: 'actions',
          head: <span className="sr-only">{t('actions')}</span>,
          cell: (router) =>
            router.state === 'ACCEPTED' && (
              <span className="flex justify-end gap-1">
                <Button size="small" onClick={() => onTell(router)} aria-label={t('routers.tellThis', { name: router.name })} data-testid="god-tell">
                  {t('routers.tell')}
                </Button>
                <Button size="small" look="quiet" onClick={() => onShow(router)} aria-label={t('routers.revokeThis', { name: router.name })}>
                  {t('routers.revoke')}
                </Button>
              </span>
            ),
        },
      ]}
    />
  );
}

function RevokeKey({ router, onClose, onDone }: { router: StaffRouterFieldsFragment; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('godview');
  const revoke = useAct(RevokeRouterKeyDocument);
  async function submit() {
    const { payload } = await revoke.run({ input: { routerId: router.id } });
    if (!payload) return;
    onClose();
    onDone();
  }
  return (
    <Ask title={t('routers.revokeThis', { name: router.name })} submit={t('routers.revoke')} onSubmit={() => void submit()} onClose={onClose} isBusy={revoke.isBusy} problems={revoke.problems} typed={router.name} isDanger testId="revoke-key">
      <p className="mt-2 leading-relaxed">{t('routers.revokeText')}</p>
    </Ask>
  );
}
