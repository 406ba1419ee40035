// Routers: had by their code, named, offline in words, returned; whom guests ask; and what a viewer may not.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, settled } from '../access.mjs';
import { launch } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, pageOf, withStepUp } from '../people.mjs';

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

test('a router is had by the code it shows, however that is typed, renamed, and returned by typing its name', { skip: isReal }, async () => {
  const { code } = await product.say('claim-code');
  const page = await pageOf(browser, product, 'owner', '/routers');
  await page.getByTestId('claim-open').first().click();
  const claim = page.getByTestId('claim');
  await claim.locator('input[name=code]').fill(code.slice(0, -1) + (code.endsWith('0') ? '1' : '0'));
  await claim.getByText('typing error').waitFor();
  await claim.locator('input[name=code]').fill(code.toLowerCase().replaceAll('-', ' '));
  await claim.getByText('Looks right').waitFor();
  await claim.locator('input[name=name]').fill('Spare in the van');
  await page.keyboard.press('Enter');
  await page.locator('[data-sentence=good]').waitFor({ timeout: 30_000 });

  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByTestId('rename').locator('input[name=name]').fill('Bar');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Bar' }).waitFor();
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).last().click();
  await page.getByRole('heading', { name: 'Spare in the van' }).waitFor();

  await page.getByTestId('return-open').click();
  const question = page.getByTestId('return');
  assert.ok(await question.locator('button[type=submit]').isDisabled(), 'nothing is returned by one click');
  await question.locator('input[name=typed]').fill('spare in the van');
  await withStepUp(page, product, () => question.locator('button[type=submit]').click());
  await page.waitForURL('**/routers*');
  await page.getByTestId('router-card').first().waitFor();
  await page.locator('[data-testid=router-card][data-name="Spare in the van"]').waitFor({ state: 'detached' });

  await page.getByTestId('returned').locator('summary').click();
  const returned = page.locator('[data-testid=returned-router][data-name="Spare in the van"][data-wiped=true]');
  await returned.getByText(/^Its receipt came \d\d:\d\d\. It (forgot|knew)/).waitFor({ timeout: 60_000 });
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    await check(page);
  }
});

test('a code that no router shows is said so', async () => {
  const page = await pageOf(browser, product, 'owner', '/routers?code=00000-00000-0');
  const claim = page.getByTestId('claim');
  await claim.getByText('Looks right').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('name')), 'name', 'the code came with the link, the name is to be typed');
  await claim.locator('input[name=name]').fill('Nobody');
  await page.keyboard.press('Enter');
  await claim.locator('[data-problem=UNKNOWN_CODE]').waitFor();
});

test('a router that is away is said to be, and since when', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'viewer', '/routers');
  const name = product.routers.at(-1).name;
  const card = page.locator(`[data-testid=router-card][data-name="${name}"]`);
  await card.waitFor();
  await product.say(`offline ${name}`);
  try {
    await page.locator(`[data-testid=router-card][data-name="${name}"][data-state=BAD]`).getByText(/Offline since \d\d:\d\d/).waitFor({ timeout: 60_000 });
  } finally {
    await product.say(`online ${name}`);
  }
  await page.locator(`[data-testid=router-card][data-name="${name}"][data-state=GOOD]`).waitFor({ timeout: 60_000 });
});

test('whom guests ask is said for all routers of an event at once, or for one', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'organiser', '/routers');
  const { data } = await ask(page, '{ routers { id name } me { memberships { organisation { id } } } }');
  const organisationId = data.me.memberships[0].organisation.id;
  const [router, other] = product.routers.map(({ name }) => data.routers.find((each) => each.name === name));
  const made = await ask(page, 'mutation($i: CreateEventInput!) { createEvent(input: $i) { event { id } } }', { i: { organisationId, name: 'Desk fair' } });
  const eventId = made.data.createEvent.event.id;
  const contacts = async () => {
    const { routers } = (await ask(page, '{ routers { id contact } }')).data;
    return [router, other].map(({ id }) => routers.find((each) => each.id === id).contact);
  };
  const say = async (contact, isForAll) => {
    await page.getByTestId('contact-open').click();
    const dialog = page.getByTestId('contact-dialog');
    const all = dialog.getByLabel('For all routers of Desk fair');
    assert.ok(await all.isChecked(), 'all of the event, unless somebody says otherwise');
    if (!isForAll) await all.uncheck();
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      await settled(page);
      await check(page);
    }
    await dialog.locator('input[name=contact]').fill(contact);
    await page.keyboard.press('Enter');
    await page.getByTestId('contact').getByText(`Guests ask: ${contact || 'the organisers'}`).waitFor();
    await dialog.waitFor({ state: 'detached' });
  };
  try {
    for (const { id } of [router, other]) await ask(page, 'mutation($i: AssignRouterInput!) { assignRouter(input: $i) { errors { code } } }', { i: { routerId: id, eventId } });
    await page.goto(new URL(`/routers/${router.id}`, product.url).href);
    await page.getByTestId('contact').getByText('Guests ask: the organisers').waitFor();
    await say('Desk 3', true);
    assert.deepEqual(await contacts(), ['Desk 3', 'Desk 3']);
    await page.getByTestId('revision').first().getByText('said whom guests ask').waitFor();
    await say('', false);
    assert.deepEqual(await contacts(), ['', 'Desk 3']);
  } finally {
    await ask(page, 'mutation($i: SetContactInput!) { setContact(input: $i) { errors { code } } }', { i: { routerIds: [router.id, other.id], contact: '' } });
    await ask(page, 'mutation($i: CloseEventInput!) { closeEvent(input: $i) { errors { code } } }', { i: { eventId } });
  }
});

test('a viewer looks and changes nothing', async () => {
  const page = await pageOf(browser, product, 'viewer', '/routers');
  await page.getByTestId('router-card').first().click();
  await page.getByTestId('router-sentences').waitFor();
  for (const way of ['Rename', 'Return…', 'Bring back']) assert.equal(await page.getByRole('button', { name: way }).count(), 0, way);
  assert.equal(await page.getByTestId('assign').count(), 0);
  assert.equal(await page.getByTestId('contact-open').count(), 0);
  const { data } = await ask(page, '{ routers { id name } }');
  const refused = await ask(page, 'mutation($i: RenameRouterInput!) { renameRouter(input: $i) { errors { code } } }', { i: { routerId: data.routers[0].id, name: 'Mine' } });
  assert.match(JSON.stringify(refused), /FORBIDDEN/);
  assert.deepEqual((await ask(page, '{ routers { id name } }')).data.routers, data.routers);
  const { data: mine } = await ask(page, '{ me { memberships { organisation { id } } } }');
  const unseen = await ask(page, 'query($o: ID!) { returnedRouters(organisationId: $o) { edges { node { name } } } }', { o: mine.me.memberships[0].organisation.id });
  assert.match(JSON.stringify(unseen), /FORBIDDEN/);
});

test('French, to the last word', async () => {
  const page = await pageOf(browser, product, 'owner', '/routers', { locale: 'fr-FR' });
  await page.getByRole('heading', { name: 'Routeurs' }).waitFor();
  await page.getByTestId('router-card').first().click();
  await page.getByRole('heading', { name: 'Les réglages au fil du temps' }).waitFor();
  const text = await page.locator('main').innerText();
  for (const english of ['Online', 'Settings', 'Return', 'Software', 'Alarms', 'Works for']) assert.ok(!text.includes(english), `"${english}" is not French`);
});
