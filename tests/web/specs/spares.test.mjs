// A spare takes the place of a broken router: it has its name, guests stay known, and the broken one is nobody's.
// SPDX-License-Identifier: Apache-2.0
//
// At a site of its own, because a router is one less afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, settled } from '../access.mjs';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, pageOf, withStepUp } from '../people.mjs';

let product;
let browser;
before(async () => {
  if (isReal) return;
  product = await startProduct('--routers', '2', '--devices', '0', '--backlog-hours', '0');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  product?.stop();
});

const card = (page, name) => page.locator(`[data-testid=router-card][data-name="${name}"]`);

test('the organiser puts a spare in the place of a broken router, by the keyboard', { skip: isReal, timeout: 180_000 }, async () => {
  const [{ name: spare }, { name: broken }] = product.routers;
  const page = await pageOf(browser, product, 'organiser', '/routers');
  await card(page, spare).waitFor();
  await card(page, broken).click();
  await page.getByTestId('router-sentences').waitFor();
  const { data } = await ask(page, '{ routers { id name deviceCount } }');
  const before = data.routers.find((each) => each.name === broken);
  assert.equal(before.deviceCount, 1, 'it has a guest');
  await product.say(`offline ${broken}`);

  await page.getByTestId('replace-open').focus();
  await page.keyboard.press('Enter');
  const question = page.getByTestId('replace');
  await question.locator('select[name=spare]').waitFor();
  assert.deepEqual(await question.locator('select[name=spare] option').allInnerTexts(), [spare]);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    await check(page);
  }
  assert.ok(await question.locator('button[type=submit]').isDisabled(), 'nothing is replaced by one click');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('name')), 'typed');
  await page.keyboard.type(broken);
  await withStepUp(page, product, () => page.keyboard.press('Enter'));
  await question.waitFor({ state: 'detached' });
  await page.getByTestId('toast').getByText('runs on the spare').waitFor();

  await page.locator('[data-sentence=good]').waitFor({ timeout: 90_000 });
  const { data: now } = await ask(page, '{ routers { id name deviceCount linkState } }');
  assert.deepEqual(now.routers, [{ id: before.id, name: broken, deviceCount: 1, linkState: 'ONLINE' }], 'one router, and it is the one it was');
  await page.getByTestId('no-spare').waitFor();
  await page.goto(new URL('/routers', product.url).href);
  await card(page, broken).waitFor();
  assert.equal(await card(page, spare).count(), 0);
});

test('in French, and not for an operator', { skip: isReal }, async () => {
  const { name } = product.routers[1];
  const page = await pageOf(browser, product, 'owner', '/routers', { locale: 'fr-FR' });
  await card(page, name).click();
  await page.getByRole('heading', { name: 'Un routeur de secours à sa place' }).waitFor();
  await page.getByTestId('no-spare').getByText('Il n’y a pas de routeur de secours').waitFor();
  const operator = await pageOf(browser, product, 'operator', '/routers');
  await card(operator, name).click();
  await operator.getByTestId('router-sentences').waitFor();
  assert.equal(await operator.getByRole('heading', { name: 'A spare in its place' }).count(), 0);
});
