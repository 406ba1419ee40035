// GodView: staff sees every router and user, found by the server; nobody else does.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillSignIn, launch, newPage } from '../browser.mjs';
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

test('staff finds every router by name and state, and every user', { skip: isReal }, async () => {
  const page = await newPage(browser);
  await page.goto(product.url);
  await fillSignIn(page, product.people.staff, product.password);
  await page.waitForURL('**/godview*');
  for (const { name } of product.routers) await page.locator(`[data-testid=god-router][data-name="${name}"]`).waitFor();
  await page.getByTestId('god-hub').first().waitFor();
  await page.getByLabel('State').selectOption({ label: 'Nobody’s yet' });
  await page.waitForFunction(() => [...document.querySelectorAll('[data-testid=god-router]')].every((each) => each.dataset.state === 'PENDING'));
  await page.getByLabel('State').selectOption({ label: 'Any' });
  await page.getByLabel('Search by name, fingerprint').fill(product.routers[0].name);
  await page.locator(`[data-testid=god-router][data-name="${product.routers[1].name}"]`).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Users' }).click();
  await page.locator(`[data-testid=god-user][data-email="${product.people.viewer}"]`).waitFor();
  await page.getByRole('tab', { name: 'Organisations' }).click();
  await page.getByText('Example Fest').waitFor();
  await page.getByRole('tab', { name: 'Audit log' }).click();
  await page.getByTestId('audit-entry').first().waitFor();
});

test('an owner of an organisation is not staff', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'owner', '/godview');
  await page.getByText('For Vivi’s own staff').waitFor();
  assert.match(JSON.stringify(await ask(page, '{ staff { routers { edges { node { id } } } } }')), /FORBIDDEN|NOT_FOUND/);
});
