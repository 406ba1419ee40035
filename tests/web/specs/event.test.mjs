// An event: made from a template with its phases, a rule of one phase, its routers, its report as a file, its screen, its end.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { launch, newPage } from '../browser.mjs';
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

const wall = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);

async function makeEvent(page, name) {
  await page.getByTestId('event-new').first().click();
  const form = page.getByTestId('event-form');
  await form.locator('input[name=name]').fill(name);
  await form.locator('select[name=template]').selectOption('FESTIVAL');
  await form.locator('input[name=guests]').fill('1500');
  await form.locator('input[name=timeZone]').fill('UTC');
  await form.locator('input[name=startsAt]').fill(wall(-2));
  await form.locator('input[name=endsAt]').fill(wall(4));
  await form.locator('button[type=submit]').click();
  await page.getByRole('heading', { name }).waitFor();
}

test('from its template to its end', { skip: isReal, timeout: 180_000 }, async () => {
  const name = `Fest ${Date.now()}`;
  const page = await pageOf(browser, product, 'owner', '/event');
  await makeEvent(page, name);
  await page.getByTestId('phase-now').getByText('Doors open').waitFor();

  await page.getByRole('tab', { name: 'Phases' }).click();
  assert.deepEqual(await page.getByTestId('phase').evaluateAll((rows) => rows.map((row) => row.dataset.name).sort()), ['Doors open', 'Set-up', 'Show', 'Tear-down']);
  await page.getByTestId('phases-edit').click();
  await page.getByTestId('phase-add').click();
  await page.getByTestId('phases-form').getByRole('button', { name: 'Save phases' }).click();
  await page.getByText('A name of 1 to 63 characters is missing.').waitFor();
  await page.getByTestId('phases-form').getByLabel('Name').last().fill('After-show');
  await page.getByTestId('phases-form').getByRole('button', { name: 'Save phases' }).click();
  await page.locator('[data-testid=phase][data-name="After-show"]').waitFor();

  await page.getByRole('button', { name: 'Add a rule: Show' }).click();
  const domain = `${Date.now()}.example`;
  await page.getByTestId('phase-rule').locator('select[name=table]').selectOption('domains');
  await page.getByTestId('phase-rule').locator('input[name=subject]').fill(domain);
  await page.keyboard.press('Enter');
  await page.locator(`[data-testid=phase-rule-row][data-subject="${domain}"]`).waitFor();

  await page.getByRole('tab', { name: 'Routers' }).click();
  const router = product.routers[1].name;
  const choice = page.getByLabel('Another router');
  await choice.selectOption({ label: await choice.locator('option').filter({ hasText: router }).innerText() });
  await page.getByTestId('event-router-add').click();
  await page.getByTestId('event-router').getByTestId('changes').waitFor();
  assert.ok((await page.getByTestId('changes').textContent()).includes(domain), 'what would be otherwise is shown before it is decided');
  await page.getByTestId('event-router').locator('button[type=submit]').click();
  await page.locator(`[data-testid=event-router-row][data-name="${router}"]`).waitFor();

  await page.getByRole('tab', { name: 'Screens and end' }).click();
  await page.getByTestId('event-close').click();
  await page.getByTestId('close').locator('input[name=typed]').fill(name);
  await page.getByTestId('close').locator('button[type=submit]').click();
  await page.getByText('This event is over.').waitFor();
  const { data } = await ask(page, '{ routers { name event { id } } }');
  assert.equal(data.routers.find((each) => each.name === router).event, null, 'the router is released');
});

/** The file that a button of the report gives, as bytes. */
async function fileOf(page, button) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId(button).click()]);
  return { name: file.suggestedFilename(), path: await file.path(), bytes: await readFile(await file.path()) };
}

/** The fields of each line (RFC 4180); throws when it is not CSV. */
function parseCsv(text) {
  const fields = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  const lines = [[]];
  while (fields.lastIndex < text.length) {
    const at = fields.lastIndex;
    const match = fields.exec(text);
    assert.ok(match, `not CSV: ${text.slice(at, at + 80)}`);
    lines.at(-1).push(match[1].replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'));
    if (match[2] !== ',') lines.push([]);
  }
  return lines.slice(0, -1);
}

test('the report is a PDF and a CSV that open, and no spreadsheet calculates what somebody called the event', { skip: isReal, timeout: 120_000 }, async () => {
  const mark = Date.now();
  const name = `=1+${mark} Fair`;
  const page = await pageOf(browser, product, 'owner', '/event');
  await makeEvent(page, name);
  await page.getByRole('tab', { name: 'Report' }).click();
  await page.getByTestId('report').waitFor();
  await page.getByTestId('report-pdf').click();
  await page.getByTestId('toast').getByText('No router has worked for this event yet').waitFor();
  const { data } = await ask(page, '{ routers { id name } }');
  const assignment = { routerId: data.routers.find((each) => each.name === product.routers.at(-1).name).id, eventId: decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1)) };
  await ask(page, 'mutation($i: AssignRouterInput!) { assignRouter(input: $i) { errors { code } } }', { i: assignment });

  const pdf = await fileOf(page, 'report-pdf');
  assert.equal(pdf.name, `1-${mark}-Fair.pdf`);
  assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-');
  const { stdout: words } = await promisify(execFile)('pdftotext', [pdf.path, '-']);
  assert.ok(words.includes(name), words.slice(0, 300));
  assert.ok(!words.includes('Names devices'), 'anonymous unless asked otherwise');

  const csv = await fileOf(page, 'report-csv');
  const lines = parseCsv(csv.bytes.toString());
  assert.ok(lines.length > 5 && lines.every(({ length }) => length === lines[0].length), 'each line has each column');
  assert.ok(lines.flat().every((field) => !/^[=+@\t\r]/.test(field) && !/^-(?!\d)/.test(field)), 'nothing that would be calculated');
  assert.ok(lines.some((line) => line.includes(`'${name}`)), 'the name is there, as a text');
  assert.ok(!/([0-9a-f]{2}:){5}/.test(csv.bytes), 'no device in the report');

  await page.getByTestId('report-full').check();
  const full = await fileOf(page, 'report-pdf');
  assert.match((await promisify(execFile)('pdftotext', [full.path, '-'])).stdout, /Names devices: not for everybody/);

  const viewer = await pageOf(browser, product, 'viewer', new URL(page.url()).pathname + '?part=report');
  await viewer.getByTestId('report-pdf').waitFor();
  assert.equal(await viewer.getByTestId('report-full').count(), 0, 'names are for organisers');
  await viewer.route('**/reports/**', (route) => route.fulfill({ status: 503, body: '{}' }));
  await viewer.getByTestId('report-pdf').click();
  await viewer.getByTestId('toast').getByText('The report could not be made now').waitFor();
  await ask(page, 'mutation($i: AssignRouterInput!) { assignRouter(input: $i) { errors { code } } }', { i: { ...assignment, eventId: null } });
});

