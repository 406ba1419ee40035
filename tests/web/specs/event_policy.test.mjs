// An event's policy: it holds on its routers and only in its phases, lets a refused name through until the event ends, goes back on all of them, and says all that in French.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { launch, newPage, signIn } from '../browser.mjs';
import { askAs } from '../fixtures/api.mjs';
import { isReal, startProduct } from '../fixtures/product.mjs';
import { addName, clearRules, inForce, ruleOf, save } from '../fixtures/rules.mjs';

const onlySite = { skip: isReal && 'changes the rules of every router it finds', timeout: 180_000 };
/** Guests of the simulated router ask for it all the time. */
const wanted = 'cdn.vapor.example';
const hall = 'Main hall';
const hour = 3_600_000;
const at = (hours) => new Date(Math.floor(Date.now() / 60_000) * 60_000 + hours * hour).toISOString();

let product;
let browser;
let owner;
before(async () => {
  product = await startProduct();
  browser = await launch();
  if (isReal) return;
  owner = await askAs(product, 'owner');
  await comeToRest();
});
after(async () => {
  if (!isReal) await comeToRest();
  await browser?.close();
  product?.stop();
});

/** No rules anywhere, and the router has that in force: what it says of it waits behind what it had to tell before. */
async function comeToRest() {
  await clearRules(product);
  for (const end = Date.now() + 120_000; Date.now() < end; await later(500)) {
    const { routers } = await owner('{ routers { name desiredRevision appliedRevision } }');
    const { desiredRevision, appliedRevision } = routers.find((each) => each.name === hall);
    if (appliedRevision >= desiredRevision) return;
  }
}

const explain = async (routerId, name, when) => (await owner('query ($input: ExplainInput!) { explain(input: $input) { decision schedules } }', { input: { routerId, name, ...(when ? { at: when } : {}) } })).explain;
const documentOf = async (eventId) => (await owner('query ($id: ID!) { event(id: $id) { policy { document } } }', { id: eventId })).event.policy.document;

/** A new event of two phases, with a router that has no rules; it goes on for six hours more. */
async function makeEvent(name) {
  await clearRules(product);
  const { me } = await owner('{ me { memberships { organisation { id } } } }');
  const input = { organisationId: me.memberships[0].organisation.id, name, template: 'CONFERENCE', startsAt: at(-2), endsAt: at(6) };
  const made = await owner('mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } errors { message } } }', { input });
  const eventId = made.createEvent.event.id;
  const phases = [
    { name: 'Talks', startsAt: at(-2), endsAt: at(2) },
    { name: 'Party', startsAt: at(2), endsAt: at(6) },
  ];
  await owner('mutation ($input: SetPhasesInput!) { setPhases(input: $input) { errors { message } } }', { input: { eventId, phases } });
  const { routers } = await owner('{ routers { id name } }');
  const routerId = routers.find((each) => each.name === hall).id;
  await owner('mutation ($input: AssignRouterInput!) { assignRouter(input: $input) { errors { message } } }', { input: { routerId, eventId } });
  return { eventId, routerId };
}

async function openRules(path, look = {}) {
  const page = await newPage(browser, look);
  await signIn(page, { ...product, email: product.people.owner }, path);
  return page;
}

test('a rule of an event is in force on its router; what it refuses is let through until the event ends, and taken back', onlySite, async () => {
  const { eventId, routerId } = await makeEvent(`Policy ${Date.now()}`);
  const page = await openRules(`/rules?event=${encodeURIComponent(eventId)}`);
  assert.equal(await page.getByTestId('policy-target').inputValue(), eventId);
  await addName(page, wanted);
  await save(page);
  await inForce(page, 60_000);
  assert.equal((await explain(routerId, wanted)).decision, 'DENY');

  await page.goto(new URL(`/now?event=${encodeURIComponent(eventId)}`, product.url).href);
  const row = page.getByTestId('blocked-name').filter({ hasText: wanted });
  await row.getByTestId('allow-event').click({ timeout: 60_000 });
  await row.getByText('let through').waitFor();
  assert.equal((await explain(routerId, wanted)).decision, 'ALLOW');
  const rule = (await documentOf(eventId)).domains.find((each) => each.decision === 'allow');
  assert.ok(Math.abs(rule.until - Date.parse(at(6))) <= 2 * 60_000, `until ${new Date(rule.until).toISOString()}, the end of the event`);
  assert.equal((await explain(routerId, wanted, at(6.5))).decision, 'DENY', 'after the event the rule is as before');

  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction(() => document.querySelector('[data-testid=blocked-name] [data-testid=allow-event]') !== null);
  await page.context().close();
});

test('a rule of a phase holds while the phase does', onlySite, async () => {
  const { eventId, routerId } = await makeEvent(`Phases ${Date.now()}`);
  const page = await openRules(`/event/${encodeURIComponent(eventId)}?part=phases`);
  await page.getByRole('button', { name: 'Add a rule: Party' }).click();
  const form = page.getByTestId('phase-rule');
  await form.locator('select[name=table]').selectOption('domains');
  await form.locator('input[name=subject]').fill('talks.example');
  await form.locator('button[type=submit]').click();
  await page.locator('[data-testid=phase-rule-row][data-subject="talks.example"]').waitFor();

  assert.equal((await explain(routerId, 'talks.example')).decision, 'ALLOW', 'the talks go on');
  const inParty = await explain(routerId, 'talks.example', at(3));
  assert.deepEqual([inParty.decision, inParty.schedules], ['DENY', ['Party']]);
  assert.equal((await explain(routerId, 'talks.example', at(7))).decision, 'ALLOW', 'after the last phase');

  await page.goto(new URL(`/rules?event=${encodeURIComponent(eventId)}`, product.url).href);
  await ruleOf(page, 'talks.example').getByText('during Party').waitFor();
  await page.context().close();
});

test('an event goes back to an earlier decision on its router, told in French to the last word', onlySite, async () => {
  const { eventId, routerId } = await makeEvent(`Retour ${Date.now()}`);
  const page = await openRules(`/rules?event=${encodeURIComponent(eventId)}`, { locale: 'fr-FR' });
  await page.getByTestId('rules').waitFor();
  await page.getByTestId('add-rule').click();
  await page.getByTestId('rule-form').locator('textarea[name=subject]').fill('erreur.example');
  await page.getByTestId('rule-ok').click();
  await save(page);
  await inForce(page, 60_000);

  await page.getByRole('tab', { name: 'Historique' }).click();
  const newest = page.getByTestId('revision').first().getByTestId('changes');
  await newest.getByText('Bloquer erreur.example et tout ce qui en dépend pour tout le monde').waitFor();
  const lines = await page.getByTestId('changes').allTextContents();
  assert.ok(lines.every((line) => !/decision deny|domain erreur|\bsubdomains\b|: none/.test(line)), `no sentence of the server: ${lines.join('\n')}`);
  await page.getByTestId('roll-back').first().click();
  const asked = page.getByTestId('confirm');
  await asked.getByText('Bloquer erreur.example').waitFor();
  await page.getByTestId('confirm-ok').click();
  await page.waitForFunction((count) => document.querySelectorAll('[data-testid=revision]').length > count, await page.getByTestId('revision').count());
  assert.equal((await explain(routerId, 'erreur.example')).decision, 'ALLOW');
  assert.deepEqual((await documentOf(eventId)).domains ?? [], [], 'the event itself went back, not the router alone');
  await page.context().close();
});
