// Who did what, everywhere; without what would name a guest.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StaffAuditLogDocument } from '../../generated/graphql';
import { useFresh } from '../../forms/use_fresh';
import { AuditList } from '../../parts/audit_list';
import { mostRows, Searched, usePages, useSettled } from './searched';

export function GodAudit() {
  const { t } = useTranslation('godview');
  const [search, setSearch] = useState('');
  const wanted = useSettled(search);
  const pages = usePages(wanted);
  const { data, error, again } = useFresh(StaffAuditLogDocument, { action: wanted, first: mostRows, after: pages.cursor }, { everyMs: 15_000 });
  return (
    <Searched label={t('audit.search')} search={search} onSearch={setSearch} data={data} error={error} retry={again} pages={pages} pageInfoOf={(page) => page.staff.auditLog.pageInfo}>
      {({ staff }) => <AuditList entries={staff.auditLog.edges.map(({ node }) => node)} />}
    </Searched>
  );
}
