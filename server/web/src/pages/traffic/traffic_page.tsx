// Traffic: how much, of what and of whom, over any time; compared with another, and back to any moment.
// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { browserZone } from '../../format/zoned';
import type { TrafficDimension, TrafficScope } from '../../generated/graphql';
import { useScope } from '../../scope';
import { useSession } from '../../session';
import { PageTitle } from '../../shell/page_title';
import { Empty } from '../../ui/empty';
import { ChartPanel } from './chart_panel';
import { compareSpan, momentSpan } from './range';
import { MomentBar } from './moment_bar';
import { RangeBar } from './range_bar';
import { TopPanel } from './top_panel';
import { useClocks, useSeries } from './use_traffic';
import { useView } from './use_view';

export function TrafficPage() {
  const { t } = useTranslation('traffic');
  const { organisation } = useSession();
  const scope = useScope();
  const { event, router, allRouters } = scope;
  const place = useMemo((): TrafficScope | null => {
    if (event) return { eventId: event.id };
    if (router) return { routerId: router.id };
    return organisation ? { organisationId: organisation.id } : null;
  }, [event, router, organisation]);
  const zone = event?.timeZone ?? browserZone();
  return (
    <>
      <PageTitle title={t('title')} note={event ? t('zone.event', { zone }) : t('zone.own', { zone })} />
      {scope.state === 'ready' && allRouters.length === 0 && <Empty title={t('noRouter.title')} text={t('noRouter.text')} />}
      {place && allRouters.length > 0 && <Looked place={place} zone={zone} />}
    </>
  );
}

/** Routers only where there are several. */
function dimensionsFor(routers: number): readonly TrafficDimension[] {
  return routers > 1 ? ['DOMAIN', 'DEVICE', 'SERVICE', 'CATEGORY', 'ROUTER'] : ['DOMAIN', 'DEVICE', 'SERVICE', 'CATEGORY'];
}

function Looked({ place, zone }: { place: TrafficScope; zone: string }) {
  const { t } = useTranslation('traffic');
  const scope = useScope();
  const view = useView(zone);
  const clocks = useClocks();
  const before = useMemo(() => compareSpan(view.span, view.comparison), [view.span, view.comparison]);
  const series = useSeries(place, view.span);
  const seriesBefore = useSeries(place, before);
  const stepMs = (series.data?.step ?? 60) * 1000;
  const moment = useMemo(() => (view.at === null ? null : momentSpan(view.at, stepMs)), [view.at, stepMs]);
  const span = moment ?? view.span;
  const spanBefore = useMemo(() => compareSpan(span, view.comparison === 'before' && moment ? 'day' : view.comparison), [span, view.comparison, moment]);
  return (
    <div className="space-y-3 sm:space-y-4">
      <RangeBar view={view} zone={zone} hasEvent={scope.event !== null} />
      <ChartPanel view={view} zone={zone} series={series} before={before ? seriesBefore : null} clocks={clocks} />
      {moment && <MomentBar moment={moment} view={view} zone={zone} />}
      <h2 className="sr-only">{t('tops.title')}</h2>
      <div className="wall:grid-cols-4 grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
        {dimensionsFor(scope.routers.length).map((by) => (
          <TopPanel key={by} by={by} place={place} span={span} before={moment && view.comparison === 'before' ? null : spanBefore} clocks={clocks} />
        ))}
      </div>
      <p className="text-muted max-w-prose text-xs leading-relaxed">{t('tops.privacy')}</p>
    </div>
  );
}
