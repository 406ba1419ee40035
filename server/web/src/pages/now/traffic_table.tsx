// The chart for those who do not see it, or want the numbers: the newest bucket first.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatRate } from '../../format/quantity';
import { formatClockSeconds } from '../../format/time';
import type { Series } from '../../charts/series';

export function TrafficTable({ series }: { series: Series }) {
  const { t, i18n } = useTranslation('now');
  const language = i18n.language;
  const rate = (value: number | null | undefined) => (value === null || value === undefined ? t('traffic.unknown') : formatRate(value, language));
  return (
    <div className="border-line mt-2 max-h-64 overflow-y-auto rounded border" tabIndex={0} role="region" aria-label={`${t('traffic.title')}, ${t('traffic.window')}`}>
      <table className="w-full text-right text-xs tabular-nums" data-testid="traffic-table">
        <thead className="bg-sunken sticky top-0">
          <tr>
            <th className="px-3 py-1.5 text-left font-medium">{t('traffic.time')}</th>
            <th className="px-3 py-1.5 font-medium">{t('traffic.down')}</th>
            <th className="px-3 py-1.5 font-medium">{t('traffic.up')}</th>
          </tr>
        </thead>
        <tbody>
          {series.at
            .map((at, index) => (
              <tr key={at} className="border-line border-t">
                <th className="px-3 py-1 text-left font-normal">{formatClockSeconds(at * 1000 - 5_000, language)}</th>
                <td className="px-3 py-1">{rate(series.down[index])}</td>
                <td className="px-3 py-1">{rate(series.up[index])}</td>
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}
