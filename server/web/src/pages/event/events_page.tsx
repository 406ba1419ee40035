// The events of the organisation: the one that goes on, those to come, those that are over, and the way to a new one.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { EventListDocument, type EventFieldsFragment } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { counted } from '../../format/quantity';
import { usePlace } from '../../place';
import { useScope, useScopedLink } from '../../scope';
import { PageTitle } from '../../shell/page_title';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { StateMark, type Tone } from '../../parts/state_mark';
import { EventDialog } from './event_dialog';
import { Span } from './span';
import { stateOfEvent, type EventState } from './phases';

const tones: Record<EventState, Tone> = { running: 'ok', coming: 'warn', open: 'ok', over: 'quiet', closed: 'quiet' };
const order: Record<EventState, number> = { running: 0, open: 1, coming: 2, over: 3, closed: 4 };
const step = 30;

export function EventsPage() {
  const { t } = useTranslation('event');
  const { may, organisationId } = usePlace();
  const { refresh } = useScope();
  const link = useScopedLink();
  const navigate = useNavigate();
  const [first, setFirst] = useState(step);
  const [isMaking, setMaking] = useState(false);
  const { data, error, again } = useFresh(EventListDocument, { organisationId, first, after: null }, { everyMs: 20_000 });
  const now = Date.now();
  const make = may('MANAGE') && (
    <Button look="primary" onClick={() => setMaking(true)} data-testid="event-new">
      {t('make.open')}
    </Button>
  );
  return (
    <div className="mx-auto w-full max-w-6xl">
      <PageTitle title={t('list.title')}>{make}</PageTitle>
      <Loaded data={data} error={error} retry={again}>
        {({ events }) =>
          events.edges.length === 0 ? (
            <div className="panel">
              <Empty title={t('list.none.title')} text={t('list.none.text')}>
                {make}
              </Empty>
            </div>
          ) : (
            <>
              <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
                {events.edges
                  .map(({ node }) => node)
                  .sort((a, b) => order[stateOfEvent(a, now)] - order[stateOfEvent(b, now)])
                  .map((event) => (
                    <Card key={event.id} event={event} now={now} />
                  ))}
              </ul>
              {events.pageInfo.hasNextPage && first < 100 && (
                <Button className="mt-4" onClick={() => setFirst(100)}>
                  {t('list.more')}
                </Button>
              )}
            </>
          )
        }
      </Loaded>
      {isMaking && (
        <EventDialog
          onClose={() => setMaking(false)}
          onDone={(id) => {
            refresh();
            void navigate(link(`/event/${id}`));
          }}
        />
      )}
    </div>
  );
}

function Card({ event, now }: { event: EventFieldsFragment; now: number }) {
  const { t, i18n } = useTranslation('event');
  const link = useScopedLink();
  const state = stateOfEvent(event, now);
  return (
    <li>
      <Link to={link(`/event/${event.id}`)} className="panel hover:border-accent flex h-full flex-col p-4 transition-colors" data-testid="event-card" data-name={event.name} data-state={state}>
        <span className="flex items-baseline justify-between gap-3">
          <bdi className="min-w-0 truncate text-base font-semibold">{event.name}</bdi>
          <StateMark tone={tones[state]}>{t(`states.${state}`)}</StateMark>
        </span>
        <span className="mt-2 block flex-1">
          <Span event={event} />
        </span>
        <span className="text-muted mt-3 flex flex-wrap gap-x-3 text-xs">
          <span>{t(`templates.${event.template}`)}</span>
          <span>{t('guestCount', counted(event.guests, i18n.language))}</span>
          <span>{t('routerCount', { count: event.routerCount })}</span>
        </span>
      </Link>
    </li>
  );
}
