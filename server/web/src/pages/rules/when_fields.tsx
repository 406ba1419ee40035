// When a rule holds: always or in a schedule, and until when.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { toWall } from '../../format/zoned';
import { Button } from '../../ui/button';
import { Field, Select } from '../../ui/field';
import { untilIn } from './form';
import type { FieldsProps } from './rule_form';
import { useProblemText } from './subject_fields';

export function WhenFields({ fields, problems, set, shared: { editing, target } }: FieldsProps) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const { schedules, time_zone: zone } = editing.draft.policy;
  const { endsAt } = target;
  return (
    <div className="space-y-3">
      {schedules.length > 0 && (
        <Select label={t('form.schedule')} value={fields.schedule} onChange={(event) => set({ schedule: event.target.value })}>
          <option value="">{t('form.always')}</option>
          {schedules.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      )}
      <Field label={t('form.until')} hint={t('form.untilHint', { zone })} type="datetime-local" problem={say(problems.until)} value={fields.until} onChange={(event) => set({ until: event.target.value })} />
      <div className="flex flex-wrap gap-1.5">
        {[15, 60, 24 * 60].map((minutes) => (
          <Button key={minutes} size="small" onClick={() => set({ until: untilIn(minutes, Date.now(), zone) })}>
            {t(`form.in.${minutes as 15}`)}
          </Button>
        ))}
        {endsAt !== null && (
          <Button size="small" onClick={() => set({ until: toWall(endsAt, zone) })}>
            {t('form.eventEnd')}
          </Button>
        )}
        {fields.until !== '' && (
          <Button size="small" look="quiet" onClick={() => set({ until: '' })}>
            {t('form.noEnd')}
          </Button>
        )}
      </div>
    </div>
  );
}
