// What a person typed, put right or refused while typing; the server checks everything again. Pure.
// SPDX-License-Identifier: Apache-2.0
export type Problem = 'domain' | 'prefix' | 'mac' | 'port' | 'name' | 'time' | 'empty' | 'nameTaken';
export type Checked = { readonly value: string } | { readonly problem: Problem };

const mac = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Any usual notation of a MAC, as the document writes it. */
export function checkMac(text: string): Checked {
  const digits = text.trim().toLowerCase().replace(/[^0-9a-f]/g, '');
  const value = digits.match(/../g)?.join(':') ?? '';
  return digits.length === 12 && mac.test(value) ? { value } : { problem: 'mac' };
}

/** A name out of what people paste: an address of a page, a wildcard, a final dot. */
export function checkDomain(text: string): Checked {
  const bare = text
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '')
    .replace(/^(\*\.|\.)/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (bare === '') return { problem: 'empty' };
  const labels = bare.split('.');
  const isName = bare.length <= 253 && labels.every((label) => label.length > 0 && label.length <= 63 && !/[\s\p{C}!-,/:-@[-^`{-~]/u.test(label));
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(bare);
  return isName && !isAddress ? { value: bare } : { problem: 'domain' };
}

export function checkPrefix(text: string): Checked {
  const trimmed = text.trim().toLowerCase();
  const [address = '', length, more] = trimmed.split('/');
  if (trimmed === '') return { problem: 'empty' };
  if (more !== undefined || (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length))) return { problem: 'prefix' };
  const bits = address.includes(':') ? bitsOfIpv6(address) : bitsOfIpv4(address);
  if (!bits) return { problem: 'prefix' };
  const kept = length === undefined ? bits.length : Number(length);
  return kept <= bits.length && !bits.slice(kept).includes('1') ? { value: trimmed } : { problem: 'prefix' };
}

function bitsOfIpv4(text: string): string | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function bitsOfIpv6(text: string): string | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...(head ?? []), ...(tail ?? [])];
  if (!given.every((word) => /^[0-9a-f]{1,4}$/.test(word))) return null;
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const words = halves.length === 1 ? given : [...head!, ...Array<string>(missing).fill('0'), ...tail!];
  return words.map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0')).join('');
}

export function checkPort(text: string): Checked {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'empty' };
  return /^\d{1,5}$/.test(trimmed) && Number(trimmed) >= 1 && Number(trimmed) <= 65_535 ? { value: String(Number(trimmed)) } : { problem: 'port' };
}

/** Of a group, a schedule, a list, a profile: 1 to 63 characters that show. */
export function checkName(text: string, taken: readonly string[] = []): Checked {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'empty' };
  if (trimmed.length > 63 || /[\u0000-\u001f\u007f]/.test(trimmed)) return { problem: 'name' };
  return taken.includes(trimmed) ? { problem: 'nameTaken' } : { value: trimmed };
}

/** `24:00` is good as an end only. */
export function checkTime(text: string, isEnd: boolean): Checked {
  const isTime = /^([01]\d|2[0-3]):[0-5]\d$/.test(text) || (isEnd && text === '24:00');
  return isTime ? { value: text } : { problem: 'time' };
}

/** Several, one a line or parted by spaces or commas; each once, in their order. */
export function checkEach(text: string, check: (one: string) => Checked): { readonly values: readonly string[]; readonly refused: readonly string[] } {
  const values = new Set<string>();
  const refused: string[] = [];
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const checked = check(part);
    if ('value' in checked) values.add(checked.value);
    else refused.push(part);
  }
  return { values: [...values], refused };
}
