// Groups of devices that are treated alike, and the devices that nothing denies or slows.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Field, Select, TextArea } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { checkEach, checkMac, checkName, type Problem } from './check';
import { DeviceField } from './device_field';
import { putGroup, removeRow, setProtected, tidy, usesOf } from '../../policy/edit';
import type { Group, Mode } from '../../policy/policy';
import { RowActions } from './row_actions';
import type { Shared } from './rules_page';
import { useProblemText } from './subject_fields';

export function GroupsPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { editing, words, canEdit } = shared;
  const { policy } = editing.draft;
  const [open, setOpen] = useState<{ index: number | null } | null>(null);
  return (
    <Panel
      title={t('groups.title')}
      testId="groups"
      actions={
        canEdit && (
          <Button size="small" data-testid="add-group" onClick={() => setOpen({ index: null })}>
            <Icon name="plus" />
            {t('groups.add')}
          </Button>
        )
      }
    >
      {policy.groups.length === 0 && <p className="text-muted max-w-prose leading-relaxed">{t('groups.empty')}</p>}
      <ul className="divide-line divide-y">
        {policy.groups.map((group, index) => (
          <li key={group.name} className="flex items-center gap-3 py-2" data-testid="group" data-name={group.name}>
            <p className="min-w-0 flex-1 break-words">{words.row('groups', group)}</p>
            {canEdit && (
              <RowActions
                name={group.name}
                uses={usesOf(policy, 'group', group.name)}
                onEdit={() => setOpen({ index })}
                onRemove={() => editing.change((before) => removeRow(before, 'groups', index))}
              />
            )}
          </li>
        ))}
      </ul>
      <Protected {...shared} />
      {open && <GroupForm {...shared} index={open.index} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function Protected({ editing, known, canEdit }: Shared) {
  const { t } = useTranslation('rules');
  const [mac, setMac] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const say = useProblemText();
  const { protected_devices: devices } = editing.draft.policy;
  function add(event: FormEvent) {
    event.preventDefault();
    const checked = checkMac(mac);
    setProblem('problem' in checked ? checked.problem : null);
    if ('problem' in checked) return;
    editing.change((policy) => setProtected(policy, checked.value, true));
    setMac('');
  }
  return (
    <div className="border-line mt-3 border-t pt-3">
      <h3 className="font-medium">{t('protected.title')}</h3>
      <p className="text-muted mt-0.5 mb-2 max-w-prose text-xs leading-relaxed">{t('protected.text')}</p>
      <ul className="flex flex-wrap gap-1.5">
        {devices.map((each) => (
          <li key={each} className="border-line flex items-center gap-1 rounded border py-0.5 pl-2">
            <bdi>{known.device(each)}</bdi>
            {canEdit ? (
              <button type="button" aria-label={t('protected.remove', { name: known.device(each) })} onClick={() => editing.change((policy) => setProtected(policy, each, false))} className="text-muted hover:text-ink flex size-6 items-center justify-center">
                <Icon name="close" className="size-3.5" />
              </button>
            ) : (
              <span className="w-1.5" />
            )}
          </li>
        ))}
      </ul>
      {canEdit && (
        <form onSubmit={add} className="mt-2 flex max-w-md items-end gap-2">
          <div className="min-w-0 flex-1">
            <DeviceField label={t('protected.device')} value={mac} onChange={setMac} known={known} problem={say(problem ?? undefined)} />
          </div>
          <Button type="submit">{t('protected.add')}</Button>
        </form>
      )}
    </div>
  );
}

function GroupForm({ index, onClose, editing, known }: Shared & { index: number | null; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const { groups } = editing.draft.policy;
  const group: Group = (index === null ? undefined : groups[index]) ?? { name: '' };
  const [name, setName] = useState(group.name);
  const [mode, setMode] = useState<Mode | ''>(group.mode ?? '');
  const [macs, setMacs] = useState((group.devices ?? []).join('\n'));
  const [more, setMore] = useState('');
  const [problems, setProblems] = useState<{ name?: Problem; macs?: readonly string[] }>({});
  function submit(event: FormEvent) {
    event.preventDefault();
    const taken = groups.filter((_, at) => at !== index).map((each) => each.name);
    const checkedName = checkName(name, taken);
    const devices = checkEach(macs, checkMac);
    setProblems({ ...('problem' in checkedName ? { name: checkedName.problem } : {}), ...(devices.refused.length > 0 ? { macs: devices.refused } : {}) });
    if ('problem' in checkedName || devices.refused.length > 0) return;
    editing.change((policy) => putGroup(policy, tidy({ name: checkedName.value, devices: devices.values, mode: mode || undefined }) as Group, index));
    onClose();
  }
  const addDevice = (value: string) => {
    const checked = checkMac(value);
    if ('problem' in checked) return setMore(value);
    setMacs((before) => [...checkEach(before, checkMac).values, checked.value].join('\n'));
    setMore('');
  };
  return (
    <Drawer title={index === null ? t('groups.add') : t('groups.edit')} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-5" data-testid="group-form">
        <Field label={t('groups.name')} value={name} name="name" problem={say(problems.name)} onChange={(event) => setName(event.target.value)} />
        <Select label={t('groups.mode')} value={mode} onChange={(event) => setMode(event.target.value as Mode | '')}>
          <option value="">{t('groups.modeOfPolicy')}</option>
          <option value="block-listed">{t('mode.modes.block-listed.title')}</option>
          <option value="allow-listed">{t('mode.modes.allow-listed.title')}</option>
        </Select>
        <DeviceField label={t('groups.addDevice')} hint={t('form.deviceHint')} value={more} onChange={addDevice} known={known} />
        <TextArea label={t('groups.devices')} hint={t('groups.devicesHint')} rows={6} className="font-mono" spellCheck={false} value={macs} problem={problems.macs ? say({ refused: problems.macs }) : undefined} onChange={(event) => setMacs(event.target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary" data-testid="group-ok">
            {index === null ? t('form.toDraft') : t('form.change')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
