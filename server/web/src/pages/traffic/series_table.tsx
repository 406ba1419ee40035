// The chart for those who do not see it, or want the numbers: the newest step first.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatRate } from '../../format/quantity';
import { formatZoned } from '../../format/zoned';
import type { ChartData } from './chart_data';

export function SeriesTable({ data, zone, now }: { data: ChartData; zone: string; now: number }) {
  const { t, i18n } = useTranslation('traffic');
  const language = i18n.language;
  const rate = (value: number | null | undefined) => (value === null || value === undefined ? t('chart.unknown') : formatRate(value, language));
  const rows = data.at.map((at, index) => ({ at, down: data.down[index], up: data.up[index], before: data.downBefore?.[index] })).reverse();
  return (
    <div className="border-line mt-2 max-h-72 overflow-auto rounded border" tabIndex={0} role="region" aria-label={t('chart.table')}>
      <table className="w-full text-right text-xs tabular-nums" data-testid="series-table">
        <thead className="bg-sunken sticky top-0">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">{t('chart.time')}</th>
            <th scope="col" className="px-3 py-1.5 font-medium">{t('chart.down')}</th>
            <th scope="col" className="px-3 py-1.5 font-medium">{t('chart.up')}</th>
            {data.downBefore && <th scope="col" className="px-3 py-1.5 font-medium">{t('chart.downBefore')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, down, up, before }) => (
            <tr key={at} className="border-line border-t">
              <th scope="row" className="px-3 py-1 text-left font-normal whitespace-nowrap">{formatZoned(at * 1000, zone, language, now)}</th>
              <td className="px-3 py-1">{rate(down)}</td>
              <td className="px-3 py-1">{rate(up)}</td>
              {data.downBefore && <td className="px-3 py-1">{rate(before)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
