// Compares vivi-graphql-check with the reference implementation: parse, validate, execute, introspect.
// SPDX-License-Identifier: Apache-2.0
// usage: node oracle.mjs path/to/vivi-graphql-check path/to/schema.graphql [documents] [seed]
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {isDeepStrictEqual} from 'node:util';
import {buildClientSchema, buildSchema, execute, getIntrospectionQuery, parse, printSchema, validate, validateSchema} from 'graphql';
import {Data, Generator, mutate, random} from './generate.mjs';

const [program, apiSchema, documents = '3000', seed = '1'] = process.argv.slice(2);
const child = spawn(program, [], {stdio: ['pipe', 'pipe', 'inherit']});
const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
child.on('exit', (code, signal) => code !== 0 && (console.error(`${program} ended: ${code ?? signal}`), process.exit(1)));

async function ask(request) {
  child.stdin.write(JSON.stringify(request) + '\n');
  return JSON.parse((await lines.next()).value);
}

const counts = {documents: 0, parsed: 0, valid: 0, executed: 0, withErrors: 0};
const failures = [];
const differ = (what, source, theirs, ours) => failures.push({what, source, theirs, ours});

/** What both sides may see differently on purpose. */
function isKnownDifference(source, theirs, ours) {
  const text = ours.map((error) => error.message).join(' ');
  // The rule of September 2025: no @skip or @include on the root of a subscription. The reference implementation 16 has it not.
  return theirs.length === 0 && ours.every((error) => /not allowed on the root of a subscription/.test(error.message)) && text !== '';
}

async function compare(sdl, schema, {source, variables}, root) {
  ++counts.documents;
  let document;
  let problem;
  try {
    document = parse(source);
  } catch (error) {
    problem = error;
  }
  const parsed = await ask({op: 'parse', source});
  if (parsed.ok !== !problem) return differ('parse', source, problem?.message, parsed.errors);
  if (problem) {
    // The place of the first error is the same, except inside strings, where both point at something else.
    const same = isDeepStrictEqual(problem.locations?.map(({line}) => line), parsed.errors[0].locations.map(({line}) => line));
    if (!same && !source.includes('"""')) differ('parse location', source, problem.locations, parsed.errors[0].locations);
    return;
  }
  ++counts.parsed;
  const theirs = validate(schema, document);
  const ours = await ask({op: 'validate', schema: sdl, source});
  if (ours.ok !== (theirs.length === 0)) {
    if (!isKnownDifference(source, theirs, ours.errors)) differ('validate', source, theirs.map((error) => error.message), ours.errors);
    return;
  }
  if (!ours.ok) return;
  ++counts.valid;
  if (document.definitions.filter(({kind}) => kind === 'OperationDefinition').length !== 1) return;
  if (document.definitions.some((definition) => definition.operation === 'subscription')) return;
  const expected = JSON.parse(JSON.stringify(await execute({schema, document, rootValue: root, variableValues: variables})));
  const actual = await ask({op: 'execute', schema: sdl, source, variables, root});
  ++counts.executed;
  if (expected.errors) ++counts.withErrors;
  const same = isDeepStrictEqual(expected.data, actual.data) && JSON.stringify(expected.data) === JSON.stringify(actual.data) && !expected.errors === !actual.errors;
  if (!same) differ('execute', source + '\n' + JSON.stringify(variables), expected, actual);
}

async function introspect(sdl, schema) {
  const options = {inputValueDeprecation: true, specifiedByUrl: true, oneOf: true, schemaDescription: true, directiveIsRepeatable: true};
  const answer = await ask({op: 'execute', schema: sdl, source: getIntrospectionQuery(options), root: {}});
  if (answer.errors) return differ('introspection', '', [], answer.errors);
  const client = buildClientSchema(answer.data);
  const problems = validateSchema(client);
  if (problems.length) differ('introspection', '', [], problems.map(String));
  if (printSchema(client) !== printSchema(schema)) differ('introspection prints', '', printSchema(schema), printSchema(client));
}

const zoo = readFileSync(new URL('zoo.graphql', import.meta.url), 'utf8');
for (const sdl of [readFileSync(apiSchema, 'utf8'), zoo]) {
  const schema = buildSchema(sdl);
  await introspect(sdl, schema);
  const names = [...new Set(sdl.match(/[A-Za-z_]\w*/g)), '__typename', '__schema', 'F0', 'F1', 'on', 'v0', 'query', 'fragment', 'true', 'null'];
  const rng = random(Number(seed));
  for (let i = 0; i < Number(documents) / 4; ++i) {
    const generated = new Generator(schema, rng).document();
    const data = new Data(schema, rng);
    const root = data.object(generated.kind === 'mutation' ? schema.getMutationType() : schema.getQueryType(), 5);
    await compare(sdl, schema, generated, root);
    await compare(sdl, schema, {...generated, source: mutate(generated.source, names, rng)}, root);
    if (failures.length > 20) break;
  }
}
child.stdin.end();
for (const failure of failures.slice(0, 20)) console.error(JSON.stringify(failure, null, 1));
console.log(`${counts.documents} documents, ${counts.parsed} parsed, ${counts.valid} valid, ${counts.executed} executed (${counts.withErrors} with errors): ${failures.length} differences`);
if (failures.length || counts.documents < Math.min(2000, Number(documents))) process.exitCode = 1;
