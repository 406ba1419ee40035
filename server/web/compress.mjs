// Writes NAME.br beside each text file of dist that brotli makes smaller; the server gives it to browsers that take it.
// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = join(import.meta.dirname, 'dist');
const least_bytes = 256;
let before = 0;
let after = 0;
for (const name of await readdir(dist, { recursive: true })) {
  if (!/\.(?:html|js|css|svg|json|webmanifest)$/.test(name) || name === 'documents.json') continue;
  const bytes = await readFile(join(dist, name));
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  if (bytes.length <= least_bytes || packed.length > bytes.length * 0.9) continue;
  await writeFile(join(dist, `${name}.br`), packed);
  before += bytes.length;
  after += packed.length;
}
console.log(`brotli: ${(before / 1000).toFixed(0)} kB become ${(after / 1000).toFixed(0)} kB`);
