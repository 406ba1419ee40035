// Starts the dashboard in the page.
// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { App } from './app';
import { MeDocument } from './generated/graphql';
import { makeClient } from './graphql/client';
import { followLetter } from './letters';
import { startLanguage } from './i18n';
import { startPage } from './routes';
import { applyTheme } from './theme';
import './styles.css';

/** Keeping the shell fetches all of it: after the first page has what it needs. */
const keepShellAfterMs = 5_000;

applyTheme();
followLetter();
// What the first page needs is under way together: the texts of all pages, who is signed in, the page and its own texts.
const language = startLanguage();
const client = makeClient();
const me = client.query(MeDocument, {}).toPromise();
startPage(window.location.pathname);
await language;
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider value={client}>
      <App firstAnswer={me} />
    </Provider>
  </StrictMode>,
);

// Only where it may be kept: built, and served over HTTPS or from this machine. Not before there is something to see.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  const keep = () => setTimeout(() => void navigator.serviceWorker.register('/service_worker.js').catch(() => {}), keepShellAfterMs);
  if (document.readyState === 'complete') keep();
  else window.addEventListener('load', keep, { once: true });
}
