// Writes dist/documents.json: every document the pages send, by its SHA-256; with graphql.documents = "trusted" no other one runs.
// SPDX-License-Identifier: Apache-2.0
import { parse } from 'graphql';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringifyDocument } from 'urql';
import { createServer } from 'vite';

const here = import.meta.dirname;

/** What the page's own client puts on the wire for a query or a mutation. */
async function textOf(client, document, kind) {
  let sent;
  globalThis.fetch = async (_url, { body }) => {
    sent = JSON.parse(body).query;
    return new Response('{"data":null}', { headers: { 'content-type': 'application/json' } });
  };
  await (kind === 'query' ? client.query(document, {}) : client.mutation(document, {})).toPromise();
  return sent;
}

const vite = await createServer({ root: here, server: { middlewareMode: true, ws: false }, appType: 'custom', logLevel: 'error' });
const documents = {};
try {
  const generated = await vite.ssrLoadModule('/src/generated/graphql.ts');
  const { makeClient } = await vite.ssrLoadModule('/src/graphql/client.ts');
  const client = makeClient();
  for (const [name, document] of Object.entries(generated)) {
    if (!name.endsWith('Document') || typeof document !== 'string') continue;
    const { operation } = parse(document).definitions.find((each) => each.kind === 'OperationDefinition');
    // A subscription goes over the socket, as src/graphql/socket.ts writes it.
    const text = operation === 'subscription' ? stringifyDocument(document) : await textOf(client, document, operation);
    documents[createHash('sha256').update(text).digest('hex')] = text;
  }
} finally {
  await vite.close();
}

const count = Object.keys(documents).length;
if (count === 0) {
  console.error('documents: src/generated/graphql.ts has no operation');
  process.exit(1);
}
await writeFile(join(here, 'dist/documents.json'), `${JSON.stringify(documents, null, 1)}\n`);
console.log(`documents: ${count}`);
