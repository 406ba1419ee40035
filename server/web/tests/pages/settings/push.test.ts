// A push subscription as the server takes it, and the server's key as the browser takes it.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { inputOf, octetsOf } from '../../../src/pages/settings/push';

it('reads base64url without padding', () => {
  expect([...octetsOf('_-8A')]).toEqual([255, 239, 0]);
  expect([...octetsOf('AQ')]).toEqual([1]);
});

it('takes what the messages are encrypted with, or nothing', () => {
  expect(inputOf({ endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } })).toEqual({ endpoint: 'https://push.example/1', p256dh: 'p', auth: 'a' });
  expect(inputOf({ endpoint: 'https://push.example/1', keys: { p256dh: 'p' } })).toBeNull();
  expect(inputOf({})).toBeNull();
});
