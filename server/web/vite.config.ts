// How the dashboard is built (hashed files under dist/assets), tried (vitest) and developed (proxy to a local vivi-server).
// SPDX-License-Identifier: Apache-2.0
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const server = process.env['VIVI_URL'] ?? 'http://127.0.0.1:8080';

/** Vite lists the licences of scripts; the font and the style sheet's base ship too. */
const licencesOfStyles: Plugin = {
  name: 'licences-of-styles',
  apply: 'build',
  async closeBundle() {
    for (const name of ['@fontsource-variable/inter', 'tailwindcss']) {
      const text = await readFile(`node_modules/${name}/LICENSE`, 'utf8');
      await appendFile('dist/licences.md', `\n## ${name}\n\n${text.trim()}\n`);
    }
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), licencesOfStyles],
  // The package offers bundlers its development build only, which warns at length.
  resolve: { alias: [{ find: /^react-router$/, replacement: join(import.meta.dirname, 'node_modules/react-router/dist/production/index.mjs') }] },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0, // The page's Content-Security-Policy allows its own files only, no data: URLs.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600, // bundle_budget.mjs watches what matters: the gzipped size.
    manifest: true, // For bundle_budget.mjs, which takes it away.
    rolldownOptions: {
      treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
      optimization: { inlineConst: { mode: 'all', pass: 3 } },
      output: {
        // Small parts that every page uses weigh less together than apart.
        codeSplitting: {
          groups: [
            { name: 'base', test: /node_modules\/(?:react|react-dom|react-router|react-i18next|i18next|urql|@urql|@0no-co|graphql-ws|scheduler|wonka)\//, priority: 3 },
            // What forms and several pages share is one file: alone, each of its parts weighs more.
            { name: 'forms', test: /src\/(?:forms\/(?!step_up)|parts\/|place)/, priority: 1 },
            { name: 'kit', test: /src\/(?:forms\/step_up_store|ui\/(?!toast_cards|menu|tabs)|format\/|shell\/(?:page_title|no_router|places)|live\/|scope\.|session|url_params|api_error|theme|i18n|generated\/documents\/graphql_)/, priority: 2 },
            // What menus, tabs and toasts are made of.
            { name: 'radix', test: /node_modules\/@radix-ui\/react-(?:primitive|slot|compose|context|presence|collection|direction|id|use-|roving|dismissable|portal|visually)/ },
          ],
        },
      },
    },
    license: { fileName: 'licences.md' },
  },
  // Tests read what the server writes down (tests/actions.test.ts) and what routers drop (tests/pages/now.test.ts).
  server: { host: '127.0.0.1', fs: { allow: ['../..'] }, proxy: { '/graphql': { target: server, ws: true, changeOrigin: true }, '/reports': { target: server, changeOrigin: true } } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
