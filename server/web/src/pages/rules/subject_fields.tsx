// What a rule is about: names, addresses and devices are typed, services, categories and lists are ticked.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, Field, Select, TextArea } from '../../ui/field';
import { DeviceField } from './device_field';
import type { FieldProblems } from './form';
import type { Transport } from '../../policy/policy';
import type { FieldsProps } from './rule_form';
import type { Choice } from './use_names';

type Props = FieldsProps & { isEditing: boolean; lists: readonly string[] };

export function SubjectFields(props: Props) {
  switch (props.fields.table) {
    case 'domains':
      return <DomainFields {...props} />;
    case 'addresses':
      return <AddressFields {...props} />;
    case 'devices':
      return <DeviceSubject {...props} />;
    default:
      return <Ticks {...props} />;
  }
}

export function useProblemText(): (problem: FieldProblems[keyof FieldProblems]) => string | undefined {
  const { t } = useTranslation('rules');
  return (problem) => {
    if (!problem) return undefined;
    return typeof problem === 'string' ? t(`problems.${problem}`) : t('problems.refused', { names: problem.refused.slice(0, 5).join(', '), count: problem.refused.length });
  };
}

function DomainFields({ fields, problems, set, isEditing }: Props) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const common = { label: t('form.domains'), hint: isEditing ? undefined : t('form.domainsHint'), problem: say(problems.text), value: fields.text, spellCheck: false, autoCapitalize: 'off', name: 'subject' };
  return (
    <div className="space-y-3">
      {isEditing ? (
        <Field {...common} onChange={(event) => set({ text: event.target.value })} />
      ) : (
        <TextArea {...common} rows={3} onChange={(event) => set({ text: event.target.value })} />
      )}
      <Checkbox label={t('form.subdomains')} hint={t('form.subdomainsHint')} checked={fields.subdomains} onChange={(event) => set({ subdomains: event.target.checked })} />
    </div>
  );
}

function AddressFields({ fields, problems, set }: Props) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  return (
    <div className="space-y-3">
      <Field label={t('form.addresses')} hint={t('form.addressesHint')} problem={say(problems.text)} value={fields.text} spellCheck={false} name="subject" onChange={(event) => set({ text: event.target.value })} />
      <div className="grid grid-cols-2 gap-3">
        <Select label={t('form.transport')} value={fields.transport} onChange={(event) => set({ transport: event.target.value as Transport })}>
          <option value="any">{t('form.any')}</option>
          <option value="tcp">TCP</option>
          <option value="udp">UDP</option>
        </Select>
        <Field label={t('form.port')} hint={t('form.portHint')} inputMode="numeric" problem={say(problems.port)} value={fields.port} onChange={(event) => set({ port: event.target.value })} />
      </div>
    </div>
  );
}

function DeviceSubject({ fields, problems, set, shared, isEditing }: Props) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  if (isEditing) return <p className="font-medium"><bdi>{shared.known.device(fields.text)}</bdi></p>;
  return <DeviceField label={t('form.device')} hint={t('form.deviceHint')} problem={say(problems.text)} value={fields.text} onChange={(text) => set({ text })} known={shared.known} />;
}

function Ticks({ fields, problems, set, shared: { known }, isEditing, lists }: Props) {
  const { t } = useTranslation('rules');
  const say = useProblemText();
  const [filter, setFilter] = useState('');
  const table = fields.table as 'services' | 'categories' | 'lists';
  const all: readonly Choice[] = table === 'lists' ? lists.map((name) => ({ name, title: name, group: '' })) : known[table];
  if (isEditing) return <p className="font-medium"><bdi>{all.find(({ name }) => name === fields.chosen[0])?.title ?? fields.chosen[0]}</bdi></p>;
  if (all.length === 0) return <p className="text-muted leading-relaxed">{table === 'lists' ? t('form.noLists') : t('loading')}</p>;
  const wanted = filter.trim().toLowerCase();
  const shown = all.filter(({ title, name, group }) => wanted === '' || `${title} ${name} ${group}`.toLowerCase().includes(wanted));
  const toggle = (name: string, isOn: boolean) => set({ chosen: isOn ? [...fields.chosen, name] : fields.chosen.filter((each) => each !== name) });
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">{t(`form.choose.${table}`, { count: fields.chosen.length })}</legend>
      {all.length > 12 && <input type="search" aria-label={t('form.filter')} placeholder={t('form.filter')} value={filter} onChange={(event) => setFilter(event.target.value)} className="field mb-2 w-full" />}
      <div className="border-line grid max-h-72 gap-x-4 gap-y-2 overflow-y-auto rounded-md border p-3 sm:grid-cols-2" tabIndex={0} role="group" aria-label={t(`kinds.${table}`)}>
        {shown.map(({ name, title, group }) => (
          <Checkbox key={name} label={<bdi>{title}</bdi>} hint={group || undefined} checked={fields.chosen.includes(name)} onChange={(event) => toggle(name, event.target.checked)} value={name} />
        ))}
        {shown.length === 0 && <p className="text-muted">{t('rules.noMatch')}</p>}
      </div>
      {problems.chosen && (
        <p role="alert" className="text-danger mt-1 text-xs">
          {say(problems.chosen)}
        </p>
      )}
    </fieldset>
  );
}
