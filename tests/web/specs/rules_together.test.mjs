// Rules, several people: who comes second sees what the first changed and keeps the draft; each role does what it may.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { addName, askAbout, clearRules, inForce, openRules, ruleOf, save } from '../fixtures/rules.mjs';

const onlySite = { skip: isReal && 'changes the rules of every router it finds' };
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
  if (isReal) return;
  await page?.context().close();
  await clearRules(product);
  page = await openRules(browser, product);
  await inForce(page);
});

test('of two who edit at once, the second sees what the first changed and keeps the draft', onlySite, async () => {
  const other = await openRules(browser, product, { as: 'organiser' });
  await addName(page, 'mine.example');
  await addName(other, 'theirs.example');
  await save(other);
  await page.getByTestId('outdated').waitFor({ timeout: 20_000 });
  assert.match(await page.getByTestId('outdated').textContent(), /Block theirs\.example/);
  await ruleOf(page, 'mine.example').waitFor();
  await page.getByTestId('keep-mine').click();
  await ruleOf(page, 'theirs.example').waitFor();
  await save(page);
  await inForce(page);
  await ruleOf(other, 'mine.example').waitFor({ timeout: 20_000 });
  await other.context().close();
});

test('a save that comes second is refused, and nothing of the draft is lost', onlySite, async () => {
  const other = await openRules(browser, product, { as: 'organiser' });
  await addName(page, 'late.example');
  await page.getByTestId('review').click();
  await addName(other, 'early.example');
  await save(other);
  await page.getByTestId('save-rules').click();
  await page.getByTestId('outdated').waitFor();
  await page.getByTestId('take-theirs').click();
  await ruleOf(page, 'early.example').waitFor();
  assert.equal(await ruleOf(page, 'late.example').count(), 0);
  await other.context().close();
});

test('viewers look and try; operators let a name through; neither edits', onlySite, async () => {
  await addName(page, 'blocked.example');
  await save(page);
  await inForce(page);
  const viewer = await openRules(browser, product, { as: 'viewer' });
  await ruleOf(viewer, 'blocked.example').waitFor();
  assert.equal(await viewer.getByTestId('add-rule').count(), 0);
  assert.equal(await viewer.getByTestId('draft').count(), 0);
  assert.equal(await (await askAbout(viewer, 'blocked.example')).getByRole('button').count(), 0);
  await viewer.context().close();

  const operator = await openRules(browser, product, { as: 'operator' });
  assert.equal(await operator.getByTestId('add-rule').count(), 0);
  await (await askAbout(operator, 'www.blocked.example')).getByRole('button', { name: 'Allow for 15 min' }).click();
  await operator.locator('[data-testid=tester-answer][data-decision=ALLOW]').waitFor();
  await operator.locator('[data-testid=rule][data-subject="www.blocked.example"]').waitFor();
  await operator.context().close();
});
