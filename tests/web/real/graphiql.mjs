// The console of development in Chromium at VIVI_URL: it runs a query, follows a subscription, shows the schema, breaks no policy.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { launch, newPage } from '../browser.mjs';

const browser = await launch();
try {
  const page = await newPage(browser);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${process.env['VIVI_URL']}/graphiql`);
  await page.locator('dt', { hasText: /^Router/ }).first().waitFor();

  const result = page.locator('#result');
  await page.locator('#document').fill('query ($n: Boolean!) { __typename @include(if: $n) }');
  await page.locator('#variables').fill('{"n": true}');
  await page.locator('#run').click();
  await result.getByText('"__typename": "Query"').waitFor();

  await page.locator('#document').fill('# Nobody is signed in.\nsubscription { trafficChanged(routerId: "x") { rateUp } }');
  await page.keyboard.press('Control+Enter');
  await result.getByText('UNAUTHENTICATED').waitFor();

  await page.locator('#search').fill('device');
  await page.locator('dt', { hasText: /^DeviceChange/ }).first().waitFor();
  assert.equal(await page.locator('dt', { hasText: /^Router$/ }).count(), 0);
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
