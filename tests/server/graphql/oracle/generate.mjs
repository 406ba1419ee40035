// Random documents for a schema: valid by construction, then broken by mutation. Everything follows from a seed.
// SPDX-License-Identifier: Apache-2.0
import {
  getNamedType, getNullableType, isEnumType, isInputObjectType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType,
  isScalarType, isUnionType, isAbstractType,
} from 'graphql';

/** A small generator of random numbers (mulberry32): runs repeat. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return {below, chance: (p) => next() < p, pick: (items) => items[below(items.length)]};
}

/** One valid operation with its variables, mostly: overlapping fields are left to chance. */
export class Generator {
  constructor(schema, rng) {
    this.schema = schema;
    this.rng = rng;
  }

  document() {
    this.variables = [];
    this.values = {};
    this.fragments = [];
    const kind = this.rng.pick(['query', 'query', 'query', 'mutation', 'subscription']);
    const root = {query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType()}[kind];
    const body = kind === 'subscription' ? `{ ${this.field(root, 2)} }` : this.selections(root, 4);
    const declared = this.variables.length ? `(${this.variables.join(', ')})` : '';
    const description = this.rng.chance(0.1) ? '"described" ' : '';
    const head = kind === 'query' && !declared && !description && this.rng.chance(0.5) ? '' : `${description}${kind} Op${declared} `;
    return {source: [head + body, ...this.fragments].join('\n'), variables: this.values, kind};
  }

  selections(type, depth) {
    const items = [];
    const count = 1 + this.rng.below(4);
    for (let i = 0; i < count; ++i) items.push(this.selection(type, depth));
    return `{ ${items.join(' ')} }`;
  }

  selection(type, depth) {
    if (this.rng.chance(0.08)) return '__typename';
    if (depth > 0 && this.rng.chance(0.25)) return this.fragment(type, depth);
    if (isUnionType(type)) return this.fragment(type, depth);
    return this.field(type, depth);
  }