test('a big screen shows numbers to whoever has its link, can be paused, and ends when it is revoked', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'organiser', '/event');
  await makeEvent(page, `Screen ${Date.now()}`);
  await page.getByRole('tab', { name: 'Screens and end' }).click();
  await page.getByTestId('show-link-new').click();
  await page.getByTestId('show-link-form').locator('input[name=name]').fill('Foyer');
  await page.keyboard.press('Enter');
  await page.getByTestId('qr').locator('svg').waitFor();
  const address = await page.getByTestId('show-address').innerText();

  const screen = await newPage(browser, { theme: 'dark' });
  const asked = [];
  screen.on('request', (request) => asked.push(request.url()));
  await screen.goto(address);
  await screen.getByTestId('show-number').waitFor();
  assert.ok(asked.every((url) => !url.includes(address.split('#')[1])), 'the token is sent in no address');
  assert.match(JSON.stringify(await ask(screen, '{ routers { id } }')), /FORBIDDEN/, 'the cookie of a screen opens nothing else');
  await screen.getByTestId('show-pause').click();
  await screen.getByTestId('show-state').getByText('Paused').waitFor();
  await screen.getByTestId('show-pause').click();
  await screen.getByTestId('show-state').getByText('Live').waitFor();
  await screen.getByRole('button', { name: 'In all' }).click();
  await screen.locator('[data-testid=show][data-slide=total]').waitFor();

  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Revoke Foyer' }).click();
  await page.getByTestId('show-link-revoke').locator('button[type=submit]').click();
  await screen.getByText('This link is over').waitFor({ timeout: 20_000 });
});

test('the guests of an event are erased with a receipt', { skip: isReal }, async (t) => {
  const mine = await startProduct('--routers', '1', '--devices', '20', '--backlog-hours', '0'); // Others look at the guests of the shared site.
  t.after(() => mine.stop());
  const name = `Purge ${Date.now()}`;
  const page = await pageOf(browser, mine, 'owner', '/event');
  await makeEvent(page, name);
  await page.getByRole('tab', { name: 'Screens and end' }).click();
  await page.getByText('No router works for this event').waitFor();
  const { data } = await ask(page, '{ routers { id name } }');
  const event = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1));
  const input = { routerId: data.routers.find((each) => each.name === mine.routers.at(-1).name).id, eventId: event };
  await ask(page, 'mutation($i: AssignRouterInput!) { assignRouter(input: $i) { errors { code } } }', { i: input });
  await page.getByTestId('event-purge').click();
  await page.getByTestId('purge').locator('input[name=typed]').fill(name);
  await withStepUp(page, mine, () => page.getByTestId('purge').locator('button[type=submit]').click());
  await page.getByRole('dialog').getByTestId('receipt').getByText('devices', { exact: true }).waitFor();
  await ask(page, 'mutation($i: AssignRouterInput!) { assignRouter(input: $i) { errors { code } } }', { i: { ...input, eventId: null } });
});

test('what happened is on the timeline, with what people wrote down about it', { skip: isReal }, async () => {
  const page = await pageOf(browser, product, 'operator', '/event');
  await page.getByTestId('event-card').first().waitFor();
  assert.equal(await page.getByTestId('event-new').count(), 0, 'operators make no events');
  const owner = await pageOf(browser, product, 'owner', '/event');
  const name = `Timeline ${Date.now()}`;
  await makeEvent(owner, name);
  await owner.locator('[data-testid=timeline-entry][data-kind=PHASE]').first().waitFor();
  await page.goto(owner.url());
  const form = page.getByTestId('note-form');
  await form.locator('input[name=note]').fill('Guests say the Wi-Fi at the bar is slow');
  await form.locator('button[type=submit]').click();
  await page.locator('[data-testid=timeline-entry][data-kind=NOTE]').getByText('the Wi-Fi at the bar').waitFor();
});
