// Takes the pictures of the documentation: every page in both themes and two widths, into docs/images (or the folder named).
// SPDX-License-Identifier: Apache-2.0
//
//   node tests/web/screenshots.mjs [FOLDER]     of VIVI_URL, else of a made-up event
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillSignIn, launch, newPage } from './browser.mjs';
import { startProduct } from './fixtures/product.mjs';
import { startRouterPage } from './fixtures/router_page.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/images');
await mkdir(folder, { recursive: true });
const product = await startProduct();
const router = await startRouterPage();
const browser = await launch();

for (const theme of ['light', 'dark']) {
  for (const [width, height] of [[360, 740], [1440, 900]]) {
    const page = await newPage(browser, { theme, width, height });
    const take = (name) => page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(product.url);
    await page.getByTestId('sign-in').waitFor();
    await take('sign-in');
    await fillSignIn(page, product.email, product.password);
    await page.locator('[data-testid=connection][data-connection=live]').waitFor();
    await page.getByTestId('device-row').first().waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    await take('live');
    // The router's own page, with its PIN; what a guest reads of a blocked name is in the same hand.
    await page.goto(router.url);
    await take('router-page-locked');
    await page.locator('input[name=pin]').fill(router.pin);
    await page.locator('form[action="/pin"] button').click();
    await page.locator('svg.qr').waitFor();
    await page.screenshot({ path: join(folder, `router-page-${theme}-${width}.png`), fullPage: true });
    await page.context().close();
  }
}
await browser.close();
router.stop();
product.stop();
