// The big event (tests/sim/event): 1,500 devices in the list, its phases, its incidents in the queue and on the timeline, its report.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { goTo, launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { pageOf } from '../people.mjs';

const onlySite = { skip: isReal && 'is an event of its own' };
const devices = 1_500;
let product;
let browser;
let page;
const dialogs = [];
before(async () => {
  if (isReal) return;
  product = await startProduct('--large', '--large-devices', String(devices));
  browser = await launch();
  page = await pageOf(browser, product, 'owner', '/now');
  page.on('dialog', async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
});
after(async () => {
  await browser?.close();
  product?.stop();
});

const alarm = (words) => page.getByTestId('attention').getByTestId('alarm').filter({ hasText: words });

test('what went wrong waits in the queue, and arrivals are no queue', onlySite, async () => {
  await alarm('Somebody else hands out addresses').filter({ hasText: 'Foyer' }).first().waitFor();
  await alarm('Somebody else announces an IPv6 network').filter({ hasText: 'Workshop rooms' }).waitFor();
  await page.getByTestId('pool').getByText(/^(Full at|Nearly full)/).waitFor(); // Its alarm is raised once a minute.
  assert.equal(await page.getByTestId('waiting-device').count(), 0);
  await page.getByTestId('blocked-name').filter({ hasText: 'tiktok.com' }).first().waitFor({ timeout: 30_000 });
});

test('everybody is in the list, and what they call themselves does nothing', onlySite, async () => {
  await goTo(page, 'devices');
  await page.waitForFunction((most) => Number(document.querySelector('[data-testid=device-count]')?.dataset.count) >= most, devices);
  await page.getByTestId('filter').fill('scriptalert1script');
  await page.getByTestId('device-row').filter({ hasText: 'scriptalert1script' }).first().waitFor();
  await page.getByTestId('filter').fill('受付カメラ');
  await page.getByTestId('device-row').filter({ hasText: '受付カメラ' }).waitFor();
  await page.locator('[data-row-opener]').first().click();
  await page.getByTestId('standing').waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(dialogs, []);
});

test('it has its phases, and what happened is told in order', onlySite, async () => {
  await goTo(page, 'event');
  await page.getByTestId('event-card').filter({ hasText: 'Open Fest' }).click();
  await page.getByTestId('phase-now').getByText('Afternoon talks').waitFor();
  await page.locator('[data-testid=timeline-entry][data-kind=ALARM]').first().waitFor();
  await page.locator('[data-testid=timeline-entry][data-kind=NOTE]').getByText('travel router').waitFor();
  await page.getByRole('tab', { name: 'Phases' }).click();
  const phases = await page.getByTestId('phase').evaluateAll((rows) => rows.map((row) => row.dataset.name));
  assert.deepEqual(phases.sort(), ['Afternoon talks', 'Closing', 'Doors open', 'Evening', 'Lunch', 'Morning talks', 'Set-up']);
});

async function fileOf(button) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId(button).click()]);
  return readFile(await file.path());
}

test('its report is downloaded, and knows how many came and what went wrong', onlySite, async () => {
  await page.getByRole('tab', { name: 'Report' }).click();
  await page.getByTestId('report').waitFor();
  const csv = String(await fileOf('report-csv'));
  assert.match(csv, /"incident","dhcp\.rogue","Foyer"/);
  assert.ok(Number(/"event","devices","","","","(\d+)"/.exec(csv)?.[1]) >= devices, csv.slice(0, 800));
  assert.equal(String((await fileOf('report-pdf')).subarray(0, 5)), '%PDF-');
});
