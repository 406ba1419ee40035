// Limits of speed: for everybody, a group or a device, each by itself or all together.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Checkbox, Field, Select } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { putRow, removeRow, replaceRow } from '../../policy/edit';
import type { Limit } from '../../policy/policy';
import { RowActions } from './row_actions';
import type { Shared } from './rules_page';

export function LimitsPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { editing, words, canEdit } = shared;
  const { limits } = editing.draft.policy;
  const [open, setOpen] = useState<{ index: number | null } | null>(null);
  return (
    <Panel
      title={t('limits.title')}
      testId="limits"
      actions={
        canEdit && (
          <Button size="small" onClick={() => setOpen({ index: null })}>
            <Icon name="plus" />
            {t('limits.add')}
          </Button>
        )
      }
    >
      {limits.length === 0 && <p className="text-muted max-w-prose leading-relaxed">{t('limits.empty')}</p>}
      <ul className="divide-line divide-y">
        {limits.map((limit, index) => (
          <li key={index} className="flex items-center gap-3 py-2">
            <p className="min-w-0 flex-1 break-words">{words.row('limits', limit)}</p>
            {canEdit && <RowActions name={words.rowText('limits', limit)} uses={0} onEdit={() => setOpen({ index })} onRemove={() => editing.change((policy) => removeRow(policy, 'limits', index))} />}
          </li>
        ))}
      </ul>
      {open && <LimitForm {...shared} index={open.index} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

const mbit = (kbit: number | undefined) => (kbit ? String(kbit / 1000) : '');
const kbit = (text: string) => Math.round(Number(text.replace(',', '.')) * 1000);

function LimitForm({ index, onClose, editing }: Shared & { index: number | null; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const { groups, limits } = editing.draft.policy;
  const given: Limit = (index === null ? undefined : limits[index]) ?? {};
  const [group, setGroup] = useState(given.group ?? '');
  const [down, setDown] = useState(mbit(given.down_kbit));
  const [up, setUp] = useState(mbit(given.up_kbit));
  const [each, setEach] = useState(given.each_device ?? true);
  const [isBad, setBad] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    const [down_kbit, up_kbit] = [kbit(down), kbit(up)];
    const isGood = [down_kbit, up_kbit].every((rate) => rate >= 0 && rate <= 100_000_000) && down_kbit + up_kbit > 0;
    setBad(!isGood);
    if (!isGood) return;
    const scope = given.device ? { device: given.device } : group ? { group } : {};
    const limit: Limit = { ...scope, each_device: each, ...(down_kbit > 0 ? { down_kbit } : {}), ...(up_kbit > 0 ? { up_kbit } : {}) };
    editing.change((policy) => (index === null ? putRow(policy, 'limits', limit) : replaceRow(policy, 'limits', index, limit)));
    onClose();
  }
  return (
    <Drawer title={index === null ? t('limits.add') : t('limits.edit')} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-5">
        {!given.device && (
          <Select label={t('form.who')} value={group} onChange={(event) => setGroup(event.target.value)}>
            <option value="">{t('form.everybody')}</option>
            {groups.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        )}
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('limits.down')} inputMode="decimal" value={down} onChange={(event) => setDown(event.target.value)} problem={isBad ? t('problems.rate') : undefined} />
          <Field label={t('limits.up')} inputMode="decimal" value={up} onChange={(event) => setUp(event.target.value)} />
        </div>
        <Checkbox label={t('limits.each')} hint={t('limits.eachHint')} checked={each} onChange={(event) => setEach(event.target.checked)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary">
            {index === null ? t('form.toDraft') : t('form.change')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
