// Whatever the server writes into the audit log has words in both languages.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import english from '../src/locales/en/actions.json';
import french from '../src/locales/fr/actions.json';

const sources = import.meta.glob<string>('../../{api,auth,db,hub}/*.{cpp,hpp}', { eager: true, query: '?raw', import: 'default' });

it('every action has words', () => {
  const actions = new Set(Object.values(sources).flatMap((source) => [...source.matchAll(/\.action = "([a-z_]+\.[a-z_]+)"/g)].map((match) => match[1]!)));
  expect(actions.size).toBeGreaterThan(25);
  for (const action of actions) {
    expect(english, action).toHaveProperty(action);
    expect(french, action).toHaveProperty(action);
  }
});
