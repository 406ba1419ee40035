// The places: at the side on wide screens, in a bar at the bottom where the thumb is on phones.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useScopedLink } from '../scope';
import { useSession } from '../session';
import { Icon } from '../ui/icons';
import { LazyMenu } from './lazy_menu';
import { placesFor, type Place } from './places';

const loadMore = () => import('./more_menu').then((file) => file.MoreMenu);

export function SideBar() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('places.label')} className="border-line sticky top-14 hidden h-[calc(100dvh-3.5rem)] w-14 shrink-0 flex-col gap-1 overflow-y-auto border-r p-2 md:flex xl:w-48">
      {placesFor(useSession()).map((place) => (
        <SideLink key={place.name} place={place} />
      ))}
    </nav>
  );
}

function SideLink({ place }: { place: Place }) {
  const { t } = useTranslation();
  const link = useScopedLink();
  const name = t(`places.${place.name}`);
  return (
    <NavLink
      to={link(`/${place.name}`)}
      title={name}
      data-place={place.name}
      className={({ isActive }) =>
        `flex h-10 items-center gap-3 rounded-md px-2.5 font-medium max-xl:justify-center max-xl:px-0 ${isActive ? 'bg-sunken text-ink' : 'text-muted hover:bg-sunken hover:text-ink'}`
      }
    >
      {({ isActive }) => (
        <>
          <Icon name={place.icon} className={`size-5 ${isActive ? 'text-accent' : ''}`} />
          <span className="max-xl:sr-only">{name}</span>
        </>
      )}
    </NavLink>
  );
}

export function BottomBar() {
  const { t } = useTranslation();
  const link = useScopedLink();
  const { pathname } = useLocation();
  const places = placesFor(useSession());
  const first = places.filter((place) => place.isFirst);
  const more = places.filter((place) => !place.isFirst);
  const isMore = more.some((place) => pathname.startsWith(`/${place.name}`));
  return (
    <nav aria-label={t('places.label')} className="bg-surface border-line fixed inset-x-0 bottom-0 z-20 flex justify-around border-t pb-[env(safe-area-inset-bottom)] md:hidden">
      {first.map((place) => (
        <NavLink key={place.name} to={link(`/${place.name}`)} data-place={place.name} className={({ isActive }) => barItem(isActive)}>
          <Icon name={place.icon} className="size-5" />
          <span className="max-w-full truncate">{t(`places.${place.name}`)}</span>
        </NavLink>
      ))}
      <LazyMenu
        load={loadMore}
        trigger={
          <button type="button" className={barItem(isMore)} data-testid="more">
            <Icon name="more" className="size-5" />
            <span>{t('places.more')}</span>
          </button>
        }
      />
    </nav>
  );
}

function barItem(isActive: boolean): string {
  return `flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 px-0.5 text-[0.6875rem] font-medium ${isActive ? 'text-accent' : 'text-muted'}`;
}
