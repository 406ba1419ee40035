// Live or not is always said: a lost socket is dialled again without a gap, a router away is told, a pause holds still, an ended session asks again.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch, newPage, signIn } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';

const onlyMadeUp = { skip: isReal && 'takes the server or the router away, which the lab does itself' };
let product;
let browser;
let page;
before(async () => {
  product = await startProduct('--routers', '3');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  product?.stop();
});
beforeEach(async () => {
  await page?.context().close();
  page = await newPage(browser);
  await signIn(page, product);
  await connection('live').waitFor();
});

const connection = (phase) => page.locator(`[data-testid=connection][data-connection=${phase}]`);
const total = () => page.getByTestId('device-row').evaluateAll((rows) => rows.reduce((sum, row) => sum + Number(row.dataset.bytesDown), 0));
const sentence = (key) => page.locator(`[data-testid=network-sentence][data-sentence=${key}]`);

test('numbers move while live, and stand still while paused', async () => {
  await page.getByTestId('pause').click();
  await connection('paused').waitFor();
  const held = await total();
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 800))));
  assert.equal(await total(), held);
  await page.getByTestId('pause').click();
  await connection('live').waitFor();
});

test('the chart has a table with the same numbers', async () => {
  await page.getByText('As a table').click();
  const rows = page.getByTestId('traffic-table').locator('tbody tr');
  await rows.nth(59).waitFor();
  assert.equal(await rows.count(), 60);
});

test('a lost socket is dialled again and goes on from where it was', onlyMadeUp, async () => {
  const before = await page.getByTestId('device-row').count();
  product.say('drop');
  await connection('reconnecting').waitFor();
  assert.ok((await page.getByTestId('device-row').count()) >= before, 'what was known stays in sight');
  await connection('live').waitFor();
});

test('a router that goes away is told with the time, and back again', onlyMadeUp, async () => {
  product.say('offline');
  await sentence('offline').waitFor();
  await connection('asOf').waitFor();
  await page.locator('[data-testid=link-state][data-link-state=OFFLINE]').waitFor();
  product.say('online');
  await sentence('ok').waitFor();
  await connection('live').waitFor();
});

test('another router is one choice away and in the link; one without devices teaches', onlyMadeUp, async () => {
  await page.getByTestId('router-switcher').selectOption({ label: 'Garden stage' });
  await page.getByText('No device has joined yet').first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get('router'), 'garden');
  await page.getByTestId('router-switcher').selectOption({ label: 'Spare in the van' });
  await sentence('neverSeen').waitFor();
});

test('an ended session asks to sign in again, with the reason', onlyMadeUp, async () => {
  product.say('expire');
  product.say('drop');
  await page.getByText('Your session has ended').waitFor();
});
