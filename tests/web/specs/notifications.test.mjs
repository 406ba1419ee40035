// What is the person's own: told of alarms by e-mail and in this browser, another e-mail by the link of a letter, letters in their language.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { launch, newPage } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, linkTo, pageOf, withStepUp } from '../people.mjs';

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

test('each alarm is told as chosen, and that stays', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'operator', '/settings/notifications');
  const tick = page.locator('[data-testid=notification][data-kind=NETWORK] input[data-way=email]');
  await tick.waitFor();
  const before = await tick.isChecked();
  const answered = page.waitForResponse((response) => response.request().postData()?.includes('mutation SetNotifications') ?? false);
  await tick.focus();
  await page.keyboard.press('Space');
  await answered;
  await page.reload();
  await page.locator(`[data-testid=notification][data-kind=NETWORK] input[data-way=email]${before ? ':not(:checked)' : ':checked'}`).waitFor();
  const other = await pageOf(browser, product, 'viewer', '/settings/notifications');
  await other.locator('[data-testid=notification][data-kind=NETWORK]').waitFor();
  assert.equal(await other.locator('[data-testid=notification][data-kind=NETWORK] input[data-way=email]').isChecked(), before, 'it is the operator’s own choice');
});

test('this browser is added and taken away', { skip: isReal }, async () => {
  const point = createECDH('prime256v1').generateKeys('base64url');
  const subscription = { endpoint: `https://push.example/${Date.now()}`, keys: { p256dh: point, auth: randomBytes(16).toString('base64url') } };
  const page = await pageOf(browser, product, 'operator', '/settings');
  await page.context().grantPermissions(['notifications'], { origin: new URL(product.url).origin });
  // The push service is another company's: nothing is asked of it here. What the browser gives is of the right form.
  await page.addInitScript((given) => {
    PushManager.prototype.subscribe = async (options) => ({ options, toJSON: () => given });
    PushManager.prototype.getSubscription = async () => null;
    Notification.requestPermission = async () => 'granted';
  }, subscription);
  await page.goto(new URL('/settings/notifications', product.url).href);
  await page.getByTestId('push').waitFor();
  assert.match((await ask(page, '{ pushKey }')).data.pushKey, /^[\w-]{87}$/, 'an uncompressed point of P-256, base64url');
  await page.getByTestId('push-on').click();
  const browserRow = page.locator('[data-testid=push-browser][data-current=true]');
  await browserRow.getByText('push.example').waitFor();
  await browserRow.getByTestId('push-off').click();
  await browserRow.waitFor({ state: 'detached' });
  assert.deepEqual((await ask(page, '{ pushSubscriptions { id } }')).data.pushSubscriptions, []);
});

test('where the server sends no push messages, none can be wished for, and that is said', async () => {
  const page = await pageOf(browser, product, 'operator', '/settings');
  // As a server without push.key_file answers.
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({ response, body: body.replace(/"pushKey":"[^"]*"/, '"pushKey":null') });
  });
  await page.goto(new URL('/settings/notifications', product.url).href);
  await page.getByTestId('push').getByText('This server sends no push messages.').waitFor();
  assert.equal(await page.getByTestId('push-on').count(), 0);
  const wishes = page.locator('[data-testid=notification] input[data-way=push]');
  assert.ok((await wishes.count()) > 2);
  for (const wish of await wishes.all()) {
    assert.ok(await wish.isDisabled());
    assert.match(await page.locator(`#${await wish.getAttribute('aria-describedby')}`).innerText(), /no push messages/);
  }
  assert.ok(await page.locator('[data-testid=notification] input[data-way=email]').first().isEnabled());
});

test('another e-mail is proven by the link of a letter, and works to sign in; letters are in the chosen language', { skip: isReal, timeout: 180_000 }, async () => {
  const old = product.people.viewer;
  const other = `vera.${Date.now()}@example.org`;
  const page = await pageOf(browser, product, 'viewer', '/settings/account');
  await page.getByTestId('identity').locator('select[name=letters]').selectOption('fr');
  await page.waitForFunction(() => document.querySelector('select[name=letters]').value === 'fr');

  const change = async (email) => {
    await page.getByTestId('email-change').click();
    await page.getByTestId('email-form').locator('input[name=email]').fill(email);
    await withStepUp(page, product, () => page.getByTestId('email-form').locator('button[type=submit]').click());
    await page.getByTestId('email-form').waitFor({ state: 'detached' });
    const guest = await newPage(browser);
    await guest.goto(await linkTo(product, email));
    await guest.getByTestId('confirm-email').getByRole('button', { name: 'It is mine' }).click();
    await guest.locator('[data-testid=confirm-email][data-done=true]').waitFor();
    await guest.context().close();
    await page.reload();
    await page.getByTestId('identity').getByText(email).waitFor();
  };
  await change(other);
  const { letters } = await product.say('letters');
  assert.match(letters.findLast(({ to }) => to.includes(other)).text, /Bonjour/);
  await change(old);
  await page.getByTestId('identity').locator('select[name=letters]').selectOption('en');
});

test('a link that proves a mailbox works once', { skip: isReal }, async () => {
  const guest = await newPage(browser);
  await guest.goto(new URL('/#/confirm/nothing-of-the-kind', product.url).href);
  await guest.getByTestId('confirm-email').getByRole('button', { name: 'It is mine' }).click();
  await guest.getByText('This link is over').waitFor();
});
