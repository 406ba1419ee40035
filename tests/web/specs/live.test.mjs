// Live or not is always said: a server away is dialled again without a gap, a router away is told, a pause holds still.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { goTo, launch, newPage, signIn } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';

const onlyOurs = { skip: isReal && 'takes the server or a router away, which only a vivi-site does' };
let product;
let browser;
let page;
before(async () => {
  product = await startProduct();
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
const choose = async (name) => {
  await page.getByTestId('scope').click();
  await page.getByRole('menuitemradio', { name }).click();
};

test('numbers move while live, and stand still while paused', async () => {
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=device-count]')?.dataset.count) > 1_500); // The snapshots are whole.
  await page.getByTestId('pause').click();
  await connection('paused').waitFor();
  const held = await total();
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 2_000))));
  assert.equal(await total(), held);
  await page.getByTestId('pause').click();
  await connection('live').waitFor();
});

test('top talkers stand in the order of the rate they show', onlyOurs, async () => {
  await goTo(page, 'now');
  await page.getByTestId('talker').nth(7).waitFor();
  // Each time it is drawn, for some seconds.
  const orders = await page.evaluate(async () => {
    const seen = [];
    const look = () => seen.push([...document.querySelectorAll('[data-testid=talker]')].map((row) => Number(row.dataset.rate)));
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector('[data-testid=talkers]'), { subtree: true, childList: true, characterData: true, attributes: true });
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    observer.disconnect();
    return seen;
  });
  assert.ok(orders.length > 0);
  for (const rates of orders) assert.deepEqual(rates, rates.toSorted((a, b) => b - a));
});

test('the chart has a table with the same numbers', async () => {
  await goTo(page, 'now');
  await page.getByText('As a table').click();
  const rows = page.getByTestId('traffic-table').locator('tbody tr');
  await rows.nth(59).waitFor();
  assert.equal(await rows.count(), 60);
});

test('what is looked at is one choice away, in the link, and stays from page to page', onlyOurs, async () => {
  await goTo(page, 'now');
  await choose('Garden stage');
  const id = new URL(page.url()).searchParams.get('router');
  assert.ok(id);
  await goTo(page, 'devices');
  assert.equal(new URL(page.url()).searchParams.get('router'), id);
  await page.goBack();
  await page.goBack();
  await page.getByTestId('scope').getByText('All routers').waitFor();
});

test('a router that goes away is told with the time, and back again', onlyOurs, async () => {
  await goTo(page, 'now');
  await choose('Garden stage');
  await connection('live').waitFor();
  await product.say('offline Garden stage');
  await sentence('offline').waitFor();
  await connection('asOf').waitFor();
  await product.say('online Garden stage');
  await sentence('ok').waitFor();
  await connection('live').waitFor();
});

test('a server that goes away is said at once, what was known stays in sight, and it goes on from where it was', onlyOurs, async () => {
  await product.say('stop-server');
  await connection('reconnecting').waitFor();
  await page.getByTestId('connection').getByText(/as of \d\d:\d\d/).waitFor();
  assert.ok((await page.getByTestId('device-row').count()) > 0, 'what was known stays in sight');
  await product.say('start-server');
  await connection('live').waitFor();
});
