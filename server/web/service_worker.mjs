// Writes dist/service_worker.js: src/service_worker.js with the files of the shell and a version that is another one whenever they are.
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const dist = join(import.meta.dirname, 'dist');
const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8'));

/** The files of a module and of all it imports at once: scripts, styles, what they show. */
function filesOf(key, into = new Set()) {
  const { file, imports = [], css = [], assets = [] } = manifest[key];
  if (into.has(`/${file}`)) return into;
  for (const each of [file, ...css, ...assets]) into.add(`/${each}`);
  for (const each of imports) filesOf(each, into);
  return into;
}

const shell = new Set(['/', '/manifest.webmanifest', '/icon-192.png']);
const entries = ['index.html', 'src/pages/now/now_page.tsx', 'src/pages/devices/devices_page.tsx', 'src/pages/sign_in/sign_in_page.tsx'];
const texts = Object.keys(manifest).filter((key) => /locales\/\w+\/(common|now|devices|sign_in)\.json$/.test(key));
for (const key of [...entries, ...texts]) filesOf(key, shell);
for (const name of await readdir(join(dist, 'assets'))) if (name.endsWith('.woff2')) shell.add(`/assets/${name}`);

const files = [...shell].sort();
const version = createHash('sha256');
for (const file of files) version.update(file).update(await readFile(join(dist, file === '/' ? 'index.html' : file)));
const source = await readFile(join(import.meta.dirname, 'src/service_worker.js'), 'utf8');
const text = source.replace('\nconst cacheName', `\nconst VERSION = ${JSON.stringify(version.digest('hex').slice(0, 12))};\nconst SHELL = ${JSON.stringify(files)};\nconst cacheName`);
await writeFile(join(dist, 'service_worker.js'), text);
console.log(`service worker: ${files.length} files of the shell`);
