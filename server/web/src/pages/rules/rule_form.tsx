// Makes a rule, or several alike, or changes one: what, for whom, when and why.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ListsDocument } from '../../generated/graphql';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Field, Select } from '../../ui/field';
import { applyRules, emptyFields, fieldsOf, hasReason, makeRules, type FieldProblems, type RuleFields } from './form';
import { ruleTables, type ListRule, type RuleTable } from '../../policy/policy';
import type { Shared } from './rules_page';
import { Segments } from './segments';
import { SubjectFields } from './subject_fields';
import { WhenFields } from './when_fields';
import { WhoFields } from './who_fields';

export interface FieldsProps {
  shared: Shared;
  fields: RuleFields;
  problems: FieldProblems;
  set: (changes: Partial<RuleFields>) => void;
}

export function RuleForm({ table, index, onClose, ...shared }: Shared & { table: RuleTable; index: number | null; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const { policy } = shared.editing.draft;
  const zone = policy.time_zone;
  const [fields, setFields] = useState<RuleFields>(() => (index === null ? { ...emptyFields, table } : fieldsOf(table, policy[table][index]!, zone)));
  const [problems, setProblems] = useState<FieldProblems>({});
  const lists = useListRules(policy.lists);
  const set = (changes: Partial<RuleFields>) => setFields((before) => ({ ...before, ...changes }));
  function submit(event: FormEvent) {
    event.preventDefault();
    const made = makeRules(fields, zone, lists);
    setProblems(made.problems);
    if (made.rules.length === 0) return;
    shared.editing.change((before) => applyRules(before, fields.table, index, made.rules));
    onClose();
  }
  const parts: FieldsProps = { shared, fields, problems, set };
  return (
    <Drawer title={index === null ? t('form.add') : t('form.edit')} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-5" data-testid="rule-form">
        {index === null && (
          <Select label={t('form.kind')} value={fields.table} onChange={(event) => set({ table: event.target.value as RuleTable, chosen: [], text: '' })} name="kind">
            {ruleTables.map((each) => (
              <option key={each} value={each}>
                {t(`form.kinds.${each}`)}
              </option>
            ))}
          </Select>
        )}
        <Segments
          label={t('form.decision')}
          value={fields.decision}
          onChoose={(decision) => set({ decision })}
          options={[
            { value: 'deny', label: fields.table === 'devices' ? t('form.ban') : t('form.deny') },
            { value: 'allow', label: fields.table === 'devices' ? t('form.admit') : t('form.allow') },
          ]}
        />
        <SubjectFields {...parts} isEditing={index !== null} lists={[...lists.keys()]} />
        {fields.table !== 'devices' && <WhoFields {...parts} />}
        <WhenFields {...parts} />
        {hasReason(fields.table) && <Field label={t('form.reason')} hint={t('form.reasonHint')} value={fields.reason} maxLength={500} onChange={(event) => set({ reason: event.target.value })} name="reason" />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary" data-testid="rule-ok">
            {index === null ? t('form.toDraft') : t('form.change')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

/** What can be chosen of lists: the newest of each name that was imported, and those the policy has already. */
function useListRules(used: readonly ListRule[]): ReadonlyMap<string, Pick<ListRule, 'list' | 'sha256' | 'format'>> {
  const { organisation } = useSession();
  const [{ data }] = useQuery({ query: ListsDocument, variables: { organisationId: organisation?.id ?? '' }, pause: !organisation });
  const lists = new Map(used.map(({ list, sha256, format }) => [list, { list, sha256, format }]));
  for (const { name, sha256, format } of [...(data?.lists ?? [])].reverse()) {
    if (format) lists.set(name, { list: name, sha256, format: format.toLowerCase() });
  }
  return lists;
}
