// Which page lives at which address. Each comes with its texts when it is first opened; a page is added here and in shell/places.ts.
// SPDX-License-Identifier: Apache-2.0
import { lazy, type ComponentType } from 'react';
import { loadTexts } from './i18n';
import type { Texts } from './locales/texts';

interface LoadedPage<Props> {
  readonly default: ComponentType<Props>;
}

/** The page and its texts, together; `start` has them fetched before they are drawn. */
function page<Props extends object>(texts: readonly (keyof Texts)[] | keyof Texts, load: () => Promise<ComponentType<Props>>) {
  let begun: Promise<LoadedPage<Props>> | null = null;
  const start = () =>
    (begun ??= Promise.all([load(), loadTexts(texts)]).then(
      ([Page]) => ({ default: Page }),
      (failure: unknown) => {
        begun = null; // The next try is a new one.
        throw failure;
      },
    ));
  return Object.assign(lazy(start), { start });
}

export const signInPage = page(['sign_in', 'forms'], () => import('./pages/sign_in/sign_in_page').then((file) => file.SignInPage));

/** For those who are signed in, inside the shell, with the name of their place. `*` where a page has pages of its own. */
export const placeRoutes = [
  { name: 'now', path: 'now', Page: page('now', () => import('./pages/now/now_page').then((file) => file.NowPage)) },
  { name: 'devices', path: 'devices', Page: page(['devices', 'categories'], () => import('./pages/devices/devices_page').then((file) => file.DevicesPage)) },
  { name: 'traffic', path: 'traffic/*', Page: page(['traffic', 'categories'], () => import('./pages/traffic/traffic_page').then((file) => file.TrafficPage)) },
  { name: 'rules', path: 'rules/*', Page: page(['rules', 'policy', 'categories'], () => import('./pages/rules/rules_page').then((file) => file.RulesPage)) },
  { name: 'routers', path: 'routers/*', Page: page(['routers', 'policy', 'categories', 'event', 'forms', 'actions', 'commands'], () => import('./pages/routers/routers_page').then((file) => file.RoutersPage)) },
  { name: 'event', path: 'event/*', Page: page(['event', 'policy', 'categories', 'routers', 'settings', 'forms', 'actions'], () => import('./pages/event/event_page').then((file) => file.EventPage)) },
  { name: 'settings', path: 'settings/*', Page: page(['settings', 'forms', 'actions'], () => import('./pages/settings/settings_page').then((file) => file.SettingsPage)) },
  { name: 'godview', path: 'godview/*', Page: page(['godview', 'categories', 'settings', 'forms', 'actions', 'commands'], () => import('./pages/godview/godview_page').then((file) => file.GodviewPage)) },
  { name: null, path: 'first-run/*', Page: page(['first_run', 'routers', 'forms'], () => import('./pages/first_run/first_run_page').then((file) => file.FirstRunPage)) },
] as const;

/** For anybody, without the shell. */
export const publicRoutes = [
  { path: 'show/:token?', Page: page('show', () => import('./pages/show/show_page').then((file) => file.ShowPage)) },
  { path: 'join/*', Page: page(['join', 'sign_in', 'forms'], () => import('./pages/join/join_page').then((file) => file.JoinPage)) },
];

/** Fetches what the page of an address needs, before it is known whether it will be shown. */
export function startPage(pathname: string): void {
  const place = pathname.split('/')[1] || 'now';
  const route = [...placeRoutes, ...publicRoutes].find(({ path }) => path.split('/')[0] === place);
  route?.Page.start().catch(() => {}); // Whoever shows it says what failed.
}