  fragment(type, depth) {
    const possible = isAbstractType(type) ? [...this.schema.getPossibleTypes(type)] : [type];
    const on = this.rng.pick([...possible, type, ...(isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [])]);
    const set = isUnionType(on) ? '{ __typename }' : this.selections(on, depth - 1);
    if (this.rng.chance(0.5)) return `... ${this.rng.chance(0.9) || on !== type ? `on ${on.name} ` : ''}${this.switches()}${set}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push('');
    this.fragments[Number(name.slice(1))] = `fragment ${name} on ${on.name} ${set}`;
    return `...${name} ${this.switches()}${this.rng.chance(0.2) ? `...${name}` : ''}`;
  }

  switches() {
    if (!this.rng.chance(0.15)) return '';
    const value = this.rng.chance(0.5) ? String(this.rng.chance(0.5)) : this.variable('Boolean!', this.rng.chance(0.5));
    return `@${this.rng.pick(['skip', 'include'])}(if: ${value}) `;
  }

  field(type, depth) {
    let fields = Object.values(type.getFields());
    if (depth <= 0) {
      const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
      if (leaves.length === 0) return '__typename';
      fields = leaves;
    }
    const field = this.rng.pick(fields);
    const args = [];
    for (const arg of field.args)
      if ((isNonNullType(arg.type) && arg.defaultValue === undefined) || this.rng.chance(0.4)) args.push(`${arg.name}: ${this.value(arg.type, arg.defaultValue !== undefined, 3)}`);
    const alias = this.rng.chance(0.3) || args.length ? `a${this.rng.below(1000)}: ` : '';
    const set = isLeafType(getNamedType(field.type)) ? '' : ` ${this.selections(getNamedType(field.type), depth - 1)}`;
    const root = type === this.schema.getSubscriptionType();
    return `${alias}${field.name}${args.length ? `(${args.join(', ')})` : ''} ${root ? '' : this.switches()}${set}`;
  }

  variable(type, value) {
    const name = `v${this.variables.length}`;
    this.variables.push(`$${name}: ${type}`);
    this.values[name] = value;
    return `$${name}`;
  }

  value(type, hasDefault, depth) {
    if (this.rng.chance(0.25)) {
      const value = this.json(type, depth);
      return this.variable(String(type), value);
    }
    return this.literal(type, depth);
  }

  literal(type, depth) {
    if (!isNonNullType(type) && this.rng.chance(0.1)) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (this.rng.chance(0.2)) return this.literal(nullable.ofType, depth);
      return `[${Array.from({length: this.rng.below(3)}, () => this.literal(nullable.ofType, depth - 1)).join(', ')}]`;
    }
    if (isEnumType(nullable)) return this.rng.pick(nullable.getValues()).name;
    if (isInputObjectType(nullable)) return `{${this.members(nullable, depth).map(([name, member]) => `${name}: ${this.literal(nullable.isOneOf ? nonNull(member.type) : member.type, depth - 1)}`).join(', ')}}`;
    switch (nullable.name) {
      case 'Int': return this.rng.pick(['0', '-1', '42', '2147483647', '-2147483648']);
      case 'Float': return this.rng.pick(['1', '-0.5', '1e3', '3.25E-2']);
      case 'Boolean': return this.rng.pick(['true', 'false']);
      case 'ID': return this.rng.pick(['"id"', '7', '"8"']);
      case 'String': return this.rng.pick(['"text"', '"\\u{1F600} \\n"', '"""\n  block\n    text\n"""', '""']);
      default: return this.rng.pick(['"any"', '1', '{a: [1, X, {b: null}]}', 'true', 'SOME']);
    }
  }

  members(type, depth) {
    const all = Object.entries(type.getFields());
    if (type.isOneOf) return [this.rng.pick(all)];
    return all.filter(([, member]) => (isNonNullType(member.type) && member.defaultValue === undefined) || (depth > 0 && this.rng.chance(0.4)));
  }

  json(type, depth) {
    if (!isNonNullType(type) && this.rng.chance(0.1)) return null;
    const nullable = getNullableType(type);
    if (isListType(nullable)) return this.rng.chance(0.2) ? this.json(nonNull(nullable.ofType), depth) : Array.from({length: this.rng.below(3)}, () => this.json(nullable.ofType, depth - 1));
    if (isEnumType(nullable)) return this.rng.pick(nullable.getValues()).name;
    if (isInputObjectType(nullable)) return Object.fromEntries(this.members(nullable, depth).map(([name, member]) => [name, this.json(nullable.isOneOf ? nonNull(member.type) : member.type, depth - 1)]));
    switch (nullable.name) {
      case 'Int': return this.rng.pick([0, -1, 42, 2147483647]);
      case 'Float': return this.rng.pick([1, -0.5, 1e3]);
      case 'Boolean': return this.rng.chance(0.5);
      case 'ID': return this.rng.pick(['id', 7]);
      case 'String': return this.rng.pick(['text', '\u{1F600}\n', '']);
      default: return this.rng.pick(['any', 1, {a: [1]}, true]);
    }
  }
}

const nonNull = (type) => (isNonNullType(type) ? type.ofType : type);

/** Values for every field of every object that a selection can reach; sometimes null, sometimes wrong. */
export class Data {
  constructor(schema, rng) {
    this.schema = schema;
    this.rng = rng;
  }

  object(type, depth) {
    const result = {__typename: type.name};
    if (depth <= 0) return result;
    for (const field of Object.values(type.getFields())) result[field.name] = this.value(field.type, depth - 1);
    return result;
  }

  value(type, depth) {
    if (this.rng.chance(isNonNullType(type) ? 0.01 : 0.1)) return null;
    const nullable = getNullableType(type);
    if (isListType(nullable)) return depth <= 0 ? [] : Array.from({length: this.rng.below(3)}, () => this.value(nullable.ofType, depth));
    if (isEnumType(nullable)) return this.rng.chance(0.02) ? 'NO_SUCH_VALUE' : this.rng.pick(nullable.getValues()).name;
    if (isScalarType(nullable)) return this.scalar(nullable);
    if (depth <= 0) return isNonNullType(type) ? this.object(isAbstractType(nullable) ? this.schema.getPossibleTypes(nullable)[0] : nullable, 0) : null;
    return this.object(isAbstractType(nullable) ? this.rng.pick(this.schema.getPossibleTypes(nullable)) : nullable, depth);
  }

  scalar(type) {
    if (this.rng.chance(0.01)) return {wrong: true};
    switch (type.name) {
      case 'Int': return this.rng.pick([0, 5, -7, 2147483647, 2147483648, 1.5, true]);
      case 'Float': return this.rng.pick([0.5, 3, 1e21, -2.25e-7, true]);
      case 'Boolean': return this.rng.pick([true, false, 1, 0]);
      case 'ID': return this.rng.pick(['x', 12]);
      case 'String': return this.rng.pick(['', 'text', 'quote " \\ \n \u0001 \u{1F600} é', 12, true]);
      default: return this.rng.pick(['2026-11-22T17:10:02.123Z', 17, {deep: [1, {a: null}]}, [true]]);
    }
  }
}

/** Breaks a document in one small way. */
export function mutate(source, names, rng) {
  const tokens = source.match(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\.\.|\s+|[^]/g);
  const at = rng.below(tokens.length);
  const words = tokens.flatMap((token, i) => (/^[A-Za-z_]/.test(token) ? [i] : []));
  switch (rng.below(9)) {
    case 0: tokens.splice(at, 1); break;
    case 1: tokens.splice(at, 0, tokens[rng.below(tokens.length)]); break;
    case 2: [tokens[at], tokens[rng.below(tokens.length)]] = [tokens[rng.below(tokens.length)], tokens[at]]; break;
    case 3: case 4: case 5: tokens[rng.pick(words)] = rng.pick(names); break;
    case 6: tokens[at] = rng.pick(['{', '}', '(', ')', '[', ']', ':', '$', '@', '!', '...', '|', '=', '"', '"""', '#', '\\', '\u00e9', '.', '-', '0', '1.', '&']); break;
    case 7: tokens[rng.pick(words)] += rng.pick(['1', 'x', '!', ' ', ':', ' @once', ' @tag(name: "x")', ' @skip(if: true)', '(id: 1)']); break;
    case 8: tokens.splice(at, 0, rng.pick([' null ', ' {a: 1} ', ' "s" ', ' 1 ', ' $v0 ', ' id ', ' ...F0 ', ' on ', ' { id } ', ' ... on Cat { id: name } ', ' __typename ', ' true '])); break;
  }
  return tokens.join('');
}
