// Fails when the scripts the page loads first weigh more than 170 kB gzipped, or when the page names another host.
// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const budget_bytes = 170_000;
const dist = join(import.meta.dirname, 'dist');
const page = await readFile(join(dist, 'index.html'), 'utf8');

let total = 0;
for (const [, path] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)) {
  total += gzipSync(await readFile(join(dist, path)), { level: 9 }).length;
}
console.log(`page scripts: ${(total / 1000).toFixed(1)} kB gzip of ${budget_bytes / 1000} kB`);
if (total === 0 || total > budget_bytes) {
  console.error('bundle_budget: over budget, or no script found; load what is not needed at once with import()');
  process.exit(1);
}
if (/(?:src|href)="(?:https?:)?\/\//.test(page)) {
  console.error('bundle_budget: index.html loads something from another host');
  process.exit(1);
}
if (/<script(?![^>]*\bsrc=)[^>]*>|<style/.test(page)) {
  console.error('bundle_budget: index.html has an inline script or style, which its Content-Security-Policy forbids');
  process.exit(1);
}
