// graphql-transport-ws: the reference client first, then every rule of its PROTOCOL.md on a raw socket.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {createClient} from 'graphql-ws';
import WebSocket from 'ws';
import {startSample} from './sample.mjs';

let server;
before(async () => (server = await startSample()));
after(() => server.stop());

/** A socket whose messages and close can be awaited in order. */
async function connect(options = {}) {
  const socket = new WebSocket(server.ws, options.protocol ?? 'graphql-transport-ws', {headers: options.headers, origin: options.origin});
  const waiting = [];
  const arrived = [];
  const deliver = (item) => (waiting.length ? waiting.shift()(item) : arrived.push(item));
  socket.on('message', (data) => deliver(JSON.parse(String(data))));
  socket.on('close', (code, reason) => deliver({closed: code, reason: String(reason)}));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const peer = {
    socket,
    send: (...messages) => messages.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))),
    next: () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve))),
    arrived,
  };
  if (options.init !== false) {
    peer.send({type: 'connection_init'});
    assert.deepEqual(await peer.next(), {type: 'connection_ack'});
  }
  return peer;
}
const subscribe = (id, query, rest = {}) => ({id, type: 'subscribe', payload: {query, ...rest}});

/** Nothing came that was not asked for: a ping is answered at once, so what stood before it has been seen. */
async function nothingMore(peer) {
  peer.send({type: 'ping', payload: {last: true}});
  assert.deepEqual(await peer.next(), {type: 'pong', payload: {last: true}});
}

test('the reference client subscribes, queries and mutates over one socket', async () => {
  const client = createClient({url: server.ws, webSocketImpl: WebSocket, lazy: false});
  const collect = async (query, variables) => {
    const results = [];
    for await (const result of client.iterate({query, variables})) results.push(result);
    return results.map(({data, errors}) => data ?? errors);
  };
  const [down, hello, set] = await Promise.all([
    collect('subscription ($from: Int!) { countdown(from: $from) }', {from: 3}), collect('{ hello }'), collect('mutation { set(value: 7) }')]);
  assert.deepEqual(down, [3, 2, 1, 0].map((countdown) => ({countdown})));
  assert.deepEqual(hello, [{hello: 'world'}]);
  assert.deepEqual(set, [{set: 7}]);
  await client.dispose();
});

