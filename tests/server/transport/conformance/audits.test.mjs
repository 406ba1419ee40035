// All audits that graphql-http publishes, and the status codes of the newer draft.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {serverAudits} from 'graphql-http';
import {startSample} from './sample.mjs';

let server;
let draft;
before(async () => {
  server = await startSample();
  draft = await startSample('draft');
});
after(() => {
  server.stop();
  draft.stop();
});

for (const audit of serverAudits({url: () => server.http, fetchFn: fetch})) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}

const post = (url, body, headers = {}) =>
  fetch(url, {method: 'POST', headers: {'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers}, body: typeof body === 'string' ? body : JSON.stringify(body)});

for (const [name, body, audits, draft2026] of [
  ['data', {query: '{ hello }'}, 200, 200],
  ['partial data', {query: '{ hello perhaps }'}, 200, 294],
  ['null data', {query: '{ broken }'}, 200, 200],
  ['a document that is not GraphQL', {query: '{'}, 400, 400],
  ['an invalid document', {query: '{ nothing }'}, 400, 422],
  ['an unknown operation', {query: '{ hello }', operationName: 'X'}, 400, 422],
  ['variables that do not fit', {query: 'query ($t: String!) { echo(text: $t) }'}, 400, 422],
  ['a body that is not JSON', '{', 400, 400],
  ['a batch', [{query: '{ hello }'}], 400, 400],
  ['a subscription', {query: 'subscription { silent }'}, 400, 400],
]) {
  test(`${name}: ${audits} for the audits, ${draft2026} in the draft`, async () => {
    assert.equal((await post(server.http, body)).status, audits);
    assert.equal((await post(draft.http, body)).status, draft2026);
  });
}

test('form types, which need no preflight, are refused', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/graphql'])
    assert.equal((await post(server.http, 'query={hello}', {'content-type': type})).status, 415, type);
});

test('a mutation over GET is refused and says what to do', async () => {
  const response = await fetch(`${server.http}?query=${encodeURIComponent('mutation { set(value: 1) }')}`);
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'POST');
});

test('q-values decide the media type', async () => {
  for (const [accept, type] of [
    ['application/json;q=0.5, application/graphql-response+json;q=0.4', 'application/json'],
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0, */*', 'application/json'],
    ['application/*', 'application/json'],
  ])
    assert.match((await post(server.http, {query: '{ hello }'}, {accept})).headers.get('content-type'), new RegExp(`^${type.replace('+', '\\+')}`), accept);
  assert.equal((await post(server.http, {query: '{ hello }'}, {accept: 'text/html'})).status, 406);
});
