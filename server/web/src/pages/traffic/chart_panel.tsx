// The series: totals in words, the chart with its cursor, and the same as a table.
// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatRate } from '../../format/quantity';
import { formatZoned } from '../../format/zoned';
import { Panel } from '../../ui/panel';
import { Change } from './change';
import { changeOf, chartData, isSilent, totalsOf, type ServerSeries } from './chart_data';
import { KeptNote } from './kept_note';
import { keptOf, type Clocks } from './kept';
import { Scrubber } from './scrubber';
import { SeriesTable } from './series_table';
import type { Asked } from './use_traffic';
import type { View } from './use_view';

const Plot = lazy(() => import('./plot').then((file) => ({ default: file.RangePlot })));

interface Props {
  view: View;
  zone: string;
  series: Asked<ServerSeries>;
  /** Of the span that is compared with; null: none is. */
  before: Asked<ServerSeries> | null;
  clocks: Clocks | null;
}

export function ChartPanel({ view, zone, series, before, clocks }: Props) {
  const { t } = useTranslation('traffic');
  const kept = clocks ? keptOf('SERIES', view.span, clocks, view.now) : 'all';
  return (
    <Panel title={t('chart.title')} testId="series">
      <KeptNote kept={kept} of="SERIES" clocks={clocks} />
      {!series.data && <p className="text-muted flex h-64 items-center justify-center">{series.hasFailed ? t('failed') : t('loading')}</p>}
      {series.data && kept !== 'gone' && <Shown view={view} zone={zone} series={series} before={before} data={series.data} />}
    </Panel>
  );
}

function Shown({ view, zone, series, before, data }: Omit<Props, 'clocks'> & { data: ServerSeries }) {
  const { t } = useTranslation('traffic');
  const [open, setOpen] = useState(false);
  const compared = before?.data ?? null;
  const drawn = useMemo(() => chartData(data, compared, Date.now()), [data, compared]);
  return (
    <div aria-busy={series.isLoading} className={series.isLoading ? 'opacity-70 transition-opacity' : 'transition-opacity'} data-testid="series-shown" data-bytes-down={data.bytesDown} data-points={data.points.length} data-compared={compared ? compared.bytesDown : ''}>
      <Totals data={data} before={compared} zone={zone} now={view.now} />
      <Scrubber data={drawn} view={view} zone={zone}>
        {(cursor) => (
          <Suspense fallback={<div className="h-full" />}>
            <Plot data={drawn} zone={zone} cursor={cursor} onChoose={(at) => view.setAt(at)} onSpan={(span) => view.setRange({ kind: 'own', ...span })} />
          </Suspense>
        )}
      </Scrubber>
      {isSilent(data) && <p className="text-muted mt-2">{t('chart.silent')}</p>}
      <details className="mt-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center text-xs">{t('chart.table')}</summary>
        {open && <SeriesTable data={drawn} zone={zone} now={view.now} />}
      </details>
    </div>
  );
}

function Totals({ data, before, zone, now }: { data: ServerSeries; before: ServerSeries | null; zone: string; now: number }) {
  const { t, i18n } = useTranslation('traffic');
  const language = i18n.language;
  const totals = totalsOf(data, Date.now());
  const earlier = before ? totalsOf(before, Date.now()) : null;
  const change = (key: 'down' | 'up' | 'peakDown') => (earlier ? <Change value={changeOf(totals[key], earlier[key])} /> : null);
  return (
    <dl className="mb-3 flex flex-wrap gap-x-8 gap-y-2">
      <Total label={t('chart.down')} tone="text-down" value={formatBytes(totals.down, language)}>
        {change('down')}
      </Total>
      <Total label={t('chart.up')} tone="text-up" value={formatBytes(totals.up, language)}>
        {change('up')}
      </Total>
      <Total label={t('chart.peak')} tone="text-muted" value={formatRate(totals.peakDown, language)}>
        {change('peakDown')}
        {totals.peakAt !== null && <span className="text-muted text-xs font-normal">{formatZoned(totals.peakAt, zone, language, now)}</span>}
      </Total>
    </dl>
  );
}

function Total({ label, tone, value, children }: { label: string; tone: string; value: string; children: ReactNode }) {
  return (
    <div>
      <dt className={`text-xs font-medium ${tone}`}>{label}</dt>
      <dd className="flex flex-wrap items-baseline gap-x-2 text-xl font-semibold tracking-tight tabular-nums">
        {value}
        {children}
      </dd>
    </div>
  );
}
