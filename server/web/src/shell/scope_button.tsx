// Says what is looked at, and opens the choice of something else.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { useScope } from '../scope';
import { Icon } from '../ui/icons';
import { LazyMenu } from './lazy_menu';

const loadMenu = () => import('./scope_menu').then((file) => file.ScopeMenu);

export function ScopeButton() {
  const { t } = useTranslation();
  const { allRouters, events, event, router, state } = useScope();
  if (allRouters.length === 0 && events.length === 0) {
    return <p className="min-w-0 truncate text-base font-semibold">{state === 'ready' ? t('scope.none') : 'Vivi'}</p>;
  }
  const name = event?.name ?? (router ? router.name || t('router.unnamed') : t('scope.all'));
  return (
    <LazyMenu
      load={loadMenu}
      trigger={
        <button type="button" data-testid="scope" className="hover:bg-sunken flex h-9 max-w-72 min-w-0 items-center gap-1.5 rounded-md px-2 text-base font-semibold">
          <span className="sr-only">{t('scope.label')}: </span>
          <bdi className="truncate">{name}</bdi>
          <Icon name="open" className="text-muted size-4" />
        </button>
      }
    />
  );
}
