// Every organisation, in counts; nothing of what happens in it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StaffOrganisationsDocument } from '../../generated/graphql';
import { useFresh } from '../../forms/use_fresh';
import { Table } from '../../ui/table';
import { Time } from '../../ui/time';
import { mostRows, Searched, usePages, useSettled } from './searched';

export function GodOrganisations() {
  const { t } = useTranslation('godview');
  const [search, setSearch] = useState('');
  const wanted = useSettled(search);
  const pages = usePages(wanted);
  const { data, error, again } = useFresh(StaffOrganisationsDocument, { search: wanted, first: mostRows, after: pages.cursor }, { everyMs: 15_000 });
  return (
    <Searched label={t('organisations.search')} search={search} onSearch={setSearch} data={data} error={error} retry={again} pages={pages} pageInfoOf={(page) => page.staff.organisations.pageInfo}>
      {({ staff }) => (
        <Table
          label={t('parts.organisations')}
          rows={staff.organisations.edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          columns={[
            { id: 'name', head: t('organisations.name'), cell: (each) => <bdi className="font-medium">{each.name}</bdi> },
            { id: 'routers', head: t('organisations.routers'), align: 'right', cell: (each) => t('organisations.online', { online: each.routersOnline, all: each.routerCount }) },
            { id: 'members', head: t('organisations.members'), align: 'right', cell: (each) => each.memberCount },
            { id: 'since', head: t('users.since'), cell: (each) => <Time at={each.createdAt} /> },
          ]}
        />
      )}
    </Searched>
  );
}
