// A new event, or other facts about one. Its template brings phases to begin with.
// SPDX-License-Identifier: Apache-2.0
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateEventDocument, SetPhasesDocument, UpdateEventDocument, type EventFieldsFragment, type EventTemplate } from '../../generated/graphql';
import { useAct, type Problem } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice, Field } from '../../forms/field';
import { usePlace } from '../../place';
import { templatePhases, type PhaseName } from './phases';
import { isTimeZone, ownTimeZone, timeZones, toInstant, toWall } from '../../parts/zoned';

export const templates = ['CONFERENCE', 'LAN_PARTY', 'HACKATHON', 'FESTIVAL', 'SCHOOL'] as const satisfies readonly EventTemplate[];

interface Props {
  event?: EventFieldsFragment;
  onClose: () => void;
  onDone: (id: string) => void;
}

/** What the form says; a problem when it says something that cannot be. */
export function readEvent(fields: FormData, keepZone: string): { facts: Facts } | { problem: Problem } {
  const text = (name: string) => String(fields.get(name) ?? '').trim();
  const timeZone = text('timeZone') || keepZone;
  if (!isTimeZone(timeZone)) return { problem: { code: 'INVALID', message: '', field: 'timeZone' } };
  const startsAt = toInstant(text('startsAt'), timeZone);
  const endsAt = toInstant(text('endsAt'), timeZone);
  if (startsAt && endsAt && endsAt <= startsAt) return { problem: { code: 'INVALID', message: '', field: 'endsAt' } };
  return { facts: { name: text('name'), template: text('template') as EventTemplate, guests: Number(text('guests')), timeZone, startsAt, endsAt } };
}

export interface Facts {
  name: string;
  template: EventTemplate;
  guests: number;
  timeZone: string;
  startsAt: string | null;
  endsAt: string | null;
}

export function EventDialog({ event, onClose, onDone }: Props) {
  const { t } = useTranslation('event');
  const { organisationId } = usePlace();
  const create = useAct(CreateEventDocument);
  const update = useAct(UpdateEventDocument);
  const phases = useAct(SetPhasesDocument);
  const [wrong, setWrong] = useState<Problem | null>(null);
  const nameOf = (name: PhaseName) => t(`phases.names.${name}`);

  async function submit(fields: FormData) {
    const read = readEvent(fields, event?.timeZone ?? ownTimeZone());
    if ('problem' in read) return setWrong(read.problem);
    setWrong(null);
    const { facts } = read;
    const outcome = event ? await update.run({ input: { eventId: event.id, ...facts } }) : await create.run({ input: { organisationId, ...facts } });
    const id = outcome.payload?.event?.id;
    if (!id) return;
    if (!event && facts.startsAt && facts.endsAt) {
      const made = await phases.run({ input: { eventId: id, phases: templatePhases(facts.template, facts.startsAt, facts.endsAt, nameOf) } });
      if (!made.payload) return;
    }
    onDone(id);
  }

  const acts = [create, update, phases];
  return (
    <Ask
      title={t(event ? 'edit.title' : 'make.title')}
      submit={t(event ? 'edit.submit' : 'make.submit')}
      onSubmit={(fields) => void submit(fields)}
      onClose={onClose}
      isBusy={acts.some(({ isBusy }) => isBusy)}
      problems={acts.flatMap(({ problems }) => problems)}
      testId="event-form"
    >
      <EventFields {...(event ? { event } : {})} wrong={wrong} />
    </Ask>
  );
}

export function EventFields({ event, wrong }: { event?: EventFieldsFragment; wrong: Problem | null }) {
  const { t } = useTranslation('event');
  const zone = event?.timeZone ?? ownTimeZone();
  const zones = useId();
  return (
    <>
      <Field label={t('form.name')} name="name" defaultValue={event?.name} maxLength={100} required autoFocus autoComplete="off" />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Choice label={t('form.template')} name="template" defaultValue={event?.template ?? 'CONFERENCE'} options={templates.map((value) => ({ value, label: t(`templates.${value}`) }))} />
        <Field label={t('form.guests')} name="guests" type="number" inputMode="numeric" min={1} max={100_000} defaultValue={event?.guests ?? 100} required />
        <Field label={t('form.startsAt')} name="startsAt" type="datetime-local" defaultValue={toWall(event?.startsAt, zone)} />
        <Field label={t('form.endsAt')} name="endsAt" type="datetime-local" defaultValue={toWall(event?.endsAt, zone)} problem={wrong?.field === 'endsAt' && t('form.endsBefore')} />
      </div>
      <Field
        label={t('form.timeZone')}
        hint={t('form.timeZoneHint')}
        name="timeZone"
        defaultValue={zone}
        list={zones}
        required
        autoComplete="off"
        spellCheck={false}
        problem={wrong?.field === 'timeZone' && t('form.noSuchZone')}
      />
      <datalist id={zones}>
        {timeZones().map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
