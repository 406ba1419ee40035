// What stays around every page: where one can go, what is looked at, whether it is live, and the way out.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useLocation } from 'react-router';
import { useNetwork } from '../live/network_context';
import { useSession } from '../session';
import { Button } from '../ui/button';
import { Icon, Mark } from '../ui/icons';
import { ConnectionBadge } from './connection_badge';
import { LazyMenu } from './lazy_menu';
import { BottomBar, SideBar } from './navigation';
import { ScopeButton } from './scope_button';

const loadUserMenu = () => import('./user_menu').then((file) => file.UserMenu);

export function Shell() {
  const { t } = useTranslation();
  const session = useSession();
  const network = useNetwork();
  const main = useRef<HTMLElement>(null);
  useFocusOnNewPage(main);
  return (
    <>
      <a href="#content" className="bg-accent text-on-accent absolute z-40 -translate-y-full rounded px-3 py-2 focus:translate-y-0">
        {t('places.skip')}
      </a>
      <header className="bg-surface border-line sticky top-0 z-20 flex h-14 items-center gap-2 border-b px-3 sm:gap-3 sm:px-5">
        <Mark className="size-7 shrink-0" />
        {session.organisation && <ScopeButton />}
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          {network && session.organisation && <ConnectionBadge network={network} />}
          <LazyMenu
            load={loadUserMenu}
            trigger={
              <Button size="icon" look="quiet" aria-label={t('menu.open')} data-testid="user-menu">
                <Icon name="person" className="size-5" />
              </Button>
            }
          />
        </div>
      </header>
      <div className="flex">
        <SideBar />
        <main ref={main} id="content" tabIndex={-1} className="mx-auto w-full max-w-[150rem] min-w-0 flex-1 px-3 pt-4 pb-24 outline-none sm:px-5 md:pb-10">
          <Outlet />
        </main>
      </div>
      <BottomBar />
    </>
  );
}

/** A new page is read from its top, by eye and by screen reader. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>) {
  const { pathname } = useLocation();
  const place = pathname.split('/')[1];
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    if (shown.current) {
      window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    shown.current = place;
  }, [place, main]);
}
