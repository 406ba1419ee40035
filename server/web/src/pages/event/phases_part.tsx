// The phases of an event as a list that is edited whole, and below it what holds only during one of them.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { SetPhasesDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Problems } from '../../forms/problems';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import type { EventDetail } from './event_page';
import { PhaseRules } from './phase_rules_panel';
import { problemsOf, templatePhases, type Phase } from './phases';
import { At } from './span';
import { toInstant, toWall } from '../../parts/zoned';

export function PhasesPart({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation('event');
  const { may } = usePlace();
  const [isEditing, setEditing] = useState(false);
  const canEdit = may('MANAGE') && !event.closedAt;
  const edit = canEdit && !isEditing && (
    <Button size="small" onClick={() => setEditing(true)} data-testid="phases-edit">
      {t('phases.edit')}
    </Button>
  );
  return (
    <>
      <Panel title={t('phases.title')} note={t('phases.note', { zone: event.timeZone })} actions={edit}>
        {isEditing ? (
          <PhasesForm
            event={event}
            onClose={() => setEditing(false)}
            onSaved={() => {
              setEditing(false);
              again();
            }}
          />
        ) : event.phases.length === 0 ? (
          <Empty title={t('phases.none.title')} text={t('phases.none.text')} />
        ) : (
          <ol className="divide-line divide-y">
            {event.phases.map((phase) => (
              <li key={phase.name} className="flex flex-wrap justify-between gap-x-4 py-2" data-testid="phase" data-name={phase.name}>
                <bdi className="font-medium">{phase.name}</bdi>
                <span className="text-muted tabular-nums">
                  <At at={phase.startsAt} timeZone={event.timeZone} /> – <At at={phase.endsAt} timeZone={event.timeZone} />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Panel>
      {event.phases.length > 0 && <PhaseRules event={event} again={again} canEdit={canEdit} />}
    </>
  );
}

function PhasesForm({ event, onClose, onSaved }: { event: EventDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation('event');
  const save = useAct(SetPhasesDocument);
  const [phases, setPhases] = useState<readonly Phase[]>(event.phases);
  const [isTried, setTried] = useState(false);
  const before = event.phases;
  const problems = problemsOf(phases);
  const template = event.startsAt && event.endsAt ? () => setPhases(templatePhases(event.template, event.startsAt!, event.endsAt!, (name) => t(`phases.names.${name}`))) : null;

  async function set(wanted: readonly Phase[]) {
    const { payload } = await save.run({ input: { eventId: event.id, phases: wanted.map(({ name, startsAt, endsAt }) => ({ name: name.trim(), startsAt, endsAt })) } });
    return payload !== null;
  }
  async function submit(form: FormEvent) {
    form.preventDefault();
    setTried(true);
    if (problems.some(Boolean) || save.isBusy || !(await set(phases))) return;
    onSaved();
    showToast({ about: 'phases', tone: 'plain', content: t('phases.saved'), action: { label: t('undo'), run: () => void set(before).then(onSaved) } });
  }
  const change = (index: number, changes: Partial<Phase>) => setPhases(phases.map((phase, each) => (each === index ? { ...phase, ...changes } : phase)));
  const last = phases.at(-1);
  const start = last?.endsAt ?? event.startsAt ?? new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000).toISOString();

  return (
    <form onSubmit={(form) => void submit(form)} noValidate data-testid="phases-form">
      <ol className="space-y-3">
        {phases.map((phase, index) => (
          <PhaseRow
            key={index}
            phase={phase}
            timeZone={event.timeZone}
            problem={isTried && problems[index] ? t(`phases.problems.${problems[index]}`) : null}
            onChange={(changes) => change(index, changes)}
            onRemove={() => setPhases(phases.filter((_, each) => each !== index))}
          />
        ))}
      </ol>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="small" onClick={() => setPhases([...phases, { name: '', startsAt: start, endsAt: new Date(Date.parse(start) + 7_200_000).toISOString() }])} data-testid="phase-add">
          {t('phases.add')}
        </Button>
        {template && phases.length === 0 && (
          <Button size="small" onClick={template}>
            {t('phases.fromTemplate')}
          </Button>
        )}
      </div>
      <Problems of={save.problems} />
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="submit" look="primary" aria-disabled={save.isBusy}>
          {t('phases.save')}
        </Button>
      </div>
    </form>
  );
}

interface RowProps {
  phase: Phase;
  timeZone: string;
  problem: string | null;
  onChange: (changes: Partial<Phase>) => void;
  onRemove: () => void;
}

function PhaseRow({ phase, timeZone, problem, onChange, onRemove }: RowProps) {
  const { t } = useTranslation('event');
  // Kept as typed: half a date is no moment.
  const [from, setFrom] = useState(toWall(phase.startsAt, timeZone));
  const [to, setTo] = useState(toWall(phase.endsAt, timeZone));
  return (
    <li className="grid items-end gap-2 sm:grid-cols-[1fr_auto_auto_auto]">
      <Field label={t('phases.name')} value={phase.name} problem={problem} maxLength={63} autoComplete="off" onChange={(event) => onChange({ name: event.currentTarget.value })} />
      <Field
        label={t('phases.from')}
        type="datetime-local"
        value={from}
        onChange={(event) => {
          setFrom(event.currentTarget.value);
          onChange({ startsAt: toInstant(event.currentTarget.value, timeZone) ?? '' });
        }}
      />
      <Field
        label={t('phases.to')}
        type="datetime-local"
        value={to}
        onChange={(event) => {
          setTo(event.currentTarget.value);
          onChange({ endsAt: toInstant(event.currentTarget.value, timeZone) ?? '' });
        }}
      />
      <Button look="quiet" onClick={onRemove} aria-label={t('phases.removeThis', { name: phase.name })}>
        {t('phases.remove')}
      </Button>
    </li>
  );
}
