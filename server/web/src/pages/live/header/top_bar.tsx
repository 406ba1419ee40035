// The bar that stays: whose network this is, whether what is shown is live, and the way out.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeQuery, RouterFieldsFragment } from '../../../generated/graphql';
import { Mark } from '../../../ui/icons';
import { UserMenu } from './user_menu';

interface Props {
  me: NonNullable<MeQuery['me']>;
  routers: readonly RouterFieldsFragment[];
  router: RouterFieldsFragment | null;
  onChoose: (id: string) => void;
  onSignOut: () => void;
  children: ReactNode;
}

export function TopBar({ me, routers, router, onChoose, onSignOut, children }: Props) {
  const { t } = useTranslation();
  return (
    <header className="bg-surface border-line sticky top-0 z-20 border-b">
      <div className="mx-auto flex h-14 w-full max-w-[150rem] items-center gap-2 px-3 sm:gap-3 sm:px-5">
        <Mark className="size-7 shrink-0" />
        <h1 className="sr-only">Vivi</h1>
        {routers.length > 1 && router ? (
          <select
            aria-label={t('router.label')}
            data-testid="router-switcher"
            value={router.id}
            onChange={(event) => onChoose(event.target.value)}
            className="field max-w-64 min-w-0 truncate font-semibold"
          >
            {routers.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name || t('router.unnamed')}
              </option>
            ))}
          </select>
        ) : (
          <p className="min-w-0 truncate text-base font-semibold" data-testid="router-name">
            {router ? <bdi>{router.name || t('router.unnamed')}</bdi> : 'Vivi'}
          </p>
        )}
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          {children}
          <UserMenu me={me} onSignOut={onSignOut} />
        </div>
      </div>
    </header>
  );
}
