// Who is signed in, how the page looks, in which language, and the way out.
// SPDX-License-Identifier: Apache-2.0
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeQuery } from '../../../generated/graphql';
import { chooseLanguage, languages, type Language } from '../../../i18n';
import { chooseTheme, themes, useTheme, type Theme } from '../../../theme';
import { Button } from '../../../ui/button';
import { Icon } from '../../../ui/icons';

export function UserMenu({ me, onSignOut }: { me: NonNullable<MeQuery['me']>; onSignOut: () => void }) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const ref = useRef<HTMLDetailsElement>(null);
  const close = () => ref.current?.removeAttribute('open');
  return (
    <details
      ref={ref}
      className="relative"
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        ref.current?.querySelector('summary')?.focus();
      }}
    >
      <summary aria-label={t('menu.open')} data-testid="user-menu" className="text-muted hover:bg-sunken hover:text-ink flex size-8 list-none items-center justify-center rounded-md">
        <Icon name="menu" />
      </summary>
      <button type="button" tabIndex={-1} aria-hidden="true" className="fixed inset-0 cursor-default" onClick={close} />
      <div className="arrives panel absolute right-0 mt-2 w-64 p-4 shadow-xl">
        <p className="truncate font-semibold">
          <bdi>{me.name || me.email}</bdi>
        </p>
        <p className="text-muted truncate text-xs">{me.email}</p>
        <label className="text-muted mt-4 mb-1 block text-xs" htmlFor="theme">
          {t('menu.theme')}
        </label>
        <select id="theme" value={theme} onChange={(event) => chooseTheme(event.target.value as Theme)} className="field w-full">
          {themes.map((each) => (
            <option key={each} value={each}>
              {t(`menu.themes.${each}`)}
            </option>
          ))}
        </select>
        <label className="text-muted mt-3 mb-1 block text-xs" htmlFor="language">
          {t('menu.language')}
        </label>
        <select id="language" value={i18n.language} onChange={(event) => chooseLanguage(event.target.value as Language)} className="field w-full">
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
        <Button className="mt-4 w-full" data-testid="sign-out" onClick={onSignOut}>
          {t('menu.signOut')}
        </Button>
      </div>
    </details>
  );
}
