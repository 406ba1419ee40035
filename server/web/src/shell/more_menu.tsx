// The places that the bar of a phone has no room for.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { useScopedLink } from '../scope';
import { useSession } from '../session';
import { Menu, MenuLink } from '../ui/menu';
import type { LoadedMenu } from './lazy_menu';
import { placesFor } from './places';

export function MoreMenu({ trigger, defaultOpen }: LoadedMenu) {
  const { t } = useTranslation();
  const link = useScopedLink();
  return (
    <Menu label={t('places.more')} trigger={trigger} defaultOpen={defaultOpen}>
      {placesFor(useSession())
        .filter((place) => !place.isFirst)
        .map((place) => (
          <MenuLink key={place.name} to={link(`/${place.name}`)} icon={place.icon}>
            {t(`places.${place.name}`)}
          </MenuLink>
        ))}
    </Menu>
  );
}
