// What is organised, for how many: chooses the size of the network before there is one.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateEventDocument, type EventTemplate, type OpenEventsQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { usePlace } from '../../place';
import { useScope } from '../../scope';
import { Button } from '../../ui/button';
import { templates } from '../event/event_dialog';
import { ownTimeZone } from '../../parts/zoned';
import { sizeFor } from './sizing';

type OpenEvent = OpenEventsQuery['events']['edges'][number]['node'];

const mostGuests = 100_000;

export function FirstEvent({ events, onDone }: { events: readonly OpenEvent[]; onDone: (eventId: string) => void }) {
  const { t } = useTranslation('first_run');
  const { organisationId } = usePlace();
  const { refresh } = useScope();
  const create = useAct(CreateEventDocument);
  const [template, setTemplate] = useState<EventTemplate>('CONFERENCE');
  const [guests, setGuests] = useState('200');
  const count = Math.min(mostGuests, Math.max(1, Number(guests) || 1));
  const size = sizeFor(count, template);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (create.isBusy) return;
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    const { payload } = await create.run({ input: { organisationId, name, template, guests: count, timeZone: ownTimeZone() } });
    if (!payload?.event) return;
    refresh();
    onDone(payload.event.id);
  }

  return (
    <form onSubmit={(event) => void submit(event)} data-testid="first-event">
      <fieldset>
        <legend className="text-base font-semibold">{t('event.what')}</legend>
        <div className="mt-3 grid grid-cols-2 gap-2 sm:grid-cols-3">
          {templates.map((each) => (
            <label key={each} className="border-line has-checked:border-accent has-checked:bg-sunken has-focus-visible:outline-accent flex min-h-16 cursor-pointer items-center gap-2.5 rounded-md border p-3 has-focus-visible:outline-2">
              <input type="radio" name="template" value={each} checked={template === each} onChange={() => setTemplate(each)} className="accent-accent size-6 shrink-0" />
              <span className="min-w-0">
                <span className="block font-medium">{t(`templates.${each}`)}</span>
                <span className="text-muted block text-xs">{t('event.lease', { count: sizeFor(1, each).leaseSeconds / 3600 })}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="grid gap-x-4 sm:grid-cols-[2fr_1fr]">
        <Field label={t('event.name')} name="name" maxLength={100} required autoComplete="off" />
        <Field label={t('event.guests')} type="number" inputMode="numeric" min={1} max={mostGuests} value={guests} onChange={(event) => setGuests(event.currentTarget.value)} required />
      </div>
      <p className="text-muted mt-2 text-xs leading-relaxed" aria-live="polite" data-testid="sizing">
        {t('event.size', { prefix: size.prefix, pool: size.pool })}
      </p>
      <Problems of={create.problems} />
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        {events[0] && (
          <Button onClick={() => onDone(events[0]!.id)}>
            {t('event.use')} <bdi className="max-w-40 truncate">{events[0].name}</bdi>
          </Button>
        )}
        <Button type="submit" look="primary" aria-disabled={create.isBusy} data-testid="first-event-go">
          {t('next')}
        </Button>
      </div>
    </form>
  );
}
