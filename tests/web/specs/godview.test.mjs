// GodView: staff sees every router and user, found by the server; nobody else does.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillSignIn, launch, newPage } from '../browser.mjs';
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

/** GodView as Vivi's own staff see it, at one of its parts. */
async function staffAt(path, look = {}) {
  const page = await newPage(browser, look);
  await page.goto(new URL(path, product.url).href);
  await fillSignIn(page, product.people.staff, product.password);
  await page.waitForURL('**/godview*');
  return page;
}

test('on a phone nothing has to be moved sideways to be read', { skip: isReal }, async () => {
  const page = await staffAt('/godview', { width: 360, height: 740 });
  for (const [part, row] of [['Organisations', null], ['Users', 'god-user'], ['Audit log', 'audit-entry'], ['Routers', 'god-router']]) {
    await page.getByRole('tab', { name: part }).click();
    await (row ? page.getByTestId(row) : page.getByRole('cell', { name: 'Example Fest' })).first().waitFor();
    const tooWide = await page.evaluate(() => [...document.querySelectorAll('[role=tabpanel] *')].filter((each) => each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX === 'auto').map((each) => each.outerHTML.slice(0, 120)));
    assert.deepEqual(tooWide, [], part);
  }
  const [{ name }] = product.routers;
  await page.getByRole('row', { name }).getByRole('cell', { name: 'Online' }).waitFor();
  await page.getByRole('columnheader', { name: 'Last heard' }).waitFor({ state: 'attached' });
  await page.getByRole('row', { name }).getByTestId('god-tell').click({ trial: true });
});

test('a router does what staff tells it, and its organiser sees that', { skip: isReal }, async () => {
  const [{ name }] = product.routers;
  const page = await staffAt('/godview');
  await page.locator('tr', { has: page.locator(`[data-testid=god-router][data-name="${name}"]`) }).getByTestId('god-tell').click();
  await page.locator('[data-testid=command][data-kind=RESTART_SERVICE]').click();
  const tell = page.getByTestId('tell');
  await tell.locator('select[name=subject]').selectOption('vivi-dnsd');
  await withStepUp(page, product, () => tell.locator('button[type=submit]').click());
  await page.locator('[data-testid=told][data-kind=RESTART_SERVICE][data-state=SUCCEEDED]').waitFor({ timeout: 60_000 });

  const organiser = await pageOf(browser, product, 'organiser', '/routers');
  await organiser.locator(`[data-testid=router-card][data-name="${name}"]`).click();
  const told = organiser.locator('[data-testid=told][data-kind=RESTART_SERVICE][data-state=SUCCEEDED]');
  await told.locator('bdi', { hasText: /^vivi-dnsd$/ }).first().waitFor();
  await told.getByText('Vivi’s staff').first().waitFor();
});

test('a command waits for a router that is away, and can be taken back until it is there', { skip: isReal }, async () => {
  const { name } = product.routers.at(-1);
  await product.say(`offline ${name}`);
  try {
    const page = await staffAt('/godview');
    await page.locator('tr', { has: page.locator(`[data-testid=god-router][data-name="${name}"]`) }).getByTestId('god-tell').click();
    await page.locator('[data-testid=command][data-kind=PING]').click();
    const tell = page.getByTestId('tell');
    await tell.locator('input[name=subject]').fill('127.0.0.1');
    await withStepUp(page, product, () => tell.locator('button[type=submit]').click());
    const waiting = page.locator('[data-testid=told][data-kind=PING][data-state=QUEUED]');
    await waiting.getByRole('button', { name: 'Take back' }).click();
    await page.locator('[data-testid=told][data-kind=PING][data-state=CANCELLED]').waitFor();
  } finally {
    await product.say(`online ${name}`);
  }
});

test('a roll-out is prepared, started, held, let go on and cancelled', { skip: isReal }, async () => {
  const page = await staffAt('/godview');
  await page.getByRole('tab', { name: 'Roll-outs' }).click();
  await page.getByTestId('rollout-new').click();
  const form = page.getByTestId('rollout-form');
  const name = `Autumn ${Date.now()}`;
  await form.locator('input[name=name]').fill(name);
  await form.locator('select[name=release] option', { hasText: '9.9.9 (amd64)' }).waitFor({ state: 'attached' });
  await form.locator('input[name=failed]').fill('100');
  await form.locator('input[name=soak]').fill('60');
  await withStepUp(page, product, () => form.locator('button[type=submit]').click());
  const row = (state) => page.locator(`[data-testid=rollout][data-name="${name}"][data-state=${state}]`);
  await row('DRAFT').getByRole('button', { name: 'Start' }).click();
  await row('RUNNING').getByRole('button', { name: 'Pause' }).click();
  await row('PAUSED').getByRole('button', { name: 'Go on' }).click();
  await row('RUNNING').getByRole('button', { name: 'Cancel' }).click();
  const question = page.getByRole('dialog', { name: `Cancel ${name}?` });
  await question.locator('button[type=submit]').click();
  await row('CANCELLED').waitFor();
  assert.equal(await row('CANCELLED').getByRole('button').count(), 0, 'nothing is left to do with it');
});
