// Whatever the server says is different has words of the page's own, in both languages; its English sentence is never shown.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import english from '../../src/locales/en/policy.json';
import french from '../../src/locales/fr/policy.json';
import { kindOf, wordsOfTold, type ToldChange } from '../../src/policy/told';

const domain = { domain: 'example.org', subdomains: true, decision: 'deny' };
const lines: readonly (readonly [ToldChange, string, string | null])[] = [
  [{ kind: 'ADDED', path: '/policy/domains/3', before: null, after: domain }, 'deny below forEverybody', null],
  [{ kind: 'CHANGED', path: '/domains/3', before: domain, after: { ...domain, decision: 'allow' } }, 'allow below forEverybody', 'deny below forEverybody'],
  [{ kind: 'REMOVED', path: '/policy/devices/0', before: { device: '02:00:00:00:00:01', decision: 'deny' }, after: null }, 'ban', null],
  [{ kind: 'CHANGED', path: '/policy/mode', before: 'block-listed', after: 'allow-listed' }, 'mode_allow_listed', null],
  [{ kind: 'CHANGED', path: '/policy/new_devices', before: 'allow', after: 'ask' }, 'newDevices_ask', null],
  [{ kind: 'CHANGED', path: '/policy/time_zone', before: 'UTC', after: 'Europe/Paris' }, 'timeZone', null],
  [{ kind: 'ADDED', path: '/policy/protected_devices/0', after: '02:00:00:00:00:01' }, 'protect', null],
  [{ kind: 'REMOVED', path: '/policy/never_blocked/0', before: 'pay.example' }, 'mayBlock', null],
  [{ kind: 'ADDED', path: '/policy/phases/0', after: { name: 'Show', from: 1, to: 2 } }, 'phase fromTo', null],
  [{ kind: 'CHANGED', path: '/dns/strict', before: false, after: true }, 'settingChanged', null],
  [{ kind: 'REMOVED', path: '/networks/1/name', before: 'guests' }, 'settingRemoved', null],
];

it.each(lines)('%j', (line, is, was) => {
  const told = wordsOfTold(line);
  const keys = (pieces: readonly { key: string }[] | null) => pieces?.map(({ key }) => key).join(' ') ?? null;
  expect(keys(told.is)).toBe(is);
  expect(keys(told.was)).toBe(was);
  for (const { key } of [...told.is, ...(told.was ?? [])]) {
    expect(english.words, key).toHaveProperty(key);
    expect(french.words, key).toHaveProperty(key);
  }
});

it('says a setting by its name and its values, and what kind of change it is', () => {
  const line: ToldChange = { kind: 'CHANGED', path: '/dns/strict', before: false, after: true };
  expect(wordsOfTold(line).is[0]?.values).toEqual({ name: 'dns strict', before: 'false', after: 'true' });
  expect(kindOf(line)).toBe('changed');
});
