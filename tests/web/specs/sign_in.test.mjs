// Signing in: with the right password, with a wrong one, with the keyboard, with a password manager, and out again.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillSignIn, launch, newPage, signIn } from '../browser.mjs';
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

test('a wrong password is said so, keeps the e-mail and puts the cursor where it is needed', async () => {
  const page = await newPage(browser);
  await page.goto(product.url);
  await fillSignIn(page, product.email, 'not the password');
  await page.locator('[data-testid=sign-in-problem][data-problem=WRONG_CREDENTIALS]').getByText('do not match').waitFor();
  assert.equal(await page.locator('input[name=email]').inputValue(), product.email);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'password');
  assert.equal(await page.getByTestId('connection').count(), 0);
});

test('an empty field is named before anything is sent', async () => {
  const page = await newPage(browser);
  await page.goto(product.url);
  await page.getByTestId('sign-in').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-problem=emailMissing]').waitFor();
});

test('the form is one a password manager knows', async () => {
  const page = await newPage(browser);
  await page.goto(product.url);
  const form = page.locator('form[method=post]');
  await form.waitFor();
  assert.equal(await form.locator('input[type=email][autocomplete=username][name=email]').count(), 1);
  assert.equal(await form.locator('input[type=password][autocomplete=current-password][name=password]').count(), 1);
});

test('the keyboard alone signs in, and out again', async () => {
  const page = await newPage(browser);
  await page.goto(product.url);
  await page.getByTestId('sign-in').waitFor();
  await page.keyboard.type(product.email);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type(product.password);
  await page.keyboard.press('Enter');
  await page.getByTestId('connection').waitFor();
  await page.getByTestId('user-menu').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-out').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-in').waitFor();
  await page.reload();
  await page.getByTestId('sign-in').waitFor();
});

test('the session outlives a reload', async () => {
  const page = await newPage(browser);
  await signIn(page, product);
  await page.reload();
  await page.getByTestId('connection').waitFor();
});

test('speaks French to a French browser', async () => {
  const page = await newPage(browser, { locale: 'fr-FR' });
  await page.goto(product.url);
  await page.getByRole('button', { name: 'Se connecter' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
});
