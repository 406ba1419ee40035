// Bytes, rates and counts in the reader's language; silence is a dash, because a column of zeros hides the numbers that matter.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatBytes, formatCount, formatRate } from '../format/quantity';

export function Bytes({ value }: { value: number }) {
  const { i18n } = useTranslation();
  return <span className="whitespace-nowrap tabular-nums">{formatBytes(value, i18n.language)}</span>;
}

/** Bits per second. */
export function Rate({ value }: { value: number }) {
  const { i18n } = useTranslation();
  if (value === 0) return <span aria-label={formatRate(0, i18n.language)} role="img">–</span>;
  return <span className="whitespace-nowrap tabular-nums">{formatRate(value, i18n.language)}</span>;
}

export function Count({ value }: { value: number }) {
  const { i18n } = useTranslation();
  return <span className="tabular-nums">{formatCount(value, i18n.language)}</span>;
}
