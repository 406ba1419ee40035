// Every rule as a sentence, by kind, with what the draft has added, changed and taken away.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { diff, type Change } from '../../policy/diff';
import { putRow, removeRow } from '../../policy/edit';
import { isDenied, ruleTables, subjectOf, type Rule, type RuleTable } from '../../policy/policy';
import { RuleForm } from './rule_form';
import type { Shared } from './rules_page';

const atMost = 100;

interface Row {
  readonly table: RuleTable;
  readonly rule: Rule;
  /** Null: the draft takes it away. */
  readonly index: number | null;
  readonly mark: 'added' | 'changed' | 'removed' | null;
}

export function RulesPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const { editing, canEdit } = shared;
  const [kind, setKind] = useState<RuleTable | 'all'>('all');
  const [filter, setFilter] = useState('');
  const [limit, setLimit] = useState(atMost);
  const [open, setOpen] = useState<{ table: RuleTable; index: number | null } | null>(null);
  const rows = useMemo(() => rowsOf(editing.draft.policy, diff(editing.draft.base.policy, editing.draft.policy)), [editing.draft]);
  const wanted = filter.trim().toLowerCase();
  const found = rows.filter((row) => (kind === 'all' || row.table === kind) && (wanted === '' || textOf(row, shared).includes(wanted)));
  return (
    <Panel
      title={t('rules.title')}
      testId="rules"
      actions={
        canEdit && (
          <Button look="primary" size="small" data-testid="add-rule" onClick={() => setOpen({ table: kind === 'all' ? 'domains' : kind, index: null })}>
            <Icon name="plus" />
            {t('rules.add')}
          </Button>
        )
      }
    >
      <p className="text-muted mb-3 max-w-prose text-xs leading-relaxed">{t('rules.order')}</p>
      {rows.length > 0 && (
        <div className="mb-2 flex flex-wrap items-center gap-1.5">
          <KindChoice rows={rows} kind={kind} onChoose={setKind} />
          <input type="search" aria-label={t('rules.filter')} placeholder={t('rules.filter')} value={filter} onChange={(event) => setFilter(event.target.value)} className="field ml-auto h-8 w-full sm:w-56" />
        </div>
      )}
      {rows.length === 0 && <p className="text-muted py-6 text-center leading-relaxed text-pretty">{editing.draft.policy.mode === 'allow-listed' ? t('rules.emptyAllow') : t('rules.emptyBlock')}</p>}
      {rows.length > 0 && found.length === 0 && <p className="text-muted py-6 text-center">{t('rules.noMatch')}</p>}
      <ul className="divide-line divide-y">
        {found.slice(0, limit).map((row) => (
          <RuleRow key={`${row.table}/${row.index ?? 'gone'}/${subjectOf(row.table, row.rule)}/${row.rule.device ?? ''}/${'group' in row.rule ? row.rule.group : ''}`} row={row} shared={shared} onEdit={() => setOpen({ table: row.table, index: row.index })} />
        ))}
      </ul>
      {found.length > limit && (
        <Button size="small" className="mt-3" onClick={() => setLimit(limit + atMost)}>
          {t('rules.more', { count: found.length - limit })}
        </Button>
      )}
      {open && <RuleForm {...shared} table={open.table} index={open.index} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function rowsOf(policy: Shared['editing']['draft']['policy'], changes: readonly Change[]): readonly Row[] {
  return ruleTables.flatMap((table) => {
    const marks = new Map<number, 'added' | 'changed'>();
    const gone: Row[] = [];
    for (const change of changes) {
      if (change.table !== table) continue;
      if (change.kind === 'removed') gone.push({ table, rule: change.row as Rule, index: null, mark: 'removed' });
      else marks.set(change.index, change.kind);
    }
    const rules: readonly Rule[] = policy[table];
    return [...rules.map((rule, index): Row => ({ table, rule, index, mark: marks.get(index) ?? null })), ...gone];
  });
}

function textOf(row: Row, { words }: Shared): string {
  return `${words.rowText(row.table, row.rule)} ${subjectOf(row.table, row.rule)} ${row.rule.reason ?? ''} ${row.rule.device ?? ''}`.toLowerCase();
}

function KindChoice({ rows, kind, onChoose }: { rows: readonly Row[]; kind: RuleTable | 'all'; onChoose: (kind: RuleTable | 'all') => void }) {
  const { t } = useTranslation('rules');
  const count = (of: RuleTable | 'all') => rows.filter((row) => of === 'all' || row.table === of).length;
  const kinds = (['all', ...ruleTables] as const).filter((each) => each === 'all' || each === kind || count(each) > 0);
  return (
    <div role="group" aria-label={t('rules.kinds')} className="flex flex-wrap gap-1">
      {kinds.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === kind}
          onClick={() => onChoose(each)}
          className={`h-8 rounded-md border px-2.5 text-xs font-medium ${each === kind ? 'border-accent bg-sunken text-ink' : 'text-muted hover:bg-sunken border-transparent'}`}
        >
          {t(`kinds.${each}`)} <span className="tabular-nums">{count(each)}</span>
        </button>
      ))}
    </div>
  );
}

const marks = { added: 'border-l-ok', changed: 'border-l-warn', removed: 'border-l-danger' } as const;

function RuleRow({ row, shared: { words, editing, canEdit }, onEdit }: { row: Row; shared: Shared; onEdit: () => void }) {
  const { t } = useTranslation('rules');
  const { table, rule, index, mark } = row;
  const isGone = mark === 'removed';
  const label = words.rowText(table, rule);
  return (
    <li data-testid="rule" data-table={table} data-subject={subjectOf(table, rule)} data-mark={mark ?? ''} className={`flex items-start gap-3 border-l-2 py-2 pl-2.5 ${mark ? marks[mark] : 'border-l-transparent'}`}>
      <Icon name={isDenied(rule) ? 'ban' : 'check'} className={`mt-0.5 size-4 ${isDenied(rule) ? 'text-danger' : 'text-ok'}`} />
      <div className="min-w-0 flex-1">
        <p className={`break-words ${isGone ? 'text-muted line-through' : ''}`}>{words.row(table, rule)}</p>
        {rule.reason && <p className="text-muted text-xs break-words"><bdi>{rule.reason}</bdi></p>}
        {mark && <p className="text-muted text-xs">{t(`marks.${mark}`)}</p>}
      </div>
      {canEdit && index !== null && (
        <div className="-my-1 flex shrink-0">
          <Button size="small" look="quiet" aria-label={t('rules.editThis', { rule: label })} onClick={onEdit}>
            {t('rules.edit')}
          </Button>
          <Button size="icon" look="quiet" aria-label={t('rules.removeThis', { rule: label })} title={t('rules.remove')} onClick={() => editing.change((policy) => removeRow(policy, table, index))}>
            <Icon name="close" />
          </Button>
        </div>
      )}
      {canEdit && isGone && (
        <Button size="small" look="quiet" aria-label={t('rules.restoreThis', { rule: label })} onClick={() => editing.change((policy) => putRow(policy, table, rule as never))}>
          {t('rules.restore')}
        </Button>
      )}
    </li>
  );
}
