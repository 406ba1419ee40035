// What everybody needs of a page: axe finds nothing, targets are large enough, nothing scrolls sideways.
// SPDX-License-Identifier: Apache-2.0
import axe from 'axe-core';
import assert from 'node:assert/strict';

/** What axe finds against WCAG 2.2 A and AA and its good practices, as sentences. */
async function violations(page) {
  // Evaluated by the debugger, so the page's own Content-Security-Policy stays as it is.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() => window.axe.run(document));
  return found.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`);
}

async function smallTargets(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, select, summary')]
      .filter((element) => element.checkVisibility() && element.tabIndex >= 0 && element.getBoundingClientRect().width > 1)
      .filter((element) => !element.matches('a[href="#content"]'))
      .filter((element) => [element, element.closest('label')].every((each) => !each || each.getBoundingClientRect().height < 24 || each.getBoundingClientRect().width < 24))
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

/** Nothing moves any more: axe would see colours that are half way. */
export async function settled(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().filter((each) => each.effect?.getTiming().iterations === 1).map((each) => each.finished)));
}

export async function check(page) {
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(await smallTargets(page), []);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page scrolls sideways by ${overflow} px`);
}
