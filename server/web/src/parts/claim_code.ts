// The code that a router shows (common/core/claim_code.hpp): forgiven as it is typed, its check symbol looked at before anything is sent.
// SPDX-License-Identifier: Apache-2.0
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U'; // The last five are for the check only.
const characters = 10;
const base = 32;

/** Symbols only, upper case: spaces and dashes go, O is 0, I and L are 1. */
export function plainCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\-–—]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** As the router shows it: "7ZK4T-9QH2M-R"; what is typed so far, in its groups. */
export function groupedCode(typed: string): string {
  const plain = plainCode(typed).slice(0, characters + 1);
  return [plain.slice(0, 5), plain.slice(5, 10), plain.slice(10)].filter(Boolean).join('-');
}

export type CodeState = 'short' | 'long' | 'mistyped' | 'fits';

/** Whether the check symbol fits; a code that fits may still be nobody's. */
export function stateOf(typed: string): CodeState {
  const plain = plainCode(typed);
  if (plain.length > characters + 1) return 'long';
  const values = [...plain].map((symbol) => symbols.indexOf(symbol));
  const body = values.slice(0, characters);
  if (body.some((value) => value < 0 || value >= base)) return 'mistyped';
  if (plain.length <= characters) return 'short';
  const number = body.reduce((sum, value) => sum * base + value, 0); // 50 bits: exact.
  return values[characters] === number % symbols.length ? 'fits' : 'mistyped';
}
