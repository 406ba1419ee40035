// The devices table: rows appear and move, the filter is in the link, a ban goes from sent to in force and back.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { banStateOf, bytesOf, clickBan, clickUnban, findRow, launch, newPage, rowOf, signIn } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';

let product;
let browser;
let page;
let mac;
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
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=device-count]')?.dataset.count) > 1_500); // The snapshots are whole.
  const row = page.locator('[data-testid=device-row][data-ban-state=NONE]').first();
  await row.waitFor({ timeout: 10_000 });
  mac = process.env['VIVI_MAC'] ?? (await row.getAttribute('data-mac'));
});

test('shows every device, and keeps only those in sight in the page', async () => {
  const count = Number(await page.getByTestId('device-count').getAttribute('data-count'));
  assert.ok(count > 0);
  assert.equal(await page.getByTestId('devices-table').getAttribute('aria-rowcount'), String(count + 1));
  assert.ok((await page.getByTestId('device-row').count()) <= 60);
});

test('the last of many devices is reached by scrolling', async () => {
  await page.keyboard.press('End');
  await page.waitForFunction(() => {
    const rows = Number(document.querySelector('[data-testid=devices-table]').getAttribute('aria-rowcount'));
    return [...document.querySelectorAll('[data-testid=device-row]')].some((row) => Number(row.getAttribute('aria-rowindex')) >= rows - 1);
  });
});

test('a device of the network has a row with its MAC, its address and its bytes', async () => {
  const row = await findRow(page, mac);
  assert.match(await row.innerText(), new RegExp(mac));
  const { down, up } = await bytesOf(page, mac);
  assert.ok(down >= 0 && up >= 0);
});

test('the filter narrows the table and lives in the link', async () => {
  await page.getByTestId('filter').fill(mac);
  await page.waitForFunction((wanted) => [...document.querySelectorAll('[data-testid=device-row]')].map((row) => row.dataset.mac).join() === wanted, mac);
  await page.waitForFunction((wanted) => new URL(document.URL).searchParams.get('filter') === wanted, mac);
  await page.reload();
  await rowOf(page, mac).waitFor();
  await page.getByTestId('filter').fill('nothing is called like this');
  await page.getByText('No device matches').waitFor();
});

test('a device says who made it, unless it made its MAC up itself', { skip: isReal }, async () => {
  const facts = async (mac) => {
    await page.getByTestId('filter').fill(mac);
    await page.locator(`[data-testid=device-row][data-mac^="${mac}"] [data-row-opener]`).first().click();
    await page.getByTestId('standing').waitFor();
    return page.getByTestId('device-drawer').locator('dl').first();
  };
  assert.equal(await (await facts('3c:22:fb:')).getByTestId('vendor').innerText(), 'Apple, Inc.'); // MA-L 3C22FB of the IEEE.
  await page.keyboard.press('Escape');
  assert.equal(await (await facts('02:22:fb:')).getByTestId('vendor').count(), 0);
});

test('the order stands still while the pointer is in the table, and a column head still sorts', async () => {
  const order = () => page.evaluate(() => [...document.querySelectorAll('[data-testid=device-row]')].map((row) => row.dataset.mac).join());
  const first = page.getByTestId('device-row').first();
  await first.hover();
  await page.getByText('Order held while you are here').waitFor();
  const held = await order();
  const updates = await first.evaluate(
    (row) =>
      new Promise((resolve) => {
        const seen = new MutationObserver(() => resolve(true));
        seen.observe(row.parentElement, { subtree: true, attributes: true });
        setTimeout(() => resolve(false), 8_000);
      }),
  );
  assert.ok(updates, 'rows go on being updated');
  assert.equal(await order(), held);
  await page.getByRole('columnheader', { name: 'Address' }).getByRole('button').click();
  await page.locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Address' }).waitFor();
  await page.waitForFunction((before) => [...document.querySelectorAll('[data-testid=device-row]')].map((row) => row.dataset.mac).join() !== before, held);
});

test('a ban asks once, is sent, then in force; an unban lifts it', async () => {
  await clickBan(page, mac);
  assert.equal(await banStateOf(page, mac, ['IN_FORCE']), 'IN_FORCE');
  assert.equal(await rowOf(page, mac).getByTestId('ban-state').innerText(), 'in force');
  await clickUnban(page, mac);
  assert.equal(await banStateOf(page, mac, ['NONE']), 'NONE');
});

test('a ban can be cancelled before and undone after', async () => {
  await page.getByTestId('filter').fill(mac); // A silent device sinks in the order, out of sight.
  const row = await findRow(page, mac);
  const button = row.getByTestId('ban-button');
  await button.click();
  await page.getByTestId('ban-dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('ban-dialog').waitFor({ state: 'detached' });
  assert.ok(await button.evaluate((element) => element === document.activeElement), 'the focus is back where it was');
  assert.equal(await banStateOf(page, mac), 'NONE');
  await clickBan(page, mac);
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  assert.equal(await banStateOf(page, mac, ['NONE']), 'NONE');
});

test('the keyboard alone bans', async () => {
  const row = await findRow(page, mac);
  await row.getByTestId('ban-button').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('too loud');
  await page.keyboard.press('Enter');
  assert.equal(await banStateOf(page, mac, ['IN_FORCE']), 'IN_FORCE');
  await clickUnban(page, mac);
  await banStateOf(page, mac, ['NONE']);
});
