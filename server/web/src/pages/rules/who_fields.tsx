// For whom a rule is: everybody, a group, or one device.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Select } from '../../ui/field';
import { DeviceField } from './device_field';
import type { FieldsProps } from './rule_form';
import { Segments } from './segments';
import { useProblemText } from './subject_fields';

export function WhoFields({ fields, problems, set, shared }: FieldsProps) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const groups = shared.editing.draft.policy.groups;
  return (
    <div className="space-y-3">
      <Segments
        label={t('form.who')}
        value={fields.who}
        onChoose={(who) => set({ who })}
        options={[
          { value: 'everybody', label: t('form.everybody') },
          { value: 'group', label: t('form.group') },
          { value: 'device', label: t('form.oneDevice') },
        ]}
      />
      {fields.who === 'group' && groups.length === 0 && <p className="text-muted text-xs leading-relaxed">{t('form.noGroups')}</p>}
      {fields.who === 'group' && groups.length > 0 && (
        <Select label={t('form.group')} isLabelHidden problem={say(problems.group)} value={fields.group} onChange={(event) => set({ group: event.target.value })}>
          <option value="">{t('form.chooseGroup')}</option>
          {groups.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      )}
      {fields.who === 'device' && <DeviceField label={t('form.device')} hint={t('form.deviceHint')} problem={say(problems.device)} value={fields.device} onChange={(device) => set({ device })} known={shared.known} />}
    </div>
  );
}
