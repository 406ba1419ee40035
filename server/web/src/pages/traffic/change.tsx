// How much more or less than in the other range, with its sign and in words for those who do not see it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

export function Change({ value }: { value: number | null }) {
  const { t, i18n } = useTranslation('traffic');
  if (value === null) return null;
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });
  const isMuch = value > 9.99;
  const text = isMuch ? t('compare.times', { times: Math.round(value + 1) }) : percent.format(value);
  return (
    <span className="text-muted text-xs font-medium whitespace-nowrap tabular-nums" title={t('compare.change')}>
      <span className="sr-only">{t('compare.change')}: </span>
      {text}
    </span>
  );
}
