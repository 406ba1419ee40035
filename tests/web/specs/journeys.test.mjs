// What an organiser does: bans with a reason and undoes it, one device and several, lets a refused name through, in French; what a viewer may not.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { banStateOf, goTo, launch, newPage, rowOf, signIn } from '../browser.mjs';
import { askAs } from '../fixtures/api.mjs';
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
const whole = (page) => page.waitForFunction(() => Number(document.querySelector('[data-testid=device-count]')?.dataset.count) > 150);

test('a ban with a reason is in the drawer and under Recent bans, where it is undone', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  const mac = await freeMac(page);
  await page.getByTestId('filter').fill(mac);
  await rowOf(page, mac).locator('[data-row-opener]').click();
  const drawer = page.getByTestId('device-drawer');
  await drawer.locator('[data-testid=standing]').waitFor();
  await drawer.getByTestId('drawer-ban').click();
  await page.locator('input[name=reason]').fill('too loud');
  await page.getByTestId('ban-confirm').click();
  await drawer.locator('[data-testid=standing][data-standing=BANNED]').waitFor();
  assert.equal(await drawer.getByTestId('drawer-reason').innerText(), 'too loud');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).searchParams.get('device'), null);

  await page.getByTestId('recent-bans').click();
  const entry = page.locator(`[data-testid=recent-ban][data-mac="${mac}"]`);
  await entry.getByText('too loud').waitFor();
  await entry.getByRole('button', { name: /^Unban/ }).click();
  await page.keyboard.press('Escape');
  assert.equal(await banStateOf(page, mac, ['NONE']), 'NONE');
});

test('a protected device asks for its name before a ban, and is protected no more', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  const mac = await freeMac(page);
  await page.getByTestId('filter').fill(mac);
  await rowOf(page, mac).locator('[data-row-opener]').click();
  await page.getByTestId('drawer-protect').click();
  await page.locator('[data-testid=standing][data-standing=PROTECTED]').waitFor();
  await page.getByTestId('drawer-ban').click();
  const confirm = page.getByTestId('ban-confirm');
  assert.ok(await confirm.isDisabled(), 'not before its name is typed');
  const name = await page.getByTestId('ban-dialog').locator('label bdi').innerText();
  await page.getByTestId('confirm-word').fill(name);
  await confirm.click();
  await page.locator('[data-testid=standing][data-standing=BANNED]').waitFor();
  await page.getByTestId('drawer-ban').click();
  await page.locator('[data-testid=standing]:not([data-standing=BANNED])').waitFor();
});

test('several devices are banned at once, and the way back lifts all', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  await page.getByTestId('filter').fill('iphone');
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=device-count]').dataset.shown) < 151);
  const boxes = page.getByTestId('device-row').getByRole('checkbox');
  for (const index of [0, 1, 2]) await boxes.nth(index).check();
  await page.getByTestId('bulk').getByText('3 selected').waitFor();
  await page.getByTestId('bulk-ban').click();
  await page.getByTestId('ban-confirm').click();
  await page.locator('[data-testid=device-row][data-ban-state=IN_FORCE]').nth(2).waitFor();
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=device-row]:not([data-ban-state=NONE])').length === 0);
});

test('a refused name is let through for 15 minutes with one click', onlyOurs, async () => {
  const owner = await askAs(product, 'owner');
  const { routers } = await owner('{ routers { id name } }');
  const { id } = routers.find((each) => each.name === 'Main hall');
  const name = 'cdn.vapor.example';
  await owner('mutation ($input: DecideDomainInput!) { denyDomain(input: $input) { errors { code } } }', { input: { routerId: id, domain: name } });
  const page = await newPage(browser);
  await signIn(page, as('operator'), `/now?router=${id}`);
  const row = page.getByTestId('blocked-name').filter({ hasText: name });
  await row.getByTestId('allow-15').click({ timeout: 60_000 });
  await row.getByText('let through').waitFor();
  const { explain } = await owner('query ($input: ExplainInput!) { explain(input: $input) { decision } }', { input: { routerId: id, name } });
  assert.equal(explain.decision, 'ALLOW');
});

test('a viewer looks and cannot ban', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('viewer'));
  assert.equal(await page.getByTestId('ban-button').count(), 0);
  await page.locator('[data-row-opener]').first().click();
  await page.getByText('Your role may look, but not decide').waitFor();
  assert.equal(await page.getByTestId('drawer-ban').count(), 0);
  const viewer = await askAs(product, 'viewer');
  const id = new URL(page.url()).searchParams.get('device');
  const ban = 'mutation ($input: SetDeviceBannedInput!) { setDeviceBanned(input: $input) { errors { code } } }';
  await assert.rejects(viewer(ban, { input: { deviceId: id, banned: true } }), /FORBIDDEN/);
});

test('after a sleep it goes on without a gap', onlyOurs, async () => {
  const page = await newPage(browser);
  await openDevices(page, as('owner'));
  const mac = await freeMac(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const owner = await askAs(product, 'owner');
  const asked = await owner('query ($id: ID!, $search: String) { devices(routerId: $id, search: $search, first: 1) { edges { node { id } } } }', { id: new URL(page.url()).searchParams.get('router'), search: mac });
  const [{ node }] = asked.devices.edges;
  await owner('mutation ($input: SetDeviceBannedInput!) { setDeviceBanned(input: $input) { errors { code } } }', { input: { deviceId: node.id, banned: true } });
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await page.locator('[data-testid=connection][data-connection=live]').waitFor();
  await page.getByTestId('filter').fill(mac);
  assert.equal(await banStateOf(page, mac, ['IN_FORCE'], 20_000), 'IN_FORCE');
  await owner('mutation ($input: SetDeviceBannedInput!) { setDeviceBanned(input: $input) { errors { code } } }', { input: { deviceId: node.id, banned: false } });
  assert.equal(await banStateOf(page, mac, ['NONE'], 20_000), 'NONE');
});

test('without a server the page still opens and says so; it goes on when there is one', onlyOurs, async () => {
  const page = await newPage(browser);
  await signIn(page, product, '/now');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.locator('[data-testid=connection][data-connection=live]').waitFor(); // Who never was connected has nothing to lose.
  await product.say('stop-server');
  await page.locator('[data-testid=network-sentence][data-sentence=noConnection]').waitFor();
  await page.reload();
  await page.getByText('Vivi cannot be reached').waitFor();
  assert.deepEqual(
    await page.evaluate(async () => {
      const kept = [];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
      return kept.filter((path) => path !== '/' && !/^\/(assets\/|manifest\.webmanifest$|icon-)/.test(path));
    }),
    [],
    'nothing of the API is kept',
  );
  await product.say('start-server');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('[data-testid=connection][data-connection=live]').waitFor();
});

test('speaks French on every page, once it is chosen', onlyOurs, async () => {
  const page = await newPage(browser);
  await signIn(page, product, '/now');
  await page.getByTestId('user-menu').click();
  await page.getByRole('menuitemradio', { name: 'Français' }).click();
  await page.getByRole('heading', { level: 1, name: 'Maintenant' }).waitFor();
  await page.getByText(/^Le réseau/).first().waitFor();
  await goTo(page, 'devices');
  await page.getByRole('heading', { level: 1, name: 'Appareils' }).waitFor();
  await page.reload();
  await whole(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
  await page.getByPlaceholder('Nom, groupe, MAC ou adresse').waitFor();
});
