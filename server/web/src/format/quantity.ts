// Bytes and bits per second in words a person reads: three digits, decimal units, the reader's decimal sign.
// SPDX-License-Identifier: Apache-2.0
const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(language: string, digits: number): Intl.NumberFormat {
  const key = `${language}/${digits}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numbers.set(key, format);
  }
  return format;
}

const noBreakSpace = '\u00a0';
const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];

function scaled(value: number, language: string, unit: string): string {
  let step = 0;
  let rest = Math.max(0, value);
  while (rest >= 999.5 && step < prefixes.length - 1) {
    rest /= 1000;
    step += 1;
  }
  const digits = step === 0 || rest >= 99.95 ? 0 : 1;
  return `${numberFormat(language, digits).format(rest)}${noBreakSpace}${prefixes[step]}${unit}`;
}

/** 52400 is "52.4 kB", in French "52,4 ko". */
export function formatBytes(bytes: number, language: string): string {
  return scaled(bytes, language, language.startsWith('fr') ? 'o' : 'B');
}

/** 42100000 is "42.1 Mbit/s". */
export function formatRate(bitsPerSecond: number, language: string): string {
  return scaled(bitsPerSecond, language, 'bit/s');
}

/** For an axis, whose ticks are round: "40 Mbit/s". */
export function formatRateTick(bitsPerSecond: number, language: string): string {
  return formatRate(bitsPerSecond, language).replace(/[.,]0(?=\u00a0)/, '');
}

/** For texts with a plural: the number that decides, and as it is written. */
export function counted(count: number, language: string): { readonly count: number; readonly formatted: string } {
  return { count, formatted: formatCount(count, language) };
}

export function formatCount(count: number, language: string): string {
  return numberFormat(language, 0).format(count);
}
