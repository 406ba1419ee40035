// Lighthouse 12 on Now and Devices of a vivi-site, signed in: performance at least 95, accessibility and best practices 100.
// SPDX-License-Identifier: Apache-2.0
//
//   deploy/npm-ci tests/web/quality && node tests/web/quality/lighthouse.mjs [--reports FOLDER]
// Of VIVI_URL (with VIVI_EMAIL, VIVI_PASSWORD), else of a vivi-site of its own. Lighthouse's desktop settings: an organiser's laptop.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import lighthouse from 'lighthouse';
import desktop from 'lighthouse/core/config/desktop-config.js';
import { chromium } from 'playwright-core';
import { signIn } from '../browser.mjs';
import { startProduct } from '../fixtures/product.mjs';

const wanted = { performance: 95, accessibility: 100, 'best-practices': 100 };
const port = 9_000 + (process.pid % 900);
const reports = process.argv.includes('--reports') ? process.argv[process.argv.indexOf('--reports') + 1] : null;
if (reports) await mkdir(reports, { recursive: true });

const product = await startProduct();
const browser = await chromium.launch({
  executablePath: process.env['VIVI_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--remote-debugging-port=${port}`],
});
let failed = false;
try {
  // Lighthouse opens pages of the browser's own profile: whoever signs in there is signed in for it.
  const page = await browser.contexts()[0]?.newPage() ?? (await browser.newPage());
  await signIn(page, product);
  const session = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const place of ['/now', '/devices']) {
    const url = new URL(place, product.url).href;
    const { lhr, report } = await lighthouse(url, { port, disableStorageReset: true, extraHeaders: { Cookie: session }, onlyCategories: Object.keys(wanted), output: 'html', logLevel: 'error' }, desktop);
    if (reports) await writeFile(join(reports, `${place.slice(1)}.html`), report);
    for (const [category, least] of Object.entries(wanted)) {
      const score = Math.round((lhr.categories[category].score ?? 0) * 100);
      const met = score >= least;
      failed ||= !met;
      console.log(JSON.stringify({ measure: `lighthouse ${lhr.lighthouseVersion} ${place} ${category}`, value: score, unit: 'of 100', target: least, met }));
      for (const { id } of met && score === 100 ? [] : lhr.categories[category].auditRefs) {
        const audit = lhr.audits[id];
        if (audit.score !== null && audit.score < 0.9) console.error(`  ${id}: ${audit.title} ${audit.displayValue ?? ''} ${JSON.stringify(audit.details?.items?.slice(0, 3) ?? '').slice(0, 400)}`);
      }
    }
    if (lhr.finalDisplayedUrl !== url) throw new Error(`lighthouse looked at ${lhr.finalDisplayedUrl} in place of ${url}`);
  }
} finally {
  await browser.close();
  product.stop();
}
process.exitCode = failed ? 1 : 0;
