// docs/policy.schema.json against vivi-policy, with Ajv as the judge: what one takes the other takes.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {spawnSync} from 'node:child_process';
import {test} from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import {policy, random, spoil} from './documents.mjs';

const root = new URL('../../../../', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('docs/policy.schema.json', root), 'utf8'));
const validate = new Ajv2020({strict: true, strictRequired: false, allErrors: false}).compile(schema);
const program = process.env.VIVI_POLICY;

/** The problems that vivi-policy prints; an empty list when it takes the document. */
function problems(document) {
  const result = spawnSync(program, ['check', '-'], {input: JSON.stringify(document), encoding: 'utf8'});
  assert.ok(result.status === 0 || result.status === 1, `${program} ended with ${result.status ?? result.signal}: ${result.stderr}`);
  const lines = result.stderr.split('\n').filter((line) => line !== '').map((line) => line.replace(/^-: /, ''));
  assert.equal(lines.length === 0, result.status === 0);
  return lines;
}

// What the schema leaves to the reader; its description says so.
const beyondTheSchema = [/: there is no (group|schedule|phase) called /, /: is used twice$/, /: is in group .* already$/, /: must be after from$/,
  /: there is a limit of this kind for the same already$/, /: must be an address or a prefix like /, /: must be a domain name/, /^\/checksum: does not fit/];

function compare(document) {
  const bySchema = validate(document);
  const found = problems(document);
  const shapeProblems = found.filter((problem) => !beyondTheSchema.some((pattern) => pattern.test(problem)));
  const told = () => `${JSON.stringify(document)}\nschema: ${JSON.stringify(validate.errors)}\nvivi-policy: ${found.join('; ')}`;
  if (bySchema) assert.deepEqual(shapeProblems, [], `the schema takes what vivi-policy refuses: ${told()}`);
  else assert.notDeepEqual(found, [], `vivi-policy takes what the schema refuses: ${told()}`);
  return bySchema;
}

test('the schema is one, and every member in it is described', () => {
  const undescribed = [];
  const walk = (node, at) => {
    for (const [name, member] of Object.entries(node.properties ?? {})) {
      if (!member.description && Object.keys(member).length > 0 && !(Object.keys(member).length === 1 && member.minLength) && !at.includes('/not') && !at.includes('/anyOf')) undescribed.push(`${at}/${name}`);
      walk(member, `${at}/${name}`);
    }
    for (const key of ['items', 'not']) if (node[key]) walk(node[key], `${at}/${key}`);
    for (const key of ['anyOf', 'allOf', 'oneOf']) (node[key] ?? []).forEach((inner, index) => walk(inner, `${at}/${key}/${index}`));
  };
  for (const [name, definition] of Object.entries(schema.$defs)) {
    assert.ok(definition.description, `$defs/${name} says what it is`);
    walk(definition, name);
  }
  assert.deepEqual(undescribed, []);
});

test('vivi-policy carries this schema', () => {
  const printed = spawnSync(program, ['schema'], {encoding: 'utf8'});
  assert.deepEqual(JSON.parse(printed.stdout), schema);
});

test('the documented example is taken by both', () => {
  const text = readFileSync(new URL('docs/policy.md', root), 'utf8').match(/```json\n(.*?)```/s)[1];
  const example = JSON.parse(text);
  assert.ok(compare(example), JSON.stringify(validate.errors));
  assert.deepEqual(problems(example), []);
  assert.deepEqual(Object.keys(example).sort(), Object.keys(schema.$defs.policy.properties).sort(), 'it shows every member');
});

test('valid documents are taken by both', () => {
  const rng = random(1);
  for (let i = 0; i < 100; ++i) {
    const document = policy(rng);
    assert.ok(compare(document), JSON.stringify(validate.errors));
    assert.deepEqual(problems(document), []);
  }
});

test('spoiled documents are refused by both, or by none', () => {
  const rng = random(2);
  let refused = 0;
  for (let i = 0; i < 1500; ++i) refused += compare(spoil(rng, policy(rng))) ? 0 : 1;
  assert.ok(refused > 700, `only ${refused} were refused: the others prove little`);
});

const sorted = (value) => (Array.isArray(value) ? value.map(sorted)
  : value !== null && typeof value === 'object' ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value);
const checksum = (value) => 'sha256:' + createHash('sha256').update(JSON.stringify(sorted(value))).digest('hex');

test('a profile sealed by another program is taken, and spoiled ones are not', () => {
  const rng = random(3);
  for (let i = 0; i < 50; ++i) {
    const {never_blocked: _, ...carried} = policy(rng);
    const profile = {vivi: 'profile', v: 1, name: 'Comic-Con', description: 'Bühne', policy: carried, checksum: checksum(carried)};
    assert.ok(compare(profile), JSON.stringify(validate.errors));
    assert.deepEqual(problems(profile), []);
    for (const change of [{v: 2}, {vivi: 'x'}, {name: ''}, {typo: 1}, {checksum: 'sha256:0'}, {policy: {...carried, never_blocked: []}}, {description: 'x'.repeat(2001)}])
      assert.equal(compare({...profile, ...change}), false, JSON.stringify(change));
    assert.match(problems({...profile, checksum: checksum({})}).join(), /^\/checksum: does not fit/);
  }
});
