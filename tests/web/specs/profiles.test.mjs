// Profiles: rules kept under a name, in versions, loaded on a second router, carried as files; and decisions that are gone back to.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { addName, clearRules, inForce, openRules, ruleOf, save } from '../fixtures/rules.mjs';

const onlySite = { skip: isReal && 'changes the rules of every router it finds' };
let product;
let browser;
let page;
let folder;
before(async () => {
  product = await startProduct();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'vivi-profiles-'));
});
after(async () => {
  await browser?.close();
  product?.stop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  if (isReal) return;
  await page?.context().close();
  await clearRules(product);
  page = await openRules(browser, product);
  await inForce(page);
});

const profileOf = (on, name) => on.locator(`[data-testid=profile][data-name="${name}"]`);

async function keep(on, name) {
  await on.getByRole('tab', { name: 'Profiles' }).click();
  await on.getByTestId('save-profile').click();
  await on.locator('[data-testid=profile-form] input[name=name]').fill(name);
  await on.getByTestId('profile-ok').click();
  await profileOf(on, name).waitFor();
}

test('rules are saved as a profile, loaded on a second router, exported and imported as a file', onlySite, async () => {
  const name = `Spring fair ${Date.now()}`;
  await addName(page, 'games.example');
  await save(page);
  await inForce(page);
  await keep(page, name);
  const profile = profileOf(page, name);
  await profile.getByTestId('load-profile').click();
  await page.getByTestId('load-drawer').getByLabel('Garden stage').check();
  await page.locator('[data-testid=load-preview][data-name="Garden stage"][data-changes="1"]').waitFor();
  await page.getByTestId('load-ok').click();
  await page.locator('[data-testid=load-progress][data-done=true]').waitFor({ timeout: 15_000 });
  await page.getByTestId('load-progress').getByRole('button', { name: 'Close' }).click();

  const [file] = await Promise.all([page.waitForEvent('download'), profile.getByTestId('profile-menu').click().then(() => page.getByTestId('export-profile').click())]);
  const document = JSON.parse(await readFile(await file.path(), 'utf8'));
  assert.equal(document.vivi, 'profile');
  assert.deepEqual(document.policy.domains, [{ domain: 'games.example', decision: 'deny', subdomains: true }]);
  const path = join(folder, 'autumn.json');
  await writeFile(path, JSON.stringify({ ...document, name: `${name}, as a file` }));
  await page.getByTestId('profiles').getByTestId('file').setInputFiles(path);
  await profileOf(page, `${name}, as a file`).waitFor();
  await writeFile(path, JSON.stringify({ ...document, policy: { ...document.policy, mode: 'allow-listed' } }));
  await page.getByTestId('profiles').getByTestId('file').setInputFiles(path);
  await page.getByTestId('profiles').getByTestId('problems').waitFor();

  const garden = await openRules(browser, product, { router: 'Garden stage' });
  await ruleOf(garden, 'games.example').waitFor();
  await garden.context().close();
});

test('a saved profile gets a version more, and versions are compared', onlySite, async () => {
  const name = `Autumn fair ${Date.now()}`;
  await keep(page, name);
  await page.getByRole('tab', { name: 'Rules', exact: true }).click();
  await addName(page, 'second.version.example');
  await save(page);
  await keep(page, name);
  const profile = page.locator(`[data-testid=profile][data-name="${name}"][data-version="2"]`);
  await profile.getByTestId('profile-menu').click();
  await page.getByTestId('compare-profile').click();
  await page.getByTestId('compare-drawer').getByLabel('Compare with').selectOption({ label: `${name}, version 1` });
  const changes = page.getByTestId('compare-drawer').getByTestId('changes').locator('li');
  await changes.first().waitFor();
  assert.match((await changes.allTextContents()).join('\n'), /Added: Block second\.version\.example/);
});

test('an earlier decision is gone back to', onlySite, async () => {
  await addName(page, 'mistake.example');
  await save(page);
  await inForce(page);
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByTestId('roll-back').first().click();
  await page.getByTestId('confirm').getByText('mistake.example').waitFor();
  await page.getByTestId('confirm-ok').click();
  await page.getByTestId('revision').first().getByText('Went back').waitFor();
  await inForce(page);
  await page.getByRole('tab', { name: 'Rules', exact: true }).click();
  assert.equal(await ruleOf(page, 'mistake.example').count(), 0);
});
