// Whatever goes wrong when signing in, the person is told what to do.
// SPDX-License-Identifier: Apache-2.0
import { CombinedError } from 'urql';
import { expect, it } from 'vitest';
import { problemOf } from '../../src/pages/sign_in/problem';

const refused = (code: string) => ({ data: { login: { user: null, errors: [{ code, message: '', field: null }] } } });

it.each([
  ['nothing when signed in', { data: { login: { user: { id: 'u' }, errors: [] } } }, undefined],
  ['wrong credentials', refused('WRONG_CREDENTIALS'), 'WRONG_CREDENTIALS'],
  ['too many attempts', refused('TOO_MANY_ATTEMPTS'), 'TOO_MANY_ATTEMPTS'],
  ['something new of the server', refused('SOMETHING_NEW'), 'server'],
  ['no network', { error: new CombinedError({ networkError: new TypeError('Failed to fetch') }) }, 'unreachable'],
  ['a refusal in front of the server', { error: new CombinedError({ networkError: new Error(), response: new Response('', { status: 429 }) }) }, 'TOO_MANY_ATTEMPTS'],
  ['a broken server', { error: new CombinedError({ networkError: new Error(), response: new Response('', { status: 502 }) }) }, 'server'],
])('says %s', (_, answer, key) => expect(problemOf(answer as never)?.key).toBe(key));
