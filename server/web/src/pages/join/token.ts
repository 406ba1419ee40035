// Links of letters (server/api/links.hpp: `/#/invitation/TOKEN`) and of this page (`/join#TOKEN`): what they are about, and their token.
// SPDX-License-Identifier: Apache-2.0

/** The address of the page a letter leads to; null when the fragment is of no letter. */
export function pageOfLetter(hash: string): string | null {
  const [, kind, token] = /^#\/(invitation|verify|email|reset)\/([\w~.-]+)$/.exec(hash) ?? [];
  if (!kind || !token) return null;
  return kind === 'reset' ? `/reset#${token}` : `/join#${token}`;
}

export function tokenOf(hash: string): string {
  return hash.replace(/^#/, '');
}
