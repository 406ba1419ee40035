// The dashboard in a real browser, driven by JSON lines: one command in, one answer out, in order. For tests that are not JavaScript.
// SPDX-License-Identifier: Apache-2.0
//
//   VIVI_URL=… VIVI_EMAIL=… VIVI_PASSWORD=… node tests/web/probe.mjs
//   {"do":"signIn"}                                                → {"ok":true,"at_ms":1795370402123}
//   {"do":"waitRow","mac":"02:…","timeout_ms":3000}                → {"ok":true,"at_ms":…}: when the row was in the page
//   {"do":"ban","mac":"02:…"}                                      → {"ok":true,"at_ms":…}: when the page took the confirming click
//   {"do":"unban","mac":"02:…"}                                    → the same
//   {"do":"waitBanState","mac":"02:…","state":"IN_FORCE"}          → {"ok":true,"at_ms":…}
//   {"do":"waitName","name":"www.example.org"}                     → {"ok":true,"at_ms":…,"down":…,"up":…}
//   {"do":"rowBytes","mac":"02:…"}                                 → {"ok":true,"at_ms":…,"down":…,"up":…}
//   {"do":"waitRowBytes","mac":"02:…","down":50000}                → {"ok":true,"at_ms":…,"down":…,"up":…}: when at least that many
//   {"do":"connection"}                                            → {"ok":true,"at_ms":…,"connection":"live"}
//   {"do":"waitConnection","phase":"live"}                         → {"ok":true,"at_ms":…}
//   {"do":"screenshot","path":"/tmp/live.png"}                     → {"ok":true,"at_ms":…}
//   {"do":"quit"}                                                  → {"ok":true,"at_ms":…}, then the end
// A command that fails answers {"ok":false,"at_ms":…,"error":"…"}. `timeout_ms` is 5000 unless said. Times are of this machine's clock.
import { createInterface } from 'node:readline';
import { banStateOf, bytesOf, clickUnban, findRow, goTo, launch, nameOf, newPage, settings, signIn } from './browser.mjs';

const account = settings();
const browser = await launch();
const page = await newPage(browser);

/** When something came true, by the browser's own frames rather than by our asking. */
function until(holds, argument, timeout) {
  return page.waitForFunction(holds, argument, { timeout, polling: 'raf' }).then((handle) => handle.jsonValue());
}

const inPage = {
  row: (mac) => document.querySelector(`[data-testid=device-row][data-mac="${mac}"]`) && Date.now(),
  state: ([mac, state]) => document.querySelector(`[data-testid=device-row][data-mac="${mac}"][data-ban-state="${state}"]`) && Date.now(),
  name: (name) => document.querySelector(`[data-testid=name][data-name="${CSS.escape(name)}"]`) && Date.now(),
  phase: (phase) => document.querySelector(`[data-testid=connection][data-connection="${phase}"]`) && Date.now(),
  bytes: ([mac, down]) => Number(document.querySelector(`[data-testid=device-row][data-mac="${mac}"]`)?.dataset.bytesDown ?? -1) >= down && Date.now(),
};

async function ban(mac, timeout) {
  const row = await findRow(page, mac, timeout);
  await row.locator('[data-testid=ban-button][data-action=ban]').click({ timeout });
  const confirm = page.getByTestId('ban-confirm');
  await confirm.waitFor({ timeout });
  const clicked = page.evaluate(() => new Promise((resolve) => addEventListener('click', () => resolve(Date.now()), { once: true, capture: true })));
  await confirm.click({ timeout });
  return { at_ms: await clicked };
}

const commands = {
  signIn: () => signIn(page, account),
  waitRow: async ({ mac, timeout }) => {
    await findRow(page, mac, timeout);
    return { at_ms: await until(inPage.row, mac, timeout) };
  },
  ban: ({ mac, timeout }) => ban(mac, timeout),
  unban: ({ mac }) => clickUnban(page, mac),
  waitBanState: async ({ mac, state, timeout }) => ({ at_ms: await until(inPage.state, [mac, state], timeout) }),
  banState: async ({ mac }) => ({ state: await banStateOf(page, mac) }),
  waitName: async ({ name, timeout }) => {
    await goTo(page, 'now');
    const at_ms = await until(inPage.name, name, timeout);
    const entry = nameOf(page, name);
    const bytes = { down: Number(await entry.getAttribute('data-bytes-down')), up: Number(await entry.getAttribute('data-bytes-up')) };
    await goTo(page, 'devices');
    return { at_ms, ...bytes };
  },
  rowBytes: async ({ mac, timeout }) => {
    await findRow(page, mac, timeout);
    return bytesOf(page, mac);
  },
  waitRowBytes: async ({ mac, down, timeout }) => {
    await findRow(page, mac, timeout);
    const at_ms = await until(inPage.bytes, [mac, down], timeout);
    return { at_ms, ...(await bytesOf(page, mac)) };
  },
  connection: async () => ({ connection: await page.getByTestId('connection').getAttribute('data-connection') }),
  waitConnection: async ({ phase, timeout }) => ({ at_ms: await until(inPage.phase, phase, timeout) }),
  screenshot: ({ path }) => page.screenshot({ path }),
};

async function answer(line) {
  const { do: name, timeout_ms: timeout = 5_000, ...rest } = JSON.parse(line);
  const command = commands[name];
  if (!command) throw new Error(`unknown command ${name}; known: ${Object.keys(commands).join(', ')}, quit`);
  if (rest.mac) rest.mac = rest.mac.toLowerCase();
  const result = await command({ ...rest, timeout });
  return { ok: true, at_ms: Date.now(), ...(result && !Buffer.isBuffer(result) ? result : {}) };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  if (/"do"\s*:\s*"quit"/.test(line)) break;
  const said = await answer(line).catch((error) => ({ ok: false, at_ms: Date.now(), error: String(error.message ?? error).split('\n')[0] }));
  console.log(JSON.stringify(said));
}
console.log(JSON.stringify({ ok: true, at_ms: Date.now() }));
await browser.close();
