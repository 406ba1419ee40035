// Settings of an organisation: a token made, used and revoked; retention; a guest's device found and erased with a receipt; the audit log as a file.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, pageOf, withStepUp } from '../people.mjs';

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

test('a token is made, shown once, works, and is shut out when it is revoked', { skip: isReal }, async () => {
  const name = `script ${Date.now()}`;
  const page = await pageOf(browser, product, 'organiser', '/settings/tokens');
  await page.getByTestId('token-new').click();
  const form = page.getByTestId('token-form');
  await form.locator('input[name=name]').fill(name);
  await withStepUp(page, product, () => form.locator('button[type=submit]').click());
  const secret = await page.getByTestId('token-secret').innerText();
  const headers = { authorization: `Bearer ${secret}` };
  assert.ok((await ask(page, '{ routers { id } }', {}, headers)).data.routers.length > 0);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: `Revoke ${name}` }).click();
  await page.getByTestId('token-revoke').locator('button[type=submit]').click();
  await page.locator(`[data-testid=token][data-name="${name}"][data-revoked=true]`).waitFor();
  assert.match(JSON.stringify(await ask(page, '{ routers { id } }', {}, headers)), /UNAUTHENTICATED/);
  assert.ok(!(await page.locator('body').innerText()).includes(secret), 'it is not shown again');
});

test('how long what is kept is what guests are told, and can be taken back', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'owner', '/settings/privacy');
  const clock = page.getByTestId('retention-form').locator('input[name=leasesDays]');
  const before = await clock.inputValue();
  await clock.fill('14');
  await page.getByTestId('retention-form').locator('button[type=submit]').click();
  await page.getByTestId('guest-notice').getByText('is kept for 14 days').waitFor();
  await page.getByLabel('Language of the notice').selectOption('fr');
  await page.getByTestId('guest-notice').getByText('Ce réseau est tenu par Example Fest.').waitFor();
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction((days) => document.querySelector('[data-testid=retention-form] input[name=leasesDays]')?.value === days, before);
});

test('a guest’s device is found, given as a file, and erased with a receipt', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'owner', '/settings/privacy');
  const { data } = await ask(page, '{ routers { id name devices(first: 1) { edges { node { mac } } } } }');
  const mac = data.routers.find(({ name }) => name === product.routers[0].name).devices.edges[0].node.mac;
  await page.getByLabel('MAC, name or address of the device').fill(mac.toUpperCase().replaceAll(':', '-'));
  await page.keyboard.press('Enter');
  const row = page.locator(`[data-testid=erasure-row][data-mac="${mac}"]`).first();
  const [file] = await Promise.all([page.waitForEvent('download'), row.getByRole('button', { name: 'All data as a file' }).click()]);
  assert.ok((await readFile(await file.path(), 'utf8')).includes(mac));
  await row.getByRole('button', { name: 'Erase…' }).click();
  const question = page.getByTestId('erase');
  await question.locator('input[name=typed]').fill(mac);
  await withStepUp(page, product, () => question.locator('button[type=submit]').click());
  const receipt = page.getByRole('dialog').getByTestId('receipt');
  await receipt.waitFor();
  assert.ok(!(await receipt.innerText()).includes(mac), 'the receipt does not say who it was');
});

test('the audit log names who did what, and is a file', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'owner', '/settings/audit');
  await page.locator('[data-testid=audit-entry][data-action="retention.set"]').first().waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('audit-csv').click()]);
  const csv = await readFile(await file.path(), 'utf8');
  assert.ok(csv.startsWith('id,at,user,email,action,target,detail,address\r\n'));
  assert.equal(csv.split('id,at,user,email').length, 2, 'one header, however many parts');
});

test('French, to the last word', async () => {
  const page = await pageOf(browser, product, 'owner', '/settings/privacy', { locale: 'fr-FR' });
  await page.getByRole('heading', { name: 'Durées de conservation' }).waitFor();
  const text = await page.locator('main').innerText();
  for (const english of ['kept', 'Guests', 'Erase', 'Receipts', 'Save']) assert.ok(!text.includes(english), `"${english}" is not French`);
});
