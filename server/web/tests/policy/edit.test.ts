// A draft is a new document, says what is different as the server does, and survives what somebody else decided meanwhile.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { diff, isSame } from '../../src/policy/diff';
import { edit, follow, isChanged, onto, startDraft, stepBack, stepForth } from '../../src/pages/rules/draft';
import { putGroup, putRow, removeRow, replaceRow, setProtected, usesOf } from '../../src/policy/edit';
import { emptyPolicy, policyOf, rowAt, type Policy } from '../../src/policy/policy';

const mac = '02:00:00:00:00:01';
const denied: Policy = { ...emptyPolicy, domains: [{ domain: 'example.org', decision: 'deny' }] };
const guests: Policy = { ...emptyPolicy, groups: [{ name: 'guests', devices: [mac] }], services: [{ service: 'youtube', decision: 'deny', group: 'guests' }] };

describe('editing', () => {
  it('puts one rule about the same thing, and leaves the old document as it was', () => {
    const once = putRow(emptyPolicy, 'domains', { domain: 'example.org', decision: 'deny', subdomains: true, reason: '' });
    const twice = putRow(once, 'domains', { domain: 'example.org', decision: 'allow' });
    expect(once.domains).toEqual([{ domain: 'example.org', decision: 'deny' }]);
    expect(twice.domains).toEqual([{ domain: 'example.org', decision: 'allow' }]);
    expect(emptyPolicy.domains).toEqual([]);
  });

  it('keeps rules for another group apart', () => {
    expect(putRow(denied, 'domains', { domain: 'example.org', decision: 'allow', group: 'guests' }).domains).toHaveLength(2);
  });

  it('renames a group in the rules that name it', () => {
    const renamed = replaceRow(guests, 'groups', 0, { name: 'visitors', devices: [mac] });
    expect(renamed.services[0]?.group).toBe('visitors');
    expect(usesOf(renamed, 'group', 'visitors')).toBe(1);
    expect(usesOf(renamed, 'group', 'guests')).toBe(0);
  });

  it('has a device in one group at most', () => {
    const moved = putGroup(guests, { name: 'crew', devices: [mac] }, null);
    expect(moved.groups).toEqual([
      { name: 'guests', devices: [] },
      { name: 'crew', devices: [mac] },
    ]);
  });

  it('finds the row a pointer is about', () => {
    expect(rowAt('/domains/3/until')).toEqual({ table: 'domains', index: 3 });
    expect(rowAt('/mode')).toBeNull();
    expect(policyOf({ mode: 'allow-listed' }).domains).toEqual([]);
  });
});

describe('what is different', () => {
  it('is added, removed or changed', () => {
    const after = setProtected(putRow({ ...denied, mode: 'allow-listed' }, 'categories', { category: 'pornography' }), mac, true);
    expect(diff(denied, removeRow(after, 'domains', 0)).map(({ kind, table }) => `${kind} ${table}`)).toEqual(['changed value', 'removed domains', 'added categories', 'added protected']);
    expect(diff(denied, putRow(denied, 'domains', { domain: 'example.org', decision: 'allow' }))).toMatchObject([{ kind: 'changed', table: 'domains' }]);
  });

  it('is nothing when only the order or a default differs', () => {
    const two = putRow(denied, 'domains', { domain: 'example.net', decision: 'deny' });
    expect(isSame(two, { ...two, domains: [{ domain: 'example.net' }, { domain: 'example.org', decision: 'deny', subdomains: true }] })).toBe(true);
  });
});

describe('a draft', () => {
  it('goes back and forth', () => {
    const draft = edit(startDraft({ revision: 1, policy: emptyPolicy }), denied);
    expect(isChanged(draft)).toBe(true);
    expect(isChanged(stepBack(draft))).toBe(false);
    expect(stepForth(stepBack(draft)).policy).toEqual(denied);
    expect(edit(draft, { ...denied }).past).toHaveLength(1);
  });

  it('without changes follows what is decided; with changes it stays where it began', () => {
    const decided = { revision: 2, policy: guests };
    expect(follow(startDraft({ revision: 1, policy: emptyPolicy }), decided).base.revision).toBe(2);
    const changed = edit(startDraft({ revision: 1, policy: emptyPolicy }), denied);
    expect(follow(changed, decided)).toBe(changed);
    expect(follow(changed, { revision: 2, policy: emptyPolicy }).base.revision).toBe(2);
    expect(isChanged(follow(changed, { revision: 2, policy: denied }))).toBe(false);
  });

  it('is done again to what somebody else decided', () => {
    const { draft, clashes } = onto(edit(startDraft({ revision: 1, policy: emptyPolicy }), denied), { revision: 2, policy: guests });
    expect(draft.policy.domains).toEqual(denied.domains);
    expect(draft.policy.services).toEqual(guests.services);
    expect(draft.base.revision).toBe(2);
    expect(clashes).toEqual([]);
  });

  it('names what both changed, and keeps its own word', () => {
    const theirs = putRow(denied, 'domains', { domain: 'example.org', decision: 'allow' });
    const mine = putRow(denied, 'domains', { domain: 'example.org', decision: 'deny', until: 5 });
    const { draft, clashes } = onto(edit(startDraft({ revision: 1, policy: denied }), mine), { revision: 2, policy: theirs });
    expect(clashes).toHaveLength(1);
    expect(draft.policy.domains).toEqual([{ domain: 'example.org', decision: 'deny', until: 5 }]);
  });
});
