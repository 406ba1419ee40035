// Who is signed in, for which organisation, how the page looks, in which language, and the way out.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { chooseLanguage, languages, type Language } from '../i18n';
import { useSession } from '../session';
import { chooseTheme, themes, useTheme, type Theme } from '../theme';
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLine, MenuNote } from '../ui/menu';
import { useSetUrlParams } from '../url_params';
import type { LoadedMenu } from './lazy_menu';

export function UserMenu({ trigger, defaultOpen }: LoadedMenu) {
  const { t, i18n } = useTranslation();
  const { me, organisation, role, signOut } = useSession();
  const theme = useTheme();
  const set = useSetUrlParams();
  const organisations = new Map(me.memberships.map((each) => [each.organisation.id, each.organisation.name]));
  return (
    <Menu
      label={t('menu.open')}
      trigger={trigger}
      defaultOpen={defaultOpen}
    >
      <MenuNote>
        <p className="truncate font-semibold">
          <bdi>{me.name || me.email}</bdi>
        </p>
        <p className="text-muted truncate text-xs">
          {me.email}
          {role && ` · ${t(`roles.${role}`)}`}
        </p>
      </MenuNote>
      {organisations.size > 1 && (
        <MenuChoices label={t('organisation')} value={organisation?.id ?? ''} onChoose={(id) => set({ organisation: id, event: null, router: null }, 'push')}>
          {[...organisations].map(([id, name]) => (
            <MenuChoice key={id} value={id}>
              <bdi>{name}</bdi>
            </MenuChoice>
          ))}
        </MenuChoices>
      )}
      <MenuChoices label={t('menu.theme')} value={theme} onChoose={(value) => chooseTheme(value as Theme)}>
        {themes.map((each) => (
          <MenuChoice key={each} value={each}>
            {t(`menu.themes.${each}`)}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuChoices label={t('menu.language')} value={i18n.language} onChoose={(value) => chooseLanguage(value as Language)}>
        {Object.entries(languages).map(([each, name]) => (
          <MenuChoice key={each} value={each}>
            <span lang={each}>{name}</span>
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
      <MenuItem icon="leave" data-testid="sign-out" onSelect={signOut}>
        {t('menu.signOut')}
      </MenuItem>
    </Menu>
  );
}
