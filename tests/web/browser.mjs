// Drives the dashboard in Debian's Chromium: sign in, find a device's row, ban it. For specs, the lab and the probe.
// SPDX-License-Identifier: Apache-2.0
import { chromium } from 'playwright-core';

export function settings(env = process.env) {
  const { VIVI_URL: url, VIVI_EMAIL: email, VIVI_PASSWORD: password } = env;
  if (!url || !email || !password) throw new Error('set VIVI_URL, VIVI_EMAIL and VIVI_PASSWORD to a running Vivi and its account');
  return { url, email, password };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env['VIVI_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], // Tests run as root, in containers.
  });
}

/** Goes to another page as people do, without loading everything again. */
export async function goTo(page, place) {
  await page.locator(`[data-place=${place}]:visible`).first().click();
  await page.waitForURL(`**/${place}*`);
}

/** A fresh browser profile; `theme` is what the system prefers. */
export async function newPage(browser, { theme = 'light', width = 1440, height = 900, locale = 'en-GB' } = {}) {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height }, locale, ignoreHTTPSErrors: true });
  return context.newPage();
}

/** Opens a page of the dashboard, signs in and waits until it is connected. */
export async function signIn(page, { url, email, password } = settings(), path = '/devices') {
  await page.goto(new URL(path, url).href);
  await fillSignIn(page, email, password);
  await page.getByTestId('connection').waitFor();
}

export async function fillSignIn(page, email, password) {
  await page.getByTestId('sign-in').waitFor();
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
}

/** The row of a device, which may not be there yet. Among many devices, `findRow` brings it into the page. */
export function rowOf(page, mac) {
  return page.locator(`[data-testid=device-row][data-mac="${mac.toLowerCase()}"]`);
}

/** Waits for the row of a device. Only rows in sight are in the page: in a big event the table is filtered to the device first. */
export async function findRow(page, mac, timeout = 5_000) {
  const row = rowOf(page, mac);
  if ((await row.count()) === 0 && (await hasMoreThanInSight(page))) await page.getByTestId('filter').fill(mac);
  await row.waitFor({ timeout });
  return row;
}

function hasMoreThanInSight(page) {
  return page.evaluate(() => {
    const known = Number(document.querySelector('[data-testid=device-count]')?.dataset.count ?? 0);
    return known > document.querySelectorAll('[data-testid=device-row]').length;
  });
}

/** Clicks Ban and confirms; returns when the page has taken the click (the state is then SENT or further). */
export async function clickBan(page, mac) {
  const row = await findRow(page, mac);
  await row.locator('[data-testid=ban-button][data-action=ban]').click();
  await page.getByTestId('ban-confirm').click();
  await banStateOf(page, mac, ['SENT', 'IN_FORCE']);
}

export async function clickUnban(page, mac) {
  const row = await findRow(page, mac);
  await row.locator('[data-testid=ban-button][data-action=unban]').click();
  await banStateOf(page, mac, ['LIFTING', 'NONE']);
}

/** NONE, SENT, IN_FORCE or LIFTING; with `wanted`, waits until it is one of them. */
export async function banStateOf(page, mac, wanted = null, timeout = 5_000) {
  const row = rowOf(page, mac);
  if (wanted) {
    await findRow(page, mac, timeout);
    const any = wanted.map((state) => `[data-testid=device-row][data-mac="${mac.toLowerCase()}"][data-ban-state=${state}]`).join(', ');
    await page.locator(any).waitFor({ timeout });
  }
  return row.getAttribute('data-ban-state');
}

/** What the row says the device has transferred. */
export async function bytesOf(page, mac) {
  const row = rowOf(page, mac);
  return { down: Number(await row.getAttribute('data-bytes-down')), up: Number(await row.getAttribute('data-bytes-up')) };
}

/** The entry of a name among the top names of Now, which may not be there yet. */
export function nameOf(page, name) {
  return page.locator(`[data-testid=name][data-name="${name}"]`);
}
