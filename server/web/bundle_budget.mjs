// Fails when the scripts of the first route weigh more than 170 kB gzipped, those of all routes more than 320 kB, or a page names another host.
// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const budgets_kb = { first: 170, all: 320 };
const dist = join(import.meta.dirname, 'dist');
const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8'));
const page = await readFile(join(dist, 'index.html'), 'utf8');

const sizes = new Map();
for (const name of await readdir(join(dist, 'assets'))) {
  if (name.endsWith('.js')) sizes.set(`assets/${name}`, gzipSync(await readFile(join(dist, 'assets', name)), { level: 9 }).length);
}

/** The files of a module and of all it imports at once. */
function withImports(key, into = new Set()) {
  const { file, imports = [] } = manifest[key] ?? {};
  if (!file) throw new Error(`bundle_budget: the manifest has no ${key}`);
  if (into.has(file)) return into;
  into.add(file);
  for (const each of imports) withImports(each, into);
  return into;
}

const weigh = (files) => [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / 1000;

const first = new Set();
for (const key of ['index.html', 'src/pages/now/now_page.tsx']) withImports(key, first);
const measured = { first: weigh(first), all: weigh(sizes.keys()) };

let failed = false;
for (const [name, budget] of Object.entries(budgets_kb)) {
  console.log(`scripts of ${name === 'first' ? 'the first route (Now)' : 'all routes'}: ${measured[name].toFixed(1)} kB gzip of ${budget} kB`);
  failed ||= !(measured[name] > 0 && measured[name] <= budget);
}
if (failed) {
  for (const [file, bytes] of [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 15)) console.error(`  ${(bytes / 1000).toFixed(1)} kB ${file}`);
  console.error('bundle_budget: over budget; load what is not needed at once with import(), or do without a library');
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
await rm(join(dist, '.vite'), { recursive: true });
