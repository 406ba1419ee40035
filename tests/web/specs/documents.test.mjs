// Every document the built pages send is in the manifest of their build, as it is sent: a server that trusts only those serves them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clickBan, launch, newPage, signIn } from '../browser.mjs';
import { startProduct } from '../fixtures/product.mjs';

const manifest = JSON.parse(await readFile(join(import.meta.dirname, '../../../server/web/dist/documents.json'), 'utf8'));
const hash = (text) => createHash('sha256').update(text).digest('hex');

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

test('the manifest names each document by its hash', () => {
  assert.ok(Object.keys(manifest).length > 0);
  for (const [name, text] of Object.entries(manifest)) assert.equal(hash(text), name);
});

test('what Chromium sends is in the manifest, over HTTP and over the socket', async () => {
  const page = await newPage(browser);
  const sent = new Map();
  page.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().endsWith('/graphql')) return;
    const { query } = request.postDataJSON();
    sent.set(query, 'HTTP');
  });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const message = JSON.parse(payload);
      if (message.type === 'subscribe') sent.set(message.payload.query, 'WebSocket');
    }),
  );
  await signIn(page, product);
  const row = page.locator('[data-testid=device-row][data-ban-state=NONE]').first();
  await row.waitFor({ timeout: 10_000 });
  await clickBan(page, await row.getAttribute('data-mac'));

  assert.deepEqual(new Set(sent.values()), new Set(['HTTP', 'WebSocket']));
  for (const text of sent.keys()) assert.ok(manifest[hash(text)] === text, `not in the manifest: ${text}`);
});
