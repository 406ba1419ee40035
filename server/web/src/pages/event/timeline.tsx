// What happened at an event, the newest first: phases, alarms, decisions, and what people wrote down about it.
// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AddEventNoteDocument, EventTimelineDocument, type EventTimelineQuery, type TimelineKind } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { ActionWords } from '../../forms/action_words';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { AlarmKind } from '../../parts/alarm_list';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Count } from '../../ui/quantity';
import type { EventDetail } from './event_page';
import { At } from './span';

type Shown = NonNullable<EventTimelineQuery['event']>;
type Entry = Shown['timeline']['edges'][number]['node'];

const step = 20;
const most = 200;
const dots: Record<TimelineKind, string> = { NOTE: 'bg-accent', PHASE: 'bg-ink', ALARM: 'bg-danger', BAN: 'bg-warn', POLICY: 'bg-down', ROUTER: 'bg-up', EVENT: 'bg-muted' };

export function Timeline({ event }: { event: EventDetail }) {
  const { t } = useTranslation('event');
  const { may } = usePlace();
  const [first, setFirst] = useState(step);
  const { data, error, again } = useFresh(EventTimelineDocument, { id: event.id, first }, { everyMs: 10_000 });
  return (
    <>
      {data?.event && <Tiles counts={data.event.counts} timeZone={event.timeZone} />}
      <Panel title={t('timeline.title')} note={t('timeline.note')} className="lg:col-span-2">
        {may('OPERATE') && !event.closedAt && <NoteForm eventId={event.id} onDone={again} />}
        <Loaded data={data} error={error} retry={again}>
          {({ event: found }) => (
            <>
              <ol className="border-line ml-1 border-l">
                {found?.timeline.edges.map(({ node }) => (
                  <Item key={node.id} entry={node} event={event} />
                ))}
              </ol>
              {found?.timeline.pageInfo.hasNextPage && first < most && (
                <Button size="small" className="mt-3" onClick={() => setFirst(Math.min(most, first * 3))}>
                  {t('alarms.older')}
                </Button>
              )}
            </>
          )}
        </Loaded>
      </Panel>
    </>
  );
}

function Tiles({ counts, timeZone }: { counts: Shown['counts']; timeZone: string }) {
  const { t } = useTranslation('event');
  const tiles = ['devicesOnline', 'devices', 'devicesBanned', 'openAlarms'] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-5 lg:col-span-2" data-testid="event-counts">
      {tiles.map((name) => (
        <div key={name} className="panel p-3">
          <dt className="text-muted text-xs">{t(`counts.${name}`)}</dt>
          <dd className={`text-xl font-semibold tabular-nums ${name === 'openAlarms' && counts[name] > 0 ? 'text-danger' : ''}`}><Count value={counts[name]} /></dd>
        </div>
      ))}
      <div className="panel p-3 max-sm:col-span-2">
        <dt className="text-muted text-xs">{t('counts.peakDevices')}</dt>
        <dd className="text-xl font-semibold tabular-nums">
          <Count value={counts.peakDevices} /> {counts.peakAt && <span className="text-muted text-xs font-normal"><At at={counts.peakAt} timeZone={timeZone} /></span>}
        </dd>
      </div>
    </dl>
  );
}

function NoteForm({ eventId, onDone }: { eventId: string; onDone: () => void }) {
  const { t } = useTranslation('event');
  const add = useAct(AddEventNoteDocument);
  const form = useRef<HTMLFormElement>(null);
  async function submit(submitted: FormEvent<HTMLFormElement>) {
    submitted.preventDefault();
    const text = String(new FormData(submitted.currentTarget).get('note')).trim();
    if (!text || add.isBusy) return;
    if (!(await add.run({ input: { eventId, text } })).payload) return;
    form.current?.reset();
    onDone();
  }
  return (
    <form ref={form} onSubmit={(submitted) => void submit(submitted)} className="mb-4" data-testid="note-form">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t('timeline.write')} name="note" className="flex-1 basis-56" maxLength={500} autoComplete="off" placeholder={t('timeline.example')} />
        <Button type="submit" aria-disabled={add.isBusy}>
          {t('timeline.add')}
        </Button>
      </div>
      <Problems of={add.problems} />
    </form>
  );
}

function Item({ entry, event }: { entry: Entry; event: EventDetail }) {
  const router = event.routers.find(({ id }) => id === entry.routerId);
  return (
    <li className="relative py-1.5 pl-4" data-testid="timeline-entry" data-kind={entry.kind}>
      <span aria-hidden="true" className={`ring-surface absolute top-3 -left-[0.28rem] size-2 rounded-full ring-2 ${dots[entry.kind]}`} />
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-muted text-xs tabular-nums">
          <At at={entry.at} timeZone={event.timeZone} />
        </span>
        <Words entry={entry} timeZone={event.timeZone} />
        {router && <bdi className="text-muted text-xs">{router.name}</bdi>}
      </p>
    </li>
  );
}

function Words({ entry, timeZone }: { entry: Entry; timeZone: string }) {
  const { t } = useTranslation('event');
  const { kind, what, text, until, author } = entry;
  const by = author && <bdi className="font-medium">{author}</bdi>;
  if (kind === 'NOTE') return <>{by} <bdi className="min-w-0 break-words">{text}</bdi></>;
  const untilWords = until && (
    <span className="text-muted text-xs">
      {t('timeline.until')} <At at={until} timeZone={timeZone} />
    </span>
  );
  if (kind === 'PHASE') return <><span>{t('timeline.begins')} <bdi className="font-medium">{text}</bdi></span> {untilWords}</>;
  if (kind === 'ALARM') return <><span className={until ? '' : 'text-danger'}><AlarmKind kind={what} /></span> {text && <bdi className="text-muted text-xs">{text}</bdi>} {untilWords || <span className="text-danger text-xs">{t('alarms.open')}</span>}</>;
  return <>{by} <span><ActionWords action={what} /></span></>;
}
