// One event, in parts: how it goes, its phases and their rules, routers, people, the report, and how it ends.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useParams } from 'react-router';
import { EventDetailDocument, type EventDetailQuery } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { useScope, useScopedLink } from '../../scope';
import { PageTitle } from '../../shell/page_title';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Tabs } from '../../ui/tabs';
import { useUrlParam } from '../../url_params';
import { EndPanel } from './end_panel';
import { EventDialog } from './event_dialog';
import { EventPeople } from './event_people';
import { EventRouters } from './event_routers';
import { EventsPage } from './events_page';
import { Course } from './course';
import { PhaseLine } from './phase_line';
import { PhasesPart } from './phases_part';
import { Report } from './report';
import { Span } from './span';

export type EventDetail = NonNullable<EventDetailQuery['event']>;

export function EventPage() {
  return (
    <Routes>
      <Route index element={<EventsPage />} />
      <Route path=":id" element={<OneEvent />} />
    </Routes>
  );
}

function OneEvent() {
  const { t } = useTranslation('event');
  const { id = '' } = useParams();
  const link = useScopedLink();
  const { data, error, again } = useFresh(EventDetailDocument, { id }, { everyMs: 5_000 });
  return (
    <div className="mx-auto w-full max-w-5xl">
      <p className="mb-2">
        <Link to={link('/event')} className="text-accent inline-block min-h-6 hover:underline">
          ← {t('list.title')}
        </Link>
      </p>
      <Loaded data={data} error={error} retry={again}>
        {({ event }) => (event ? <Detail event={event} again={again} /> : <Empty title={t('gone.title')} text={t('gone.text')} />)}
      </Loaded>
    </div>
  );
}

function Detail({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const { may } = usePlace();
  const { refresh } = useScope();
  const [part, setPart] = useUrlParam('part');
  const [isEditing, setEditing] = useState(false);
  const changed = () => {
    again();
    refresh();
  };
  const parts = [
    { id: 'course', content: <Course event={event} again={again} /> },
    { id: 'phases', content: <PhasesPart event={event} again={again} /> },
    { id: 'routers', content: <EventRouters event={event} again={changed} /> },
    ...(may('MANAGE') ? [{ id: 'people', content: <EventPeople event={event} /> }] : []),
    { id: 'report', content: <Report event={event} /> },
    ...(may('MANAGE') ? [{ id: 'end', content: <EndPanel event={event} again={changed} /> }] : []),
  ] as const;
  return (
    <>
      <PageTitle title={event.name} note={<Span event={event} />}>
        {may('MANAGE') && !event.closedAt && (
          <Button onClick={() => setEditing(true)} data-testid="event-edit">
            {t('edit.open')}
          </Button>
        )}
      </PageTitle>
      {event.closedAt && <p className="text-muted mb-3">{t('closedNote')}</p>}
      <PhaseLine phases={event.phases} timeZone={event.timeZone} />
      <Tabs
        label={t('parts.label')}
        value={parts.find(({ id }) => id === part)?.id ?? 'course'}
        onChange={setPart}
        tabs={parts.map(({ id, content }) => ({ id, content, label: t(`parts.${id as 'course'}`) }))}
      />
      {isEditing && (
        <EventDialog
          event={event}
          onClose={() => setEditing(false)}
          onDone={() => {
            setEditing(false);
            changed();
          }}
        />
      )}
    </>
  );
}
