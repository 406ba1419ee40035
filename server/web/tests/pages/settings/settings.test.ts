// What settings work out by themselves: files in parts, days, receipts, names of browsers, details of the audit log.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { joinParts } from '../../../src/pages/settings/audit_file';
import { detailText } from '../../../src/parts/audit_list';
import { endOfDay } from '../../../src/parts/invite_dialog';
import { countsOf, remainsOf } from '../../../src/parts/receipt';
import { programOf } from '../../../src/pages/settings/user_agent';

describe('an exported audit log', () => {
  it('has one header, however many parts it came in', () => {
    expect(joinParts('CSV', ['id,at\r\n"1","a\r\nb"\r\n', 'id,at\r\n"2","c"\r\n'])).toBe('id,at\r\n"1","a\r\nb"\r\n"2","c"\r\n');
  });
  it('is one list in JSON', () => {
    expect(JSON.parse(joinParts('JSON', ['[{"id":1}]', '[]', '[{"id":2}]']))).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

it('lets a membership end at the end of a day', () => {
  expect(endOfDay('')).toBeNull();
  expect(endOfDay('never')).toBeNull();
  expect(new Date(endOfDay('2026-12-01')!).getHours()).toBe(23);
});

it('reads a receipt whatever the server puts in', () => {
  expect(countsOf({ leases: 2, devices: 0, traffic: 30, note: 'x' })).toEqual([['traffic', 30], ['leases', 2]]);
  expect(countsOf(null)).toEqual([]);
  expect(remainsOf([{ what: 'bans', why: 'in force', until: '2026' }, {}])).toEqual([{ what: 'bans', why: 'in force', until: '2026' }, { what: '', why: '', until: '' }]);
  expect(remainsOf('no list')).toEqual([]);
});

it('names browsers as people do', () => {
  expect(programOf('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36')).toEqual({ program: 'Chrome', system: 'Linux' });
  expect(programOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1')).toEqual({ program: 'Safari', system: 'iOS' });
  expect(programOf('my-script/1')).toEqual({ program: 'my-script/1', system: '' });
  expect(programOf('')).toEqual({ program: '', system: '' });
});

it('says the details of an audit row in a line', () => {
  expect(detailText({ name: 'Fest', guest_count: 3, nothing: null, list: [1] })).toBe('name: Fest, guest count: 3, list: [1]');
  expect(detailText({})).toBe('');
  expect(detailText('text')).toBe('');
});
