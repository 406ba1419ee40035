// Everybody can use it: axe finds nothing in either theme and width, targets are large enough, nothing scrolls sideways, nothing leaves the server.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check, settled } from '../access.mjs';
import { launch, newPage, signIn } from '../browser.mjs';
import { startProduct } from '../fixtures/product.mjs';

let product;
let browser;
before(async () => {
  product = await startProduct();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  product?.stop();
});

const places = ['/now', '/devices', '/traffic', '/rules', '/routers', '/event', '/settings'];

for (const theme of ['light', 'dark']) {
  for (const width of [360, 1440]) {
    describe(`${theme}, ${width} px`, () => {
      const look = { theme, width, height: width === 360 ? 740 : 900 };

      test('sign in, with and without a problem', async () => {
        const page = await newPage(browser, look);
        await page.goto(product.url);
        await page.getByTestId('sign-in').waitFor();
        await check(page);
        await page.keyboard.press('Enter');
        await page.locator('[data-problem]').waitFor();
        await check(page);
      });

      test('every page, and the menus of the frame', async () => {
        const page = await newPage(browser, look);
        await signIn(page, product, '/now');
        await check(page);
        await page.getByTestId('user-menu').click();
        await page.getByTestId('sign-out').waitFor();
        await settled(page);
        await check(page);
        await page.keyboard.press('Escape');
        for (const place of places) {
          await page.goto(new URL(place, product.url).href);
          await page.waitForLoadState('networkidle'); // What it shows first makes room for what it asked for.
          await page.locator('h1').first().waitFor();
          await page.getByTestId('connection').waitFor();
          await settled(page);
          await check(page);
        }
      });

      test('the question before a ban', async () => {
        const page = await newPage(browser, look);
        await signIn(page, product);
        await page.locator('[data-testid=ban-button][data-action=ban]').first().click();
        await page.getByTestId('ban-dialog').waitFor();
        await settled(page);
        await check(page);
      });
    });
  }
}

test('nothing is asked of another host, and nothing breaks the page’s own rules', async () => {
  const page = await newPage(browser);
  const elsewhere = [];
  const complaints = [];
  const origin = new URL(product.url).origin;
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await signIn(page, product);
  await page.getByTestId('device-row').first().waitFor();
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(complaints, []);
});

test('who prefers less motion gets none', async () => {
  const page = await newPage(browser);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page, product);
  await page.getByTestId('device-row').first().waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});
