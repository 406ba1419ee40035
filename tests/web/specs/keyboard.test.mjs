// An organiser without a mouse: finds a device, looks at it, bans it, undoes that; walks through all of them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { banStateOf, launch, newPage } from '../browser.mjs';
import { freeMac, openDevices } from '../fixtures/devices.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';

const onlyOurs = { skip: isReal && 'needs the people and the words of a vivi-site' };
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

const as = (who) => ({ ...product, email: product.people[who] });

test('the keyboard alone finds a device, looks at it, bans it and undoes that', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  const mac = await freeMac(page);
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const focusIs = (selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  const tabTo = async (selector, most = 60) => {
    for (let left = most; left > 0; left -= 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  await page.evaluate(() => document.activeElement?.blur());
  await tabTo('[data-testid=filter]');
  await page.keyboard.type(mac);
  await page.waitForFunction(() => document.querySelector('[data-testid=device-count]').dataset.shown === '1');
  await tabTo('[data-row-opener]');
  await press('Enter');
  await page.getByTestId('device-drawer').waitFor();
  await tabTo('[data-testid=drawer-ban]');
  await press('Enter');
  await focusIs('input[name=reason]');
  await page.keyboard.type('by keyboard');
  await press('Enter');
  await page.locator('[data-testid=standing][data-standing=BANNED]').waitFor();
  await press('Escape');
  await focusIs('[data-row-opener]');
  await press('F8'); // To the message, which holds the way back.
  await tabTo('[data-testid=toast] button');
  await press('Enter');
  assert.equal(await banStateOf(page, mac, ['NONE']), 'NONE');
});

test('arrow keys walk through all devices, x ticks one, / goes to the filter', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  const index = () => page.evaluate(() => Number(document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex')));
  await page.locator('[data-row-opener]').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await index(), 4);
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('End');
  await page.waitForFunction(() => Number(document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex')) === 152);
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.matches('[data-testid=filter]'));
});
