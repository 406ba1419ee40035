// French says everything English says, with the same gaps to fill: page by page.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

const files = import.meta.glob<object>('../src/locales/*/*.json', { eager: true, import: 'default' });
const of = (language: string) => new Map(Object.entries(files).flatMap(([path, texts]) => (path.includes(`/${language}/`) ? [[path.split('/').at(-1)!, texts] as const] : [])));

function flat(tree: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') texts.set(here, value);
    else for (const [inner, text] of flat(value as object, here)) texts.set(inner, text);
  }
  return texts;
}

const isPluralOnly = (key: string) => key.endsWith('_many'); // French has a form for millions.

it('has the same pages in both languages', () => {
  expect([...of('fr').keys()].sort()).toEqual([...of('en').keys()].sort());
  expect(of('en').size).toBeGreaterThan(10);
});

describe.each([...of('en')])('%s', (name, texts) => {
  const english = flat(texts);
  const french = flat(of('fr').get(name) ?? {});

  it('has the same keys in both languages', () => {
    expect([...french.keys()].filter((key) => !isPluralOnly(key)).sort()).toEqual([...english.keys()].sort());
  });

  it('fills the same gaps in both', () => {
    const gaps = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort();
    for (const [key, text] of english) expect(gaps(french.get(key) ?? ''), key).toEqual(gaps(text));
  });

  it('leaves nothing empty', () => {
    for (const [key, text] of [...english, ...french]) expect(text.trim(), key).not.toBe('');
  });

  it('has a plural wherever it counts, in both forms', () => {
    for (const key of english.keys()) if (key.endsWith('_one')) expect(french.has(`${key.slice(0, -4)}_many`), `${key} in French`).toBe(true);
  });
});
