// Takes the pictures of the documentation: every page in both themes and two widths, into docs/images (or the folder named).
// SPDX-License-Identifier: Apache-2.0
//
//   node tests/web/screenshots.mjs [FOLDER]     of VIVI_URL, else of the big event of tests/sim/event, as deploy/demo/run --large shows it
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillSignIn, launch, newPage } from './browser.mjs';
import { isReal, startProduct } from './fixtures/product.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/images');
const places = ['now', 'devices', 'traffic', 'rules', 'routers', 'event', 'settings', 'first-run'];
const looks = ['light', 'dark'].flatMap((theme) => [
  { theme, width: 360, height: 740 },
  { theme, width: 1440, height: 900 },
]);

await mkdir(folder, { recursive: true });
const product = await startProduct('--large');
const browser = await launch();

/** Whole: nothing is loading, the numbers have come, letters are in their own font. */
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: 8_000 }).catch(() => {}); // Live pages may never be idle.
  await page.evaluate(() => document.fonts.ready);
}

/** Sums are made and alarms end once a minute: who looks at the site later than that finds both. */
async function untilAddedUp() {
  const page = await newPage(browser);
  await page.goto(new URL('/traffic', product.url).href);
  await fillSignIn(page, product.email, product.password);
  await page.getByTestId('top-row').first().waitFor({ timeout: 300_000 });
  await page.goto(new URL('/now', product.url).href);
  await page.getByTestId('alarm').first().waitFor();
  await page.getByTestId('alarm').filter({ hasText: 'Two devices have the same address' }).waitFor({ state: 'detached', timeout: 120_000 });
  await page.context().close();
}

if (!isReal) await untilAddedUp();
for (const look of looks) {
  const page = await newPage(browser, look);
  const take = (name) => page.screenshot({ path: join(folder, `${name}-${look.theme}-${look.width}.png`) });
  const open = (path) => page.goto(new URL(path, product.url).href);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: look.theme });
  await open('/now');
  await page.getByTestId('sign-in').waitFor();
  await take('sign-in');
  await fillSignIn(page, product.email, product.password);
  await page.locator('[data-testid=connection][data-connection=live]').waitFor();
  for (const place of places) {
    await open(`/${place}`);
    await settled(page);
    const card = page.getByTestId('event-card').first();
    if (place === 'event' && (await card.count()) > 0) {
      await card.click();
      await page.getByTestId('timeline-entry').first().waitFor();
      await settled(page);
    }
    await page.mouse.move(0, 0);
    await take(place);
    if (place !== 'devices') continue;
    await page.locator('[data-row-opener]').first().click();
    await page.getByTestId('standing').waitFor();
    await settled(page);
    await take('device');
  }
  await page.context().close();
  if (!product.people.staff) continue;
  const staff = await newPage(browser, look);
  await staff.goto(new URL('/godview', product.url).href);
  await fillSignIn(staff, product.people.staff, product.password);
  await staff.getByTestId('god-router').first().waitFor();
  await settled(staff);
  await staff.screenshot({ path: join(folder, `godview-${look.theme}-${look.width}.png`) });
  await staff.context().close();
}
await browser.close();
product.stop();
