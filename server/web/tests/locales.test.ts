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

  it('has every plural where it counts, and only there', () => {
    expect(unpluralled(english, ['one', 'other'])).toEqual([]);
    expect(unpluralled(french, ['one', 'many', 'other'])).toEqual([]);
  });
});

/** Keys that count (a gap `count`, or a plural of any form) and lack a form, or have one that the language has not. */
function unpluralled(texts: ReadonlyMap<string, string>, forms: readonly string[]): readonly string[] {
  const stem = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');
  const counting = [...texts].filter(([key, text]) => key !== stem(key) || text.includes('{{count}}')).map(([key]) => stem(key));
  return [...new Set(counting)].filter((key) => {
    const found = [...texts.keys()].filter((each) => stem(each) === key).map((each) => each.slice(key.length + 1));
    return found.sort().join() !== [...forms].sort().join();
  });
}

it('the check of plurals finds what lacks one', () => {
  const texts = new Map([['a', '{{count}} routers'], ['b_one', 'x'], ['b_other', 'x'], ['c_other', '{{count}}'], ['d', 'no number'], ['e_one', 'x'], ['e_many', 'x'], ['e_other', 'x']]);
  expect(unpluralled(texts, ['one', 'other'])).toEqual(['a', 'c', 'e']);
});

const sources = import.meta.glob<string>('../src/**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' });

/** Without a plural of the key, i18next shows the same words for every number. */
it('whatever is asked for with a count has plurals', () => {
  const plural = new Set([...of('en')].flatMap(([, texts]) => [...flat(texts).keys()].flatMap((key) => (key.endsWith('_one') ? [key.slice(0, -4)] : []))));
  const asked = Object.values(sources).flatMap((source) => [...source.matchAll(/\bt\(\s*'(?:\w+:)?([\w.]+)',\s*(?:counted\(|{[^}]*\bcount\b\s*[:,}])/g)].map((match) => match[1]!));
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter((key) => !plural.has(key))).toEqual([]);
});
