// Letters carry links like /#/invitation/TOKEN (server/api/links.hpp): the token is in the fragment, which browsers send to nobody.
// SPDX-License-Identifier: Apache-2.0
const pages: Record<string, string> = { invitation: '/join', verify: '/join/verify', confirm: '/join/confirm', reset: '/join/reset', email: '/join/email' };

/** The address in the dashboard, token still in the fragment; null when the fragment is no such link. */
export function addressOf(hash: string): string | null {
  const [, page, token] = /^#\/([a-z]+)\/([\w.~-]+)$/.exec(hash) ?? [];
  const path = page === undefined ? undefined : pages[page];
  return path === undefined ? null : `${path}#${token}`;
}

/** Before anything is drawn. */
export function followLetter(): void {
  const address = addressOf(window.location.hash);
  if (address) window.history.replaceState(null, '', address);
  // A link that is pasted where the dashboard is open changes the fragment alone.
  window.addEventListener('hashchange', () => addressOf(window.location.hash) && window.location.reload());
}
