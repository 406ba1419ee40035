// Who did what, refusals included; as a file for whoever must keep it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { AuditExportDocument, AuditLogDocument, type ExportFormat } from '../../generated/graphql';
import { problemOf, type Problem } from '../../forms/act';
import { download } from '../../forms/download';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Select } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { joinParts } from './audit_file';
import { AuditList } from '../../parts/audit_list';

const kinds = ['', 'access.', 'session.', 'device', 'policy', 'domain.', 'event.', 'router.', 'member.', 'invitation.', 'token.', 'show_link.', 'profile.'] as const;
const step = 50;

export function AuditPart() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const [action, setAction] = useState<(typeof kinds)[number]>('');
  const [first, setFirst] = useState(step);
  const { data, error, again } = useFresh(AuditLogDocument, { organisationId, first, after: null, action });
  return (
    <Panel title={t('audit.title')} note={t('audit.note')} actions={<Export />}>
      <Select
        label={t('audit.kind')}
        className="max-w-64"
        value={action}
        onChange={(event) => {
          setAction(event.currentTarget.value as typeof action);
          setFirst(step);
        }}
      >
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`audit.kinds.${kind.replace('.', '') || 'all'}` as 'audit.kinds.all')}
          </option>
        ))}
      </Select>
      <Loaded data={data} error={error} retry={again}>
        {({ auditLog }) => (
          <>
            <AuditList entries={auditLog.edges.map(({ node }) => node)} />
            {auditLog.pageInfo.hasNextPage && first < 1000 && (
              <Button size="small" className="mt-2" onClick={() => setFirst(Math.min(1000, first * 2))}>
                {t('older')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Export() {
  const { t } = useTranslation('settings');
  const client = useClient();
  const { organisationId } = usePlace();
  const [parts, setParts] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function save(format: ExportFormat) {
    if (parts !== null) return;
    setProblem(null);
    const texts: string[] = [];
    let after: string | null = null;
    for (let part = 1; ; part++) {
      setParts(part);
      const { data, error } = await client.query(AuditExportDocument, { organisationId, format, after }).toPromise();
      if (!data) {
        if (error) setProblem(problemOf(error));
        break;
      }
      texts.push(data.auditExport.text);
      after = data.auditExport.endCursor ?? null;
      if (data.auditExport.hasNextPage && after) continue;
      download(`audit-log.${format.toLowerCase()}`, format === 'CSV' ? 'text/csv' : 'application/json', joinParts(format, texts));
      break;
    }
    setParts(null);
  }
  return (
    <>
      <Problems of={problem ? [problem] : []} />
      <span role="status" className="text-muted text-xs">
        {parts !== null && t('audit.reading', { count: parts })}
      </span>
      <Button size="small" aria-disabled={parts !== null} onClick={() => void save('CSV')} data-testid="audit-csv">
        CSV
      </Button>
      <Button size="small" aria-disabled={parts !== null} onClick={() => void save('JSON')}>
        JSON
      </Button>
    </>
  );
}