test('the reference client sees a syntax error as an error, and the socket lives', async () => {
  const client = createClient({url: server.ws, webSocketImpl: WebSocket, retryAttempts: 0});
  const run = (query) => new Promise((resolve, reject) => client.subscribe({query}, {next: resolve, error: reject, complete: () => resolve('complete')}));
  await assert.rejects(run('{'), (errors) => errors[0].extensions.code === 'GRAPHQL_PARSE_FAILED');
  await assert.rejects(run('{ nothing }'), (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  assert.deepEqual((await run('{ hello }')).data, {hello: 'world'});
  await client.dispose();
});

test('4400: messages of unknown shape', async () => {
  for (const message of ['not json', '[]', '"text"', '{}', '{"type":1}', '{"type":"start"}', '{"type":"connection_ack"}', '{"type":"subscribe"}',
    '{"type":"subscribe","id":"","payload":{"query":"{hello}"}}', '{"type":"subscribe","id":1,"payload":{"query":"{hello}"}}',
    '{"type":"subscribe","id":"1","payload":{}}', '{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[]}}',
    '{"type":"complete"}', '{"type":"ping","payload":"x"}', '{"type":"pong","payload":1}', '{"type":"connection_init","payload":"x"}']) {
    const peer = await connect();
    peer.send(message);
    assert.deepEqual(await peer.next(), {closed: 4400, reason: 'Invalid message received'}, message);
  }
});

test('4401: subscribe before the acknowledgement', async () => {
  const peer = await connect({init: false});
  peer.send(subscribe('1', '{ hello }'));
  assert.deepEqual(await peer.next(), {closed: 4401, reason: 'Unauthorized'});
});

test('4403: the program refuses the connection', async () => {
  const peer = await connect({init: false, headers: {'x-forbidden': '1'}});
  peer.send({type: 'connection_init'});
  assert.deepEqual(await peer.next(), {closed: 4403, reason: 'Forbidden'});
});

test('4408: nobody introduced himself in time', async () => {
  const peer = await connect({init: false});
  assert.deepEqual(await peer.next(), {closed: 4408, reason: 'Connection initialisation timeout'});
});

test('4409: an id that is still in use, also in one burst', async () => {
  const peer = await connect();
  peer.send(subscribe('a', 'subscription { silent }'), subscribe('a', '{ hello }'));
  assert.deepEqual(await peer.next(), {closed: 4409, reason: 'Subscriber for a already exists'});
  const long = await connect();
  const id = 'ü'.repeat(100);
  long.send(subscribe(id, 'subscription { silent }'), subscribe(id, '{ hello }'));
  const closed = await long.next();
  assert.equal(closed.closed, 4409);
  assert.ok(Buffer.byteLength(closed.reason) <= 123);
});

test('4429: a second connection_init, at once or later', async () => {
  const early = await connect({init: false});
  early.send({type: 'connection_init'}, {type: 'connection_init'});
  let last = await early.next();
  if (last.type === 'connection_ack') last = await early.next();
  assert.deepEqual(last, {closed: 4429, reason: 'Too many initialisation requests'});
  const late = await connect();
  late.send({type: 'connection_init'});
  assert.deepEqual(await late.next(), {closed: 4429, reason: 'Too many initialisation requests'});
});

test('no other sub-protocol is accepted', async () => {
  await assert.rejects(connect({protocol: 'graphql-ws'}), /400/);
});

test('a page of another origin may not connect', async () => {
  await assert.rejects(connect({origin: 'https://evil.example'}), /403/);
  await connect({origin: `http://127.0.0.1:${server.port}`});
});

test('a ping is answered at any time, with its payload', async () => {
  const peer = await connect({init: false});
  peer.send({type: 'ping', payload: {a: [1]}});
  assert.deepEqual(await peer.next(), {type: 'pong', payload: {a: [1]}});
  peer.send({type: 'ping'}, {type: 'pong'});
  assert.deepEqual(await peer.next(), {type: 'pong'});
});

test('nothing comes after the client completes, not even of a query under way', async () => {
  const peer = await connect();
  peer.send(subscribe('1', 'query { slow(ms: 50) }'), {id: '1', type: 'complete'}, subscribe('2', 'query { slow(ms: 100) }'));
  assert.equal((await peer.next()).id, '2');
  assert.deepEqual(await peer.next(), {id: '2', type: 'complete'});
  await nothingMore(peer);
});

test('ids are reusable, unknown ones are ignored', async () => {
  const peer = await connect();
  peer.send({id: 'unknown', type: 'complete'});
  for (let i = 0; i < 3; ++i) {
    peer.send(subscribe('same', '{ hello }'));
    assert.deepEqual(await peer.next(), {id: 'same', type: 'next', payload: {data: {hello: 'world'}}});
    assert.deepEqual(await peer.next(), {id: 'same', type: 'complete'});
  }
  peer.send(subscribe('same', 'subscription { silent }'), {id: 'same', type: 'complete'}, subscribe('same', '{ hello }'));
  assert.equal((await peer.next()).type, 'next');
  assert.equal((await peer.next()).type, 'complete');
  await nothingMore(peer);
});

test('an error ends the operation without complete, and frees its id', async () => {
  const peer = await connect();
  peer.send(subscribe('1', '{ nothing }'));
  assert.equal((await peer.next()).type, 'error');
  await nothingMore(peer);
  peer.send(subscribe('1', '{ hello }'));
  assert.equal((await peer.next()).type, 'next');
});

test('a source that refuses or fails says so and completes', async () => {
  const peer = await connect();
  peer.send(subscribe('1', 'subscription { refused }'));
  assert.equal((await peer.next()).payload.errors[0].extensions.code, 'FORBIDDEN');
  assert.equal((await peer.next()).type, 'complete');
  peer.send(subscribe('2', 'subscription { failing }'));
  assert.deepEqual((await peer.next()).payload, {data: {failing: 1}});
  assert.equal((await peer.next()).payload.errors[0].extensions.code, 'SOURCE_BROKE');
  assert.equal((await peer.next()).type, 'complete');
});

test('operations of one socket are bounded', async () => {
  const peer = await connect();
  for (let i = 0; i < 5; ++i) peer.send(subscribe(String(i), 'subscription { silent }'));
  const refused = await peer.next();
  assert.equal(refused.id, '4');
  assert.equal(refused.payload[0].extensions.code, 'TOO_MANY_OPERATIONS');
  peer.send({id: '0', type: 'complete'}, subscribe('4', '{ hello }'));
  assert.equal((await peer.next()).type, 'next');
});

test('a message over the bound closes with 1009', async () => {
  const peer = await connect();
  peer.send(subscribe('1', `{ echo(text: "${'x'.repeat(70000)}") }`));
  assert.equal((await peer.next()).closed, 1009);
});
