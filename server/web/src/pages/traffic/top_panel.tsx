// Who or what had the most traffic: bars, sums, and how it was before.
// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { RuleServicesDocument, type TrafficDimension, type TrafficScope } from '../../generated/graphql';
import { formatBytes } from '../../format/quantity';
import { useCategoryTitle } from '../../parts/category_title';
import { useScopedLink } from '../../scope';
import { Panel } from '../../ui/panel';
import { Change } from './change';
import { KeptNote } from './kept_note';
import { keptOf, type Clocks } from './kept';
import type { Span } from './range';
import { rank, type Ranked } from './tops';
import { comparedRows, useTop } from './use_traffic';

interface Props {
  by: TrafficDimension;
  place: TrafficScope;
  span: Span;
  before: Span | null;
  clocks: Clocks | null;
}

/** The server's answer may end some minutes before now: sums of names and devices are made every five minutes. */
const worthSayingMs = 10 * 60_000;

export function TopPanel({ by, place, span, before, clocks }: Props) {
  const { t } = useTranslation('traffic');
  const titles = useServiceTitles(by === 'SERVICE');
  const kept = clocks ? keptOf(by, span, clocks, Math.max(span.to, Date.now())) : 'all';
  const asked = kept === 'gone' ? null : span;
  const top = useTop(place, by, asked);
  const earlier = useTop(place, by, asked && before, comparedRows);
  const ranked = useMemo(() => (top.data ? rank(top.data.rows, before ? (earlier.data?.rows ?? null) : null, comparedRows) : []), [top.data, earlier.data, before]);
  const until = top.data ? Date.parse(top.data.until) : span.to;
  return (
    <Panel title={t(`tops.by.${by}`)} testId={`top-${by.toLowerCase()}`} note={top.data && ranked.length > 0 && span.to - until > worthSayingMs ? t('tops.until', { count: Math.round((span.to - until) / 60_000) }) : undefined}>
      <KeptNote kept={kept} of={by} clocks={clocks} />
      {kept !== 'gone' && !top.data && <p className="text-muted py-6 text-center">{top.hasFailed ? t('failed') : t('loading')}</p>}
      {kept !== 'gone' && top.data && ranked.length === 0 && <p className="text-muted leading-relaxed">{t(`tops.empty.${by}`)}</p>}
      {kept !== 'gone' && (
        <ol aria-busy={top.isLoading} className={top.isLoading ? 'opacity-70' : ''}>
          {ranked.map((each) => (
            <TopRow key={`${each.row.key}/${each.row.deviceId ?? ''}`} by={by} ranked={each} titles={titles} isCompared={before !== null && earlier.data !== null} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

interface RowProps {
  by: TrafficDimension;
  ranked: Ranked;
  titles: ReadonlyMap<string, string>;
  isCompared: boolean;
}

function TopRow({ by, ranked: { row, bytes, share, change, isNew }, titles, isCompared }: RowProps) {
  const { t, i18n } = useTranslation('traffic');
  const language = i18n.language;
  const totals = t('tops.totals', { down: formatBytes(row.bytesDown, language), up: formatBytes(row.bytesUp, language) });
  return (
    <li className="py-1" data-testid="top-row" data-key={row.key} data-bytes={bytes}>
      <div className="flex items-baseline gap-3">
        <span className={`min-w-0 truncate ${row.key ? 'font-medium' : 'text-muted italic'}`}>
          <Label by={by} row={row} titles={titles} />
        </span>
        <span className="ml-auto flex shrink-0 items-baseline gap-2 font-medium tabular-nums" title={totals}>
          {isCompared && (isNew && row.key ? <span className="text-muted text-xs">{t('compare.new')}</span> : <Change value={change} />)}
          {formatBytes(bytes, language)}
        </span>
      </div>
      <div className="text-muted mt-0.5 flex items-center gap-2 text-xs">
        <div aria-hidden="true" className="bg-sunken h-1 min-w-0 flex-1 overflow-hidden rounded-full">
          <div className={`h-full origin-left rounded-full ${row.key ? 'bg-accent' : 'bg-field'}`} style={{ transform: `scaleX(${share.toFixed(3)})` }} />
        </div>
        {by !== 'DEVICE' && row.deviceCount > 0 && <span className="w-24 shrink-0 text-right whitespace-nowrap">{t('tops.devices', { count: row.deviceCount })}</span>}
      </div>
    </li>
  );
}

/** Names that machines chose are isolated; a device leads to its page. */
function Label({ by, row, titles }: { by: TrafficDimension; row: Ranked['row']; titles: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('traffic');
  const categoryTitle = useCategoryTitle();
  const link = useScopedLink();
  if (row.key === '') return <>{t(`tops.rest.${by}`)}</>;
  if (by === 'CATEGORY') return <>{categoryTitle(row.key)}</>;
  if (by === 'SERVICE') return <bdi>{titles.get(row.key) ?? row.key}</bdi>;
  const name = <bdi title={row.key}>{row.label || row.key}</bdi>;
  if (by !== 'DEVICE' || !row.deviceId) return name;
  return (
    <Link to={link('/devices', { device: row.deviceId })} className="hover:text-accent inline-block min-w-6 leading-6 underline-offset-2 hover:underline">
      {name}
    </Link>
  );
}

function useServiceTitles(isAsked: boolean): ReadonlyMap<string, string> {
  const [{ data }] = useQuery({ query: RuleServicesDocument, pause: !isAsked });
  return useMemo(() => new Map(data?.services.map(({ name, title }) => [name, title])), [data]);
}
