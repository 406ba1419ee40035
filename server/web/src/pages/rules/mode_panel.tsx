// The first decision of a policy: what happens to a name that no rule is about, and to a device nobody has admitted.
// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/panel';
import type { Mode, NewDevices } from '../../policy/policy';
import type { Shared } from './rules_page';

const modes: readonly Mode[] = ['block-listed', 'allow-listed'];
const news: readonly NewDevices[] = ['allow', 'ask', 'deny'];

export function ModePanel({ editing, canEdit }: Shared) {
  const { t } = useTranslation('rules');
  const { policy } = editing.draft;
  return (
    <Panel title={t('mode.title')} testId="mode">
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
        <Choices label={t('mode.label')} value={policy.mode} options={modes} isOff={!canEdit} onChoose={(mode) => editing.change((before) => ({ ...before, mode }))}>
          {(mode) => ({ title: t(`mode.modes.${mode}.title`), text: t(`mode.modes.${mode}.text`) })}
        </Choices>
        <Choices label={t('mode.newDevices')} value={policy.new_devices} options={news} isOff={!canEdit} onChoose={(value) => editing.change((before) => ({ ...before, new_devices: value }))}>
          {(value) => ({ title: t(`mode.news.${value}.title`), text: t(`mode.news.${value}.text`) })}
        </Choices>
      </div>
    </Panel>
  );
}

interface ChoicesProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly Value[];
  isOff: boolean;
  onChoose: (value: Value) => void;
  children: (value: Value) => { title: string; text: string };
}

function Choices<Value extends string>({ label, value, options, isOff, onChoose, children }: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset disabled={isOff}>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="space-y-1">
        {options.map((option) => {
          const { title, text } = children(option);
          return (
            <label
              key={option}
              className={`has-focus-visible:outline-accent relative flex gap-2.5 rounded-md px-2 py-1.5 has-focus-visible:outline-2 ${isOff ? '' : 'hover:bg-sunken cursor-pointer'} ${option === value ? 'bg-sunken' : ''}`}
            >
              <input type="radio" name={name} value={option} checked={option === value} onChange={() => onChoose(option)} className="absolute inset-0 size-full cursor-[inherit] opacity-0" />
              <span aria-hidden="true" className={`mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border ${option === value ? 'border-accent' : 'border-field'}`}>
                {option === value && <span className="bg-accent size-2 rounded-full" />}
              </span>
              <span>
                <span className="block">{title}</span>
                <span className="text-muted block text-xs leading-relaxed">{text}</span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
