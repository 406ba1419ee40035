// Up and down of the whole router: the rates now in digits, the last ten minutes as a line, and the same as a table.
// SPDX-License-Identifier: Apache-2.0
import { memo, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatRate } from '../../format/quantity';
import { formatClockSeconds } from '../../format/time';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { sumOf } from '../../live/traffic';
import { Icon } from '../../ui/icons';
import { peakOf, seriesOf, type Series } from '../../charts/series';
import { SmallChart } from '../../charts/small_chart';
import { TrafficTable } from './traffic_table';

export const TrafficPanel = memo(function TrafficPanel({ network }: { network: Network }) {
  const { t, i18n } = useTranslation('now');
  const language = i18n.language;
  const byRouter = useStore(network.traffic);
  const traffic = useMemo(() => sumOf(byRouter.values()), [byRouter]);
  const { phase } = useStore(network.connection);
  const isLive = phase === 'live' && [...byRouter.values()].some((each) => each.router?.linkState === 'ONLINE');
  const isPaused = useStore(network.pausedAt) !== null;
  const second = useSecond(isLive && !isPaused);
  const series = useMemo(() => seriesOf(traffic, Date.now(), isLive), [traffic, isLive, second]);
  const [index, setIndex] = useState<number | null>(null);
  const point = pointOf(series, index, language);
  const [open, setOpen] = useState(false);
  const nowOf = (rate: number) => (isLive ? formatRate(rate, language) : t('traffic.unknown'));
  const down = nowOf(traffic.rate.down);
  const up = nowOf(traffic.rate.up);
  const peak = peakOf(series.down);

  return (
    <section className="panel min-w-0 p-4" aria-labelledby="traffic-title">
      <div className="flex items-baseline justify-between gap-3">
        <h2 id="traffic-title" className="font-semibold">
          {t('traffic.title')}
        </h2>
        <p className="text-muted text-xs">{point ? point.time : t('traffic.window')}</p>
      </div>
      <dl className="mt-2 mb-3 flex flex-wrap gap-x-8 gap-y-1" data-testid="rates" data-rate-down={traffic.rate.down} data-rate-up={traffic.rate.up}>
        <RateNow name="down" label={t('traffic.down')} value={point ? formatOr(point.down, language, t('traffic.unknown')) : down} />
        <RateNow name="up" label={t('traffic.up')} value={point ? formatOr(point.up, language, t('traffic.unknown')) : up} />
      </dl>
      <p className="sr-only">{t('traffic.chart', { down, up, peak: formatRate(peak, language) })}</p>
      <SmallChart series={series} language={language} onPoint={setIndex} />
      {peak === 0 && peakOf(series.up) === 0 && <p className="text-muted mt-2 text-xs">{t('traffic.empty')}</p>}
      <details className="mt-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center text-xs">{t('traffic.table')}</summary>
        {open && <TrafficTable series={series} />}
      </details>
    </section>
  );
});

function pointOf(series: Series, index: number | null, language: string) {
  const at = index === null ? undefined : series.at[index];
  if (index === null || at === undefined) return null;
  return { time: formatClockSeconds(at * 1000 - 5_000, language), down: series.down[index] ?? null, up: series.up[index] ?? null };
}

function RateNow({ name, label, value }: { name: 'down' | 'up'; label: string; value: string }) {
  return (
    <div>
      <dt className={`flex items-center gap-1 text-xs font-medium ${name === 'down' ? 'text-down' : 'text-up'}`}>
        <Icon name={name} className="size-3.5" />
        {label}
      </dt>
      <dd className="min-w-28 text-xl tabular-nums font-semibold tracking-tight">{value}</dd>
    </div>
  );
}

function formatOr(value: number | null, language: string, otherwise: string): string {
  return value === null ? otherwise : formatRate(value, language);
}

/** Moves the window on while nothing arrives. */
function useSecond(running: boolean): number {
  const [second, setSecond] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setSecond((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return second;
}
