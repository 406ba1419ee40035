// Everybody can use the organiser's pages, part by part: settings, a router, an event, first steps, GodView, the big screen.
// SPDX-License-Identifier: Apache-2.0
import { after, before, describe, test } from 'node:test';
import { check, settled } from '../access.mjs';
import { fillSignIn, launch, newPage } from '../browser.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { ask, pageOf } from '../people.mjs';

let product;
let browser;
let event;
let address;
const hour = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();

before(async () => {
  product = await startProduct();
  browser = await launch();
  if (isReal) return;
  const page = await pageOf(browser, product, 'owner', '/settings');
  const { data } = await ask(page, '{ me { memberships { organisation { id } } } }');
  const made = await ask(page, 'mutation($i: CreateEventInput!) { createEvent(input: $i) { event { id } } }', { i: { organisationId: data.me.memberships[0].organisation.id, name: 'Access', startsAt: hour(-1), endsAt: hour(1) } });
  event = made.data.createEvent.event.id;
  await ask(page, 'mutation($i: SetPhasesInput!) { setPhases(input: $i) { errors { code } } }', { i: { eventId: event, phases: [{ name: 'Show', startsAt: hour(-1), endsAt: hour(1) }] } });
  const { data: linked } = await ask(page, 'mutation($i: CreateShowLinkInput!) { createShowLink(input: $i) { secret } }', { i: { eventId: event, name: 'Access' } });
  address = `/show#${linked.createShowLink.secret}`;
});
after(async () => {
  await browser?.close();
  product?.stop();
});

for (const theme of ['light', 'dark']) {
  for (const width of [360, 1440]) {
    const look = { theme, width, height: width === 360 ? 740 : 900 };
    describe(`${theme}, ${width} px`, { skip: isReal }, () => {
      test('settings, first steps, a router and an event, part by part', { timeout: 240_000 }, async () => {
        const page = await pageOf(browser, product, 'owner', '/routers', look);
        await page.getByTestId('router-card').first().click();
        await page.getByTestId('revision').first().waitFor();
        await check(page);
        const parts = ['account', 'notifications', 'security', 'people', 'tokens', 'screens', 'privacy', 'audit'].map((part) => `/settings/${part}`);
        const ofEvent = ['course', 'phases', 'routers', 'people', 'report', 'end'].map((part) => `/event/${event}?part=${part}`);
        for (const path of [...parts, ...ofEvent, '/first-run']) {
          await page.goto(new URL(path, product.url).href);
          await page.locator('h1').first().waitFor();
          await page.locator('main h2, main legend').first().waitFor();
          await settled(page);
          await check(page);
        }
      });

      test('GodView', async () => {
        const page = await newPage(browser, look);
        await page.goto(new URL('/godview', product.url).href);
        await fillSignIn(page, product.people.staff, product.password);
        await page.getByTestId('god-router').first().waitFor();
        await settled(page);
        await check(page);
      });

      test('the big screen', async () => {
        const page = await newPage(browser, look);
        await page.goto(new URL(address, product.url).href);
        await page.getByTestId('show-number').waitFor();
        await settled(page);
        await check(page);
      });
    });
  }
}
