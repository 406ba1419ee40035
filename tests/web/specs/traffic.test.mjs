// Traffic: any range and its lists, compared with another, back to any moment, by mouse and keyboard, and honest about what is gone.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch, newPage, signIn } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';

const onlySite = { skip: isReal && 'counts on a day of history' };
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
  page = await open('/traffic');
});

async function open(path, as = 'owner') {
  const opened = await newPage(browser);
  await signIn(opened, { ...product, email: product.people[as] ?? product.email }, path);
  await opened.getByTestId('series-shown').waitFor();
  return opened;
}

const shown = () => page.getByTestId('series-shown');
const span = async () => page.getByTestId('range').evaluate(({ dataset }) => ({ from: Number(dataset.from), to: Number(dataset.to) }));
const rowsOf = (by) => page.getByTestId(`top-${by}`).getByTestId('top-row');
const hour = 3_600_000;

test('a range is chosen by preset or typed, and is in the link', onlySite, async () => {
  assert.ok(Number(await shown().getAttribute('data-bytes-down')) > 0);
  await page.getByRole('button', { name: '6 hours' }).click();
  const six = await span();
  assert.equal(six.to - six.from, 6 * hour);
  assert.match(page.url(), /range=6h/);

  await page.getByTestId('own-range').click();
  const local = (at) => page.evaluate((ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16), at);
  await page.locator('input[name=from]').fill(await local(six.to - 3 * hour));
  await page.locator('input[name=to]').fill(await local(six.to - 2 * hour));
  await page.getByTestId('own-range-ok').click();
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=range]').dataset.to) - Number(document.querySelector('[data-testid=range]').dataset.from) === 3_600_000);
  const link = page.url();
  await page.reload();
  await shown().waitFor();
  assert.equal(page.url(), link);
  assert.equal((await span()).to - (await span()).from, hour);
});

test('domains, devices, services and routers are listed, the most first', onlySite, async () => {
  for (const by of ['domain', 'device', 'service']) {
    await rowsOf(by).first().waitFor({ timeout: 60_000 });
    const bytes = await rowsOf(by).evaluateAll((rows) => rows.filter((row) => row.dataset.key !== '').map((row) => Number(row.dataset.bytes)));
    assert.deepEqual(bytes, [...bytes].sort((a, b) => b - a), by);
  }
  await page.getByTestId('top-service').getByText('YouTube').waitFor();
});

test('a range is compared with the time before', onlySite, async () => {
  await page.getByRole('button', { name: '1 hour' }).click();
  await page.getByTestId('compare').selectOption('before');
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=series-shown]')?.dataset.compared) > 0);
  assert.match(page.url(), /compare=before/);
  await page.getByText('As a table').click();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=series-table] thead th').length === 4);
});

test('somebody goes back to a moment: by its time, by a click, by the keyboard', onlySite, async () => {
  const { to } = await span();
  const at = new Date(to - 3 * hour);
  const time = await page.evaluate((ms) => new Date(ms).toTimeString().slice(0, 5), at.getTime());
  await page.getByTestId('go-to').fill(time);
  await page.getByTestId('go-to-ok').click();
  const moment = page.getByTestId('moment');
  await moment.waitFor();
  const from = Number(await moment.getAttribute('data-from'));
  assert.ok(from <= at.getTime() && from > at.getTime() - hour, 'the lists are about that moment');
  await moment.getByRole('button', { name: 'Whole range' }).click();
  await moment.waitFor({ state: 'detached' });

  await page.getByTestId('range-chart').locator('canvas').waitFor();
  const box = await page.getByTestId('range-chart').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await moment.waitFor();
  assert.match(page.url(), /at=/);

  await page.getByTestId('scrubber').focus();
  await page.keyboard.press('Escape');
  await moment.waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  const first = await page.getByTestId('scrubber').getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await page.getByTestId('scrubber').getAttribute('aria-valuetext'), first);
  await page.keyboard.press('Enter');
  await moment.waitFor();
});

test('what is older than what is kept is said to be gone', onlySite, async () => {
  const day = 24 * hour;
  const iso = (at) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const now = Date.now();
  await page.goto(new URL(`/traffic?range=${iso(now - 20 * day)}~${iso(now - 19 * day)}`, product.url).href);
  await page.locator('[data-testid=top-device] [data-kept=gone]').waitFor();
  await page.getByText('No traffic in this range.').waitFor();
  await page.goto(new URL(`/traffic?range=${iso(now - 900 * day)}~${iso(now - 899 * day)}`, product.url).href);
  await page.locator('[data-testid=series] [data-kept=gone]').waitFor();
});

test('viewers see it too', onlySite, async () => {
  const viewer = await open('/traffic?range=6h', 'viewer');
  await viewer.getByTestId('top-domain').getByTestId('top-row').first().waitFor({ timeout: 60_000 });
  await viewer.context().close();
});
