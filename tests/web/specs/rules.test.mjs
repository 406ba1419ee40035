// Rules: edited as a draft, tried on the last day, saved, and in force on the router; by the keyboard too.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { addName, askAbout, clearRules, decisionOn, inForce, openRules, ruleOf, save } from '../fixtures/rules.mjs';

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

test('a name is blocked: drafted, tried on the last day, saved, in force, and undone', onlySite, async () => {
  await addName(page, 'www.youtube.com');
  const rule = ruleOf(page, 'www.youtube.com');
  assert.equal(await rule.getAttribute('data-mark'), 'added');
  assert.equal(await decisionOn(page, 'www.youtube.com'), 'ALLOW', 'a draft decides nothing');

  await page.getByTestId('review').click();
  const trial = page.locator('[data-testid=trial][data-state=done]');
  await trial.waitFor({ timeout: 30_000 });
  assert.ok(Number(await page.getByTestId('trial-denied').getAttribute('data-names')) >= 1, 'devices asked for it in the last 24 hours');
  assert.match(await trial.textContent(), /www\.youtube\.com/);
  await page.getByTestId('save-rules').click();
  await page.getByTestId('review-drawer').waitFor({ state: 'detached' });
  await inForce(page);
  const answer = await askAbout(page, 'm.www.youtube.com');
  assert.equal(await answer.getAttribute('data-decision'), 'DENY');
  assert.match(await answer.textContent(), /Block www\.youtube\.com and everything below it for everybody/);

  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await rule.waitFor({ state: 'detached' });
  await inForce(page);
  assert.equal(await decisionOn(page, 'www.youtube.com'), 'ALLOW');
});

test('only what is allowed works in an allow-listed policy, and what is essential', onlySite, async () => {
  await page.locator('[data-testid=mode] input[value=allow-listed]').check({ force: true });
  await addName(page, 'tickets.example', { allow: true });
  await save(page);
  await inForce(page);
  assert.equal(await decisionOn(page, 'www.tickets.example'), 'ALLOW');
  assert.equal(await decisionOn(page, 'www.example.org'), 'DENY');
  assert.equal(await decisionOn(page, 'connectivitycheck.gstatic.com'), 'ALLOW');
});

test('a draft goes back and forth, survives a reload, and can be dropped', onlySite, async () => {
  await addName(page, 'first.example');
  await addName(page, 'second.example');
  await page.getByTestId('draft-undo').click();
  assert.equal(await ruleOf(page, 'second.example').count(), 0);
  await page.getByRole('button', { name: 'Redo' }).click();
  await ruleOf(page, 'second.example').waitFor();
  await page.reload();
  await ruleOf(page, 'second.example').waitFor();
  await page.getByTestId('draft-drop').click();
  assert.equal(await page.getByTestId('rule').count(), 0);
});

test('an imported list says which lines it could not use, and is then blocked', onlySite, async () => {
  await page.getByRole('tab', { name: 'Lists' }).click();
  await page.getByTestId('import-list').click();
  const form = page.getByTestId('import-form');
  await form.locator('input[name=name]').fill('Team list');
  await form.locator('textarea[name=text]').fill('0.0.0.0 ads.example\n0.0.0.0 bad_domain..x\n0.0.0.0 track.example\n');
  await form.getByTestId('import-ok').click();
  await form.getByText('Vivi cannot tell which format this is').waitFor();
  await form.locator('select[name=format]').selectOption('HOSTS');
  await form.getByTestId('import-ok').click();
  const bad = page.locator('[data-testid=imported] [data-line="2"]');
  await bad.waitFor();
  assert.match(await bad.textContent(), /bad_domain\.\.x.*not a domain name/);
  const report = page.getByTestId('imported').getByTestId('report');
  assert.deepEqual(await report.evaluate(({ dataset }) => [dataset.lines, dataset.accepted, dataset.invalid]), ['3', '2', '1']);
  await page.getByTestId('use-list').click();
  await save(page);
  await inForce(page);
  assert.equal(await decisionOn(page, 'ads.example'), 'DENY');
  await page.getByRole('tab', { name: 'Rules', exact: true }).click();
});

test('a rule is made, tried and saved with the keyboard alone', onlySite, async () => {
  const focusOn = async (name) => {
    for (let i = 0; i < 80; i++) {
      if (await page.evaluate((wanted) => document.activeElement?.getAttribute('data-testid') === wanted || document.activeElement?.getAttribute('name') === wanted, name)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`the keyboard does not get to ${name}`);
  };
  await focusOn('add-rule');
  await page.keyboard.press('Enter');
  await focusOn('subject');
  await page.keyboard.type('keyboard.example');
  await focusOn('rule-ok');
  await page.keyboard.press('Enter');
  await ruleOf(page, 'keyboard.example').waitFor();
  await focusOn('review');
  await page.keyboard.press('Enter');
  await focusOn('save-rules');
  await page.keyboard.press('Enter');
  await page.getByTestId('review-drawer').waitFor({ state: 'detached' });
  await inForce(page);
});

test('French says it in French', onlySite, async () => {
  await addName(page, 'bloque.example');
  await page.getByTestId('user-menu').click();
  await page.getByRole('menuitemradio', { name: 'Français' }).click();
  await page.getByText('Bloquer bloque.example et tout ce qui en dépend pour le groupe').or(page.getByText('et tout ce qui en dépend pour tout le monde')).first().waitFor();
});
