// First steps: the kind of event and its guests size the network, a router is had by its code, and ticks come from what it reports.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, pageOf } from '../people.mjs';

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

test('1,500 guests get a /20, and the four ticks are the router’s own', { skip: isReal, timeout: 180_000 }, async () => {
  const name = `First ${Date.now()}`;
  const page = await pageOf(browser, product, 'owner', '/first-run');
  const form = page.getByTestId('first-event');
  await form.getByText('Festival').click();
  await form.getByLabel('Name of the event').fill(name);
  await form.getByLabel('Guests expected').fill('1500');
  await page.getByTestId('sizing').getByText('/20').waitFor();
  await page.getByTestId('first-event-go').click();
  await page.getByLabel('You have routers already').selectOption({ label: product.routers[0].name });
  await page.getByTestId('first-use').click();
  for (const tick of ['internet', 'dns', 'filtering', 'address']) await page.locator(`[data-tick=${tick}][data-state=ok]`).waitFor({ timeout: 60_000 });
  await page.getByTestId('first-done').click();
  await page.waitForURL('**/now*');
  const { data } = await ask(page, '{ routers { name event { id name } } }');
  const event = data.routers.find((each) => each.name === product.routers[0].name).event;
  assert.equal(event.name, name);
  await ask(page, 'mutation($i: CloseEventInput!) { closeEvent(input: $i) { errors { code } } }', { i: { eventId: event.id } });
});

test('who may set nothing up is welcomed all the same', async () => {
  const page = await pageOf(browser, product, 'viewer', '/first-run');
  await page.getByText('Viewer').waitFor();
  assert.equal(await page.getByTestId('first-event').count(), 0);
});
