// What went wrong with a sign-in, as something a person can act on, and the field to go back to.
// SPDX-License-Identifier: Apache-2.0
import type { OperationResult } from 'urql';
import type { LoginMutation } from '../../generated/graphql';

export interface Problem {
  readonly key: 'emailMissing' | 'passwordMissing' | 'WRONG_CREDENTIALS' | 'TOO_MANY_ATTEMPTS' | 'unreachable' | 'server';
  readonly field: 'email' | 'password';
}

type Answer = Pick<OperationResult<LoginMutation>, 'data' | 'error'>;

/** Null when the person is signed in. */
export function problemOf({ data, error }: Answer): Problem | null {
  if (data?.login.user) return null;
  const code = data?.login.errors[0]?.code;
  if (code === 'WRONG_CREDENTIALS' || code === 'TOO_MANY_ATTEMPTS') return { key: code, field: 'password' };
  if (error?.networkError && !error.response) return { key: 'unreachable', field: 'password' };
  if (error?.response?.status === 429) return { key: 'TOO_MANY_ATTEMPTS', field: 'password' };
  return { key: 'server', field: 'password' };
}
