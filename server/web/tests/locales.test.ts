// French says everything English says, with the same gaps to fill.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import en from '../src/locales/en.json';
import fr from '../src/locales/fr.json';

function flat(tree: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') texts.set(here, value);
    else for (const [inner, text] of flat(value as object, here)) texts.set(inner, text);
  }
  return texts;
}

const english = flat(en);
const french = flat(fr);
const isPluralOnly = (key: string) => key.endsWith('_many'); // French has a form for millions.

it('has the same keys in both languages', () => {
  expect([...french.keys()].filter((key) => !isPluralOnly(key))).toEqual([...english.keys()]);
});

it('fills the same gaps in both', () => {
  const gaps = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort();
  for (const [key, text] of english) expect(gaps(french.get(key) ?? ''), key).toEqual(gaps(text));
});

it('leaves nothing empty', () => {
  for (const [key, text] of [...english, ...french]) expect(text.trim(), key).not.toBe('');
});
