// When rules hold: spans of the day by the event's clock, and phases of the event.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Checkbox, Field } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { checkName, checkTime, type Problem } from './check';
import { putRow, removeRow, replaceRow, usesOf } from '../../policy/edit';
import { days, type Schedule, type Window } from '../../policy/policy';
import { RowActions } from './row_actions';
import type { Shared } from './rules_page';
import { useProblemText } from './subject_fields';

export function SchedulesPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { editing, words, canEdit } = shared;
  const { policy } = editing.draft;
  const [open, setOpen] = useState<{ index: number | null } | null>(null);
  return (
    <Panel
      title={t('schedules.title')}
      note={t('schedules.zone', { zone: policy.time_zone })}
      testId="schedules"
      actions={
        canEdit && (
          <Button size="small" data-testid="add-schedule" onClick={() => setOpen({ index: null })}>
            <Icon name="plus" />
            {t('schedules.add')}
          </Button>
        )
      }
    >
      {policy.schedules.length === 0 && <p className="text-muted max-w-prose leading-relaxed">{t('schedules.empty')}</p>}
      <ul className="divide-line divide-y">
        {policy.schedules.map((schedule, index) => (
          <li key={schedule.name} className="flex items-center gap-3 py-2" data-testid="schedule" data-name={schedule.name}>
            <p className="min-w-0 flex-1 break-words">{words.row('schedules', schedule)}</p>
            {canEdit && (
              <RowActions
                name={schedule.name}
                uses={usesOf(policy, 'schedule', schedule.name)}
                onEdit={() => setOpen({ index })}
                onRemove={() => editing.change((before) => removeRow(before, 'schedules', index))}
              />
            )}
          </li>
        ))}
      </ul>
      {policy.phases.length > 0 && (
        <div className="border-line mt-3 border-t pt-3">
          <h3 className="font-medium">{t('schedules.phases')}</h3>
          <ul className="mt-1 space-y-1">
            {policy.phases.map((phase) => (
              <li key={phase.name}>{words.row('phases', phase)}</li>
            ))}
          </ul>
        </div>
      )}
      {open && <ScheduleForm {...shared} index={open.index} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

const newWindow: Window = { days: [], from: '19:00', to: '23:00' };

function ScheduleForm({ index, onClose, editing }: Shared & { index: number | null; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const { schedules, phases, time_zone: zone } = editing.draft.policy;
  const given: Schedule = (index === null ? undefined : schedules[index]) ?? { name: '', windows: [newWindow] };
  const [name, setName] = useState(given.name);
  const [windows, setWindows] = useState<readonly Window[]>(given.windows ?? []);
  const [chosen, setChosen] = useState<readonly string[]>(given.phases ?? []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const bad = windows.map(({ from, to }) => 'problem' in checkTime(from, false) || 'problem' in checkTime(to, true));
  function submit(event: FormEvent) {
    event.preventDefault();
    const taken = schedules.filter((_, at) => at !== index).map((each) => each.name);
    const checked = checkName(name, taken);
    setProblem('problem' in checked ? checked.problem : null);
    if ('problem' in checked || bad.includes(true)) return;
    const schedule: Schedule = { name: checked.value, windows, phases: chosen };
    editing.change((policy) => (index === null ? putRow(policy, 'schedules', schedule) : replaceRow(policy, 'schedules', index, schedule)));
    onClose();
  }
  const setWindow = (at: number, window: Window) => setWindows(windows.with(at, window));
  return (
    <Drawer title={index === null ? t('schedules.add') : t('schedules.edit')} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-5" data-testid="schedule-form">
        <Field label={t('schedules.name')} value={name} name="name" problem={say(problem ?? undefined)} onChange={(event) => setName(event.target.value)} />
        {windows.map((window, at) => (
          <WindowFields key={at} number={at + 1} window={window} isBad={bad[at] ?? false} onChange={(next) => setWindow(at, next)} onRemove={() => setWindows(windows.filter((_, each) => each !== at))} />
        ))}
        <Button size="small" onClick={() => setWindows([...windows, newWindow])}>
          <Icon name="plus" />
          {t('schedules.addWindow')}
        </Button>
        <p className="text-muted text-xs leading-relaxed">{t('schedules.hint', { zone })}</p>
        {phases.length > 0 && (
          <fieldset>
            <legend className="mb-1.5 font-medium">{t('schedules.inPhases')}</legend>
            <div className="space-y-2">
              {phases.map((phase) => (
                <Checkbox key={phase.name} label={<bdi>{phase.name}</bdi>} checked={chosen.includes(phase.name)} onChange={(event) => setChosen(event.target.checked ? [...chosen, phase.name] : chosen.filter((each) => each !== phase.name))} />
              ))}
            </div>
          </fieldset>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary" data-testid="schedule-ok">
            {index === null ? t('form.toDraft') : t('form.change')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

interface WindowProps {
  number: number;
  window: Window;
  isBad: boolean;
  onChange: (window: Window) => void;
  onRemove: () => void;
}

function WindowFields({ number, window, isBad, onChange, onRemove }: WindowProps) {
  const { t } = useTranslation(['rules', 'policy']);
  const chosen = window.days ?? [];
  return (
    <fieldset className="border-line rounded-md border p-3">
      <legend className="px-1 font-medium">{t('schedules.window', { number })}</legend>
      <div role="group" aria-label={t('schedules.days')} className="flex flex-wrap gap-1">
        {days.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={chosen.includes(day)}
            onClick={() => onChange({ ...window, days: days.filter((each) => (each === day ? !chosen.includes(day) : chosen.includes(each))) })}
            className={`h-8 min-w-11 rounded border px-2 text-xs font-medium ${chosen.includes(day) ? 'bg-accent text-on-accent border-transparent' : 'border-field hover:bg-sunken'}`}
          >
            {t(`policy:days.${day}`)}
          </button>
        ))}
      </div>
      <p className="text-muted mt-1 text-xs">{chosen.length === 0 ? t('schedules.everyDay') : t('schedules.beginsOn')}</p>
      <div className="mt-3 flex items-end gap-3">
        <Field label={t('schedules.from')} type="time" value={window.from} onChange={(event) => onChange({ ...window, from: event.target.value })} className="flex-1" />
        <Field label={t('schedules.to')} type="time" value={window.to === '24:00' ? '00:00' : window.to} onChange={(event) => onChange({ ...window, to: event.target.value })} className="flex-1" />
        <Button size="icon" look="quiet" aria-label={t('schedules.removeWindow', { number })} onClick={onRemove} className="mb-0.5">
          <Icon name="close" />
        </Button>
      </div>
      {window.to <= window.from && !isBad && <p className="text-muted mt-1 text-xs">{t('schedules.overnight')}</p>}
      {isBad && (
        <p role="alert" className="text-danger mt-1 text-xs">
          {t('problems.time')}
        </p>
      )}
    </fieldset>
  );
}
