// Everybody with an account, and who of them is staff.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SetStaffRoleDocument, StaffUsersDocument, type StaffRole, type StaffUserFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice } from '../../forms/field';
import { useFresh } from '../../forms/use_fresh';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Table } from '../../ui/table';
import { Age, Time } from '../../ui/time';
import { mostRows, Searched, usePages, useSettled } from './searched';

const roles = ['SUPPORT', 'OPERATOR', 'RELEASE', 'ADMIN'] as const satisfies readonly StaffRole[];

export function GodUsers() {
  const { t } = useTranslation('godview');
  const [search, setSearch] = useState('');
  const wanted = useSettled(search);
  const pages = usePages(wanted);
  const { data, error, again } = useFresh(StaffUsersDocument, { search: wanted, first: mostRows, after: pages.cursor }, { everyMs: 15_000 });
  const [shown, setShown] = useState<StaffUserFieldsFragment | null>(null);
  return (
    <>
      <Searched label={t('users.search')} search={search} onSearch={setSearch} data={data} error={error} retry={again} pages={pages} pageInfoOf={(page) => page.staff.users.pageInfo}>
        {({ staff }) => (
          <Table
            label={t('parts.users')}
            rows={staff.users.edges.map(({ node }) => node)}
            keyOf={({ id }) => id}
            columns={[
              {
                id: 'name',
                head: t('users.name'),
                cell: (user) => (
                  <div data-testid="god-user" data-email={user.email}>
                    <bdi className="font-medium">{user.name || user.email}</bdi>
                    <bdi className="text-muted block text-xs">{user.email}</bdi>
                  </div>
                ),
              },
              { id: 'role', head: t('users.staff'), cell: (user) => (user.staffRole ? <Badge tone="accent">{t(`roles.${user.staffRole}`)}</Badge> : '–') },
              { id: 'memberships', head: t('users.memberships'), align: 'right', cell: (user) => user.membershipCount },
              { id: 'seen', head: t('users.seen'), cell: (user) => <span className="whitespace-nowrap">{user.lastSeenAt ? <Age at={user.lastSeenAt} /> : '–'}</span> },
              { id: 'since', head: t('users.since'), cell: (user) => <Time at={user.createdAt} /> },
              {
                id: 'actions',
                head: <span className="sr-only">{t('actions')}</span>,
                cell: (user) => (
                  <Button size="small" look="quiet" onClick={() => setShown(user)} aria-label={t('users.roleOf', { name: user.email })}>
                    {t('users.role')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Searched>
      {shown && <RoleDialog user={shown} onClose={() => setShown(null)} onDone={again} />}
    </>
  );
}

function RoleDialog({ user, onClose, onDone }: { user: StaffUserFieldsFragment; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('godview');
  const set = useAct(SetStaffRoleDocument);
  async function submit(fields: FormData) {
    const { payload } = await set.run({ input: { userId: user.id, role: (String(fields.get('role')) || null) as StaffRole | null } });
    if (!payload) return;
    onClose();
    onDone();
  }
  return (
    <Ask title={t('users.roleOf', { name: user.email })} submit={t('users.save')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={set.isBusy} problems={set.problems} testId="staff-role">
      <Choice label={t('users.staff')} name="role" defaultValue={user.staffRole ?? ''} options={[{ value: '', label: t('roles.none') }, ...roles.map((value) => ({ value, label: t(`roles.${value}`) }))]} />
    </Ask>
  );
}
