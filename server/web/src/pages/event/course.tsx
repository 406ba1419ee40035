// How an event goes: in numbers, what happened, its traffic with the phases behind it, and its alarms.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AlarmsDocument, EventTrafficDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { formatBytes } from '../../format/quantity';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { AlarmList } from '../../parts/alarm_list';
import { Timeline } from './timeline';
import { TrafficArea } from './traffic_area';
import type { EventDetail } from './event_page';

const hourMs = 3_600_000;
const step = 20;

/** From the first phase or the start (at most a week back), until now or the end. */
export function rangeOf(event: Pick<EventDetail, 'startsAt' | 'createdAt' | 'closedAt' | 'endsAt' | 'phases'>, now: number): { from: string; to: string } {
  const starts = [event.startsAt, ...event.phases.map((phase) => phase.startsAt)].filter((at) => at != null).map((at) => Date.parse(at));
  const end = Math.min(now, event.closedAt ? Date.parse(event.closedAt) : now);
  const start = starts.length > 0 && Math.min(...starts) < end ? Math.min(...starts) : end - 24 * hourMs;
  return { from: new Date(Math.max(start, end - 7 * 24 * hourMs)).toISOString(), to: new Date(end).toISOString() };
}

export function Course({ event, again }: { event: EventDetail; again: () => void }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Timeline event={event} />
      <Traffic event={event} />
      <Alarms event={event} again={again} />
    </div>
  );
}

function Traffic({ event }: { event: EventDetail }) {
  const { t, i18n } = useTranslation('event');
  const [range] = useState(() => rangeOf(event, Date.now()));
  const { data, error, again } = useFresh(EventTrafficDocument, { scope: { eventId: event.id }, from: range.from, to: null }, { everyMs: 30_000, pause: event.routerCount === 0 });
  return (
    <Panel title={t('course.traffic')} className="lg:col-span-2">
      {event.routerCount === 0 ? (
        <p className="text-muted">{t('course.noRouters')}</p>
      ) : (
        <Loaded data={data} error={error} retry={again}>
          {({ trafficSeries }) => (
            <>
              <p className="text-muted mb-2">{t('course.sums', { down: formatBytes(trafficSeries.bytesDown, i18n.language), up: formatBytes(trafficSeries.bytesUp, i18n.language) })}</p>
              <TrafficArea series={trafficSeries} phases={event.phases} timeZone={event.timeZone} />
            </>
          )}
        </Loaded>
      )}
    </Panel>
  );
}

function Alarms({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const [first, setFirst] = useState(step);
  const asked = useFresh(AlarmsDocument, { first, after: null, open: false }, { everyMs: 10_000 });
  const routers = new Set(event.routers.map(({ id }) => id));
  return (
    <Panel title={t('alarms.title')} note={t('alarms.note')} className="lg:col-span-2">
      <Loaded data={asked.data} error={asked.error} retry={asked.again}>
        {({ alerts }) => (
          <>
            <AlarmList
              alarms={alerts.edges.map(({ node }) => node).filter(({ router }) => router && routers.has(router.id))}
              withRouter
              timeZone={event.timeZone}
              onChanged={() => {
                asked.again();
                again();
              }}
            />
            {alerts.pageInfo.hasNextPage && first < 500 && (
              <Button size="small" className="mt-2" onClick={() => setFirst(Math.min(500, first * 4))}>
                {t('alarms.older')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
