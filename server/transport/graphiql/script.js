// The console's doing: sends documents as the dashboard does (queries by HTTP, subscriptions by graphql-transport-ws), shows the schema.
// SPDX-License-Identifier: Apache-2.0
const part = (id) => document.getElementById(id);
let stop = () => {};

const introspection = `{ __schema { types { name description kind fields { name description args { name type { ...T } } type { ...T } }
  inputFields { name description type { ...T } } enumValues { name description } } } }
  fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }`;

async function ask(query, variables = {}) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json', 'x-vivi': 'graphiql' };
  const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return answer.json();
}

function follow(query, variables) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const say = (message) => socket.send(JSON.stringify(message));
  socket.onopen = () => say({ type: 'connection_init' });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: { query, variables } });
    if (message.type === 'ping') say({ type: 'pong' });
    if (message.type === 'next' || message.type === 'error') show(message.payload);
    if (message.type === 'complete') socket.close();
  };
  socket.onclose = ({ code, reason }) => {
    part('stop').disabled = true;
    if (code !== 1000 && code !== 1005) show({ closed: code, reason });
  };
  part('stop').disabled = false;
  stop = () => socket.close(1000);
}

function show(value) {
  part('result').textContent = JSON.stringify(value, null, 2);
}

async function run() {
  stop();
  try {
    const query = part('document').value;
    const variables = JSON.parse(part('variables').value || '{}');
    if (/^\s*(#[^\n]*\n\s*)*subscription\b/.test(query)) follow(query, variables);
    else show(await ask(query, variables));
  } catch (problem) {
    show({ problem: String(problem) });
  }
}

const typeText = (type) => (type.kind === 'NON_NULL' ? `${typeText(type.ofType)}!` : type.kind === 'LIST' ? `[${typeText(type.ofType)}]` : type.name);
const argumentsText = (list = []) => (list.length > 0 ? `(${list.map((each) => `${each.name}: ${typeText(each.type)}`).join(', ')})` : '');

function element(name, text, description) {
  const made = document.createElement(name);
  made.textContent = text;
  if (description) made.append(Object.assign(document.createElement('small'), { textContent: description }));
  return made;
}

function showSchema(types) {
  const wanted = part('search').value.toLowerCase();
  const shown = types.filter((type) => !type.name.startsWith('__') && type.name.toLowerCase().includes(wanted));
  part('schema').replaceChildren(
    ...shown.flatMap((type) => [
      element('dt', type.name, type.description),
      ...[...(type.fields ?? []), ...(type.inputFields ?? [])].map((field) => element('dd', `${field.name}${argumentsText(field.args)}: ${typeText(field.type)}`, field.description)),
      ...(type.enumValues ?? []).map((value) => element('dd', value.name, value.description)),
    ]),
  );
}

part('run').addEventListener('click', run);
part('stop').addEventListener('click', () => stop());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) run();
});
const schema = await ask(introspection).catch((problem) => ({ errors: [String(problem)] }));
if (schema.data) {
  showSchema(schema.data.__schema.types);
  part('search').addEventListener('input', () => showSchema(schema.data.__schema.types));
} else {
  show(schema);
}
