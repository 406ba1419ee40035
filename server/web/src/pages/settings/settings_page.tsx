// Settings, in parts: what is the person's own, and what is the organisation's for those who may change it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, Route, Routes } from 'react-router';
import type { Right } from '../../session';
import { usePlace } from '../../place';
import { useScopedLink } from '../../scope';
import { PageTitle } from '../../shell/page_title';
import { AccountPart } from './account_part';
import { AuditPart } from './audit_part';
import { NotificationsPart } from './notifications_part';
import { PeoplePart } from './people_part';
import { PrivacyPart } from './privacy_part';
import { ScreensPart } from './screens_part';
import { SecurityPart } from './security_part';
import { TokensPart } from './tokens_part';

/** `to` absent: everybody's own. */
const parts: readonly { name: 'account' | 'notifications' | 'security' | 'people' | 'tokens' | 'screens' | 'privacy' | 'audit'; to?: Right; Part: () => React.ReactNode }[] = [
  { name: 'account', Part: AccountPart },
  { name: 'notifications', Part: NotificationsPart },
  { name: 'security', Part: SecurityPart },
  { name: 'people', to: 'MANAGE', Part: PeoplePart },
  { name: 'tokens', to: 'SEE', Part: TokensPart },
  { name: 'screens', to: 'MANAGE', Part: ScreensPart },
  { name: 'privacy', to: 'SEE', Part: PrivacyPart },
  { name: 'audit', to: 'OWN', Part: AuditPart },
];

export function SettingsPage() {
  const { t } = useTranslation('settings');
  const { may, name: organisation } = usePlace();
  const link = useScopedLink();
  const shown = parts.filter(({ to }) => !to || may(to));
  return (
    <div className="mx-auto w-full max-w-5xl">
      <PageTitle title={t('title')} note={organisation && <bdi>{organisation}</bdi>} />
      <div className="gap-6 lg:flex">
        <nav aria-label={t('parts.label')} className="mb-4 flex gap-1 overflow-x-auto lg:w-44 lg:shrink-0 lg:flex-col">
          {shown.map(({ name }) => (
            <NavLink
              key={name}
              to={link(`/settings/${name}`)}
              className={({ isActive }) => `flex h-9 shrink-0 items-center rounded-md px-3 font-medium ${isActive ? 'bg-sunken text-ink' : 'text-muted hover:bg-sunken hover:text-ink'}`}
            >
              {t(`parts.${name}`)}
            </NavLink>
          ))}
        </nav>
        <div className="min-w-0 flex-1 space-y-4">
          <Routes>
            <Route index element={<Navigate replace to={link('/settings/account')} />} />
            {shown.map(({ name, Part }) => (
              <Route key={name} path={name} element={<Part />} />
            ))}
            <Route path="*" element={<Navigate replace to={link('/settings/account')} />} />
          </Routes>
        </div>
      </div>
    </div>
  );
}
