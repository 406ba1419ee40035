// Starts the dashboard in the page.
// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { App } from './app';
import { makeClient } from './graphql/client';
import { followLetter } from './letters';
import { startLanguage } from './i18n';
import { applyTheme } from './theme';
import './styles.css';

applyTheme();
followLetter();
await startLanguage();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider value={makeClient()}>
      <App />
    </Provider>
  </StrictMode>,
);

// Only where it may be kept: built, and served over HTTPS or from this machine.
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/service_worker.js').catch(() => {});
