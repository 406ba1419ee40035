// The report of an imported list, out of the server's JSON. Pure.
// SPDX-License-Identifier: Apache-2.0
export interface RefusedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}
export interface ListReport {
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly unsupported: number;
  readonly invalid: number;
  readonly examples: readonly RefusedLine[];
}

export function reportOf(json: unknown): ListReport {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const count = (key: string) => (typeof given[key] === 'number' ? given[key] : 0);
  const examples = Array.isArray(given['examples']) ? (given['examples'] as RefusedLine[]) : [];
  return { lines: count('lines'), accepted: count('accepted'), duplicates: count('duplicates'), unsupported: count('unsupported'), invalid: count('invalid'), examples };
}

/** The key of the translation of a reason that the server gives in English. */
export function reasonKey(reason: string): string {
  return reason.toLowerCase().replace(/[^a-z]+/g, '_').replace(/^_|_$/g, '');
}
