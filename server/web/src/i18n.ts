// The reader's language: chosen in the menu, else as the browser asks. Texts are one file a page, loaded with the page.
// SPDX-License-Identifier: Apache-2.0
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Texts } from './locales/texts';

export const languages = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof languages;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Texts;
  }
}

const storageKey = 'vivi.language';
const files = import.meta.glob<string>('./locales/*/*.json', { query: '?url', import: 'default', eager: true });

const backend: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, namespace, done) => {
    const url = files[`./locales/${language}/${namespace}.json`];
    if (!url) return done(new Error(`no texts: ${language}/${namespace}`), false);
    fetchTexts(url).then(
      (texts) => done(null, texts),
      (failure: unknown) => done(failure as Error, false),
    );
  },
};

/** Texts are data, not scripts: nothing has to be compiled before they can be read. */
async function fetchTexts(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

function isLanguage(value: string | null | undefined): value is Language {
  return value !== null && value !== undefined && value in languages;
}

function preferred(): Language {
  const chosen = localStorage.getItem(storageKey);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'en';
}

export async function startLanguage(): Promise<void> {
  i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: false, // tests/locales.test.ts: both languages say everything.
      ns: ['common'],
      defaultNS: 'common',
      interpolation: { escapeValue: false }, // React escapes.
    });
}

/** Of a page: before it is drawn. */
export function loadTexts(pages: readonly (keyof Texts)[] | keyof Texts): Promise<void> {
  return i18next.loadNamespaces(pages);
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
  void i18next.changeLanguage(language);
}
