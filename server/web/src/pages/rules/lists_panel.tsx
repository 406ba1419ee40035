// Imported domain lists: what was taken from each, what was not and why, and whether the rules use it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ListsDocument, type ListFieldsFragment } from '../../generated/graphql';
import { formatBytes } from '../../format/quantity';
import { useSession } from '../../session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/time';
import { putRow } from '../../policy/edit';
import { ImportDrawer } from './import_drawer';
import { isDenied } from '../../policy/policy';
import { reportOf } from './report';
import { ReportCounts, ReportExamples } from './report_view';
import type { Shared } from './rules_page';

export function ListsPanel({ isImporting, setImporting, ...shared }: Shared & { isImporting: boolean; setImporting: (isImporting: boolean) => void }) {
  const { t } = useTranslation('rules');
  const { organisation } = useSession();
  const [{ data }, ask] = useQuery({ query: ListsDocument, variables: { organisationId: organisation?.id ?? '' }, pause: !organisation });
  const lists = data?.lists ?? [];
  return (
    <Panel
      title={t('lists.title')}
      testId="lists"
      actions={
        shared.canEdit && (
          <Button look="primary" size="small" data-testid="import-list" onClick={() => setImporting(true)}>
            <Icon name="plus" />
            {t('lists.import')}
          </Button>
        )
      }
    >
      {data && lists.length === 0 && <p className="text-muted max-w-prose py-4 leading-relaxed">{t('lists.empty')}</p>}
      <ul className="divide-line divide-y">
        {lists.map((list) => (
          <ListRow key={list.id} list={list} shared={shared} />
        ))}
      </ul>
      {isImporting && <ImportDrawer {...shared} onClose={() => setImporting(false)} onImported={() => ask()} />}
    </Panel>
  );
}

function ListRow({ list, shared: { editing, canEdit } }: { list: ListFieldsFragment; shared: Shared }) {
  const { t, i18n } = useTranslation('rules');
  const { lists } = editing.draft.policy;
  const used = lists.find(({ list: name, sha256 }) => name === list.name && sha256 === list.sha256);
  const older = !used && lists.some(({ list: name }) => name === list.name);
  const report = reportOf(list.report);
  const use = () => editing.change((policy) => putRow(policy, 'lists', ruleOf(list, older ? lists.find(({ list: name }) => name === list.name) : undefined)));
  return (
    <li className="py-3" data-testid="list" data-name={list.name}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <bdi className="font-medium break-words">{list.name}</bdi>
        {used && <Badge tone={isDenied(used) ? 'danger' : 'ok'}>{isDenied(used) ? t('lists.denies') : t('lists.allows')}</Badge>}
        <span className="text-muted text-xs">
          {list.format ?? ''} · {formatBytes(list.bytes, i18n.language)} · <Time at={list.createdAt} />
        </span>
        {canEdit && !used && list.format && (
          <Button size="small" className="ml-auto" onClick={use}>
            {older ? t('lists.useNewer') : t('lists.use')}
          </Button>
        )}
      </div>
      <ReportCounts report={report} />
      {report.examples.length > 0 && (
        <details className="mt-1">
          <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center text-xs">{t('report.show', { count: report.examples.length })}</summary>
          <ReportExamples report={report} />
        </details>
      )}
    </li>
  );
}

/** A newer version of a list takes the place of the older one, for whom and when as before. */
export function ruleOf(list: Pick<ListFieldsFragment, 'name' | 'sha256' | 'format'>, before?: object) {
  return { decision: 'deny' as const, ...before, list: list.name, sha256: list.sha256, format: (list.format ?? 'DOMAINS').toLowerCase() };
}
