// What holds only while a phase does: rules of the event's policy that name it. More of them are on the Rules page.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SetPhaseRulesDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice, Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import type { EventDetail } from './event_page';
import { rulesOfPhase, withoutRule, withRule, type PhaseRule } from './phase_rules';

interface Props {
  event: EventDetail;
  again: () => void;
  canEdit: boolean;
}

export function PhaseRules({ event, again, canEdit }: Props) {
  const { t } = useTranslation('event');
  const [adding, setAdding] = useState<string | null>(null);
  const set = useAct(SetPhaseRulesDocument);
  const { revision, document } = event.policy;

  async function decide(wanted: unknown, baseRevision = revision) {
    const { payload } = await set.run({ input: { eventId: event.id, baseRevision, document: wanted } });
    if (payload) again();
    return payload?.policy ?? null;
  }
  async function remove(rule: PhaseRule) {
    const now = await decide(withoutRule(document, rule));
    if (now) showToast({ about: 'phase-rule', tone: 'plain', content: t('phaseRules.removed'), action: { label: t('undo'), run: () => void decide(document, now.revision) } });
  }
  async function add(fields: FormData) {
    if (adding === null) return;
    const table = String(fields.get('table')) as 'domains' | 'services' | 'categories';
    const rule = { table, subject: String(fields.get('subject')).trim(), decision: String(fields.get('decision')) as 'allow' | 'deny' };
    if (await decide(withRule(document, adding, rule))) setAdding(null);
  }

  return (
    <Panel title={t('phaseRules.title')} note={t('phaseRules.note')} className="mt-4">
      {adding === null && <Problems of={set.problems} />}
      <ul className="divide-line divide-y">
        {event.phases.map(({ name }) => (
          <li key={name} className="py-2.5">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <bdi className="font-medium">{name}</bdi>
              {canEdit && (
                <Button size="small" onClick={() => setAdding(name)} aria-label={t('phaseRules.addTo', { name })} data-testid="phase-rule-add">
                  {t('phaseRules.add')}
                </Button>
              )}
            </div>
            <RuleList rules={rulesOfPhase(document, name)} {...(canEdit ? { onRemove: (rule: PhaseRule) => void remove(rule) } : {})} />
          </li>
        ))}
      </ul>
      {adding !== null && (
        <Ask title={t('phaseRules.addTo', { name: adding })} submit={t('phaseRules.submit')} onSubmit={(fields) => void add(fields)} onClose={() => setAdding(null)} isBusy={set.isBusy} problems={set.problems} testId="phase-rule">
          <Choice label={t('phaseRules.decision')} name="decision" options={[{ value: 'deny', label: t('phaseRules.deny') }, { value: 'allow', label: t('phaseRules.allow') }]} />
          <Choice label={t('phaseRules.what')} name="table" options={(['services', 'domains', 'categories'] as const).map((value) => ({ value, label: t(`phaseRules.tables.${value}`) }))} />
          <Field label={t('phaseRules.subject')} hint={t('phaseRules.subjectHint')} name="subject" required autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus />
        </Ask>
      )}
    </Panel>
  );
}

function RuleList({ rules, onRemove }: { rules: readonly PhaseRule[]; onRemove?: (rule: PhaseRule) => void }) {
  const { t } = useTranslation('event');
  if (rules.length === 0) return <p className="text-muted text-xs">{t('phaseRules.none')}</p>;
  return (
    <ul className="mt-1 space-y-1">
      {rules.map((rule) => (
        <li key={`${rule.table}/${rule.index}`} className="flex flex-wrap items-center gap-x-2" data-testid="phase-rule-row" data-subject={rule.subject}>
          <span className={rule.decision === 'deny' ? 'text-danger' : 'text-ok'}>{t(`phaseRules.${rule.decision}`)}</span>
          <span>{t(`phaseRules.tables.${rule.table}`)}</span>
          <bdi className="min-w-0 font-medium break-all">{rule.subject}</bdi>
          {rule.hasHours && <span className="text-muted text-xs">{t('phaseRules.hours')}</span>}
          {onRemove && (
            <Button size="small" look="quiet" onClick={() => onRemove(rule)} aria-label={t('phaseRules.removeThis', { name: rule.subject })}>
              {t('phases.remove')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
