// What specs of the organiser's pages share: who is signed in where, requests as the page makes them, codes of an authenticator, letters.
// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { newPage, signIn } from './browser.mjs';

/** A page of somebody of the site ("owner", "viewer", …), opened at `path`. */
export async function pageOf(browser, product, who, path, look = {}) {
  const page = await newPage(browser, look);
  await signIn(page, { ...product, email: product.people[who] }, path);
  return page;
}

/** What the server answers to a request with the cookies of the page; `headers` may carry a token instead. */
export function ask(page, query, variables = {}, headers = {}) {
  return page.evaluate(
    async ([text, values, more]) => {
      const response = await fetch('/graphql', { method: 'POST', credentials: more.authorization ? 'omit' : 'same-origin', headers: { 'content-type': 'application/json', ...more }, body: JSON.stringify({ query: text, variables: values }) });
      return response.json();
    },
    [query, variables, headers],
  );
}

/** The code an authenticator shows (RFC 6238: SHA-1, 30 s, 6 digits) for a base-32 secret. */
export function codeOf(secret, at = Date.now()) {
  const bits = [...secret.replace(/=+$/, '')].map((symbol) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(symbol).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Proves again who is there, when the page asks; `action` is what may make it ask. */
export async function withStepUp(page, product, action) {
  await action();
  const asked = page.getByTestId('step-up');
  if (!(await asked.isVisible())) return;
  await asked.locator('input[name=proof]').fill(product.password);
  await asked.locator('button[type=submit]').click();
  await asked.waitFor({ state: 'detached' });
}

/** The link of the newest letter to somebody, once there are `count` of them. */
export async function linkTo(product, email, count = 1) {
  for (const end = Date.now() + 20_000; Date.now() < end; await later(100)) {
    const { letters } = await product.say('letters');
    const theirs = letters.filter(({ to }) => to.includes(email));
    const link = /https?:\/\/\S+\/#\/\S+/.exec(theirs.at(-1)?.text ?? '')?.[0];
    if (theirs.length >= count && link) return link;
  }
  throw new Error(`no letter to ${email}`);
}
