// A device, a router and a moment to start from; each test changes what it is about.
// SPDX-License-Identifier: Apache-2.0
import type { DeviceFieldsFragment, RouterFieldsFragment } from '../src/generated/graphql';

export const now = Date.parse('2026-11-22T14:02:10.000Z');

export function device(change: Partial<DeviceFieldsFragment> = {}): DeviceFieldsFragment {
  return {
    id: 'd1',
    mac: '02:00:00:00:00:01',
    isRandomisedMac: true,
    name: '',
    hostname: 'phone',
    address: '10.66.0.50',
    firstSeenAt: '2026-11-22T13:00:00.000Z',
    lastSeenAt: '2026-11-22T14:02:09.000Z',
    bytesUp: 100,
    bytesDown: 1_000,
    rateUp: 8,
    rateDown: 80,
    banState: 'NONE',
    banReason: '',
    bannedAt: null,
    bannedUntil: null,
    group: null,
    isProtected: false,
    revision: 5,
    ...change,
  };
}

export function router(change: Partial<RouterFieldsFragment> = {}): RouterFieldsFragment {
  return {
    id: 'r1',
    name: 'Main hall',
    linkState: 'ONLINE',
    lastSeenAt: '2026-11-22T14:02:09.000Z',
    desiredRevision: 3,
    appliedRevision: 3,
    applyError: '',
    software: '0.1.0',
    deviceCount: 1,
    ...change,
  };
}
