// The report as the server writes it: pages for people (PDF), lines for programs (CSV); with names only for those who may read them.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileName, save } from '../../forms/download';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { showToast } from '../../ui/toasts';
import type { EventDetail } from './event_page';
import { reportAddress, type ReportFormat } from './report_data';

/** What the server answered when there is no file, as the texts name it. */
const refusals: Record<number, 'signedOut' | 'notAllowed' | 'gone'> = { 401: 'signedOut', 403: 'notAllowed', 404: 'gone' };

export function ReportFiles({ event }: { event: EventDetail }) {
  const { t, i18n } = useTranslation('event');
  const { may } = usePlace();
  const [isFull, setFull] = useState(false);
  const [making, setMaking] = useState<ReportFormat | null>(null);
  const fetchFile = async (format: ReportFormat) => {
    setMaking(format);
    try {
      const response = await fetch(reportAddress(event.id, format, i18n.language, isFull ? 'full' : 'anonymous'), { credentials: 'same-origin' });
      if (response.ok) save(`${fileName(event.name)}.${format}`, await response.blob());
      else showToast({ about: 'report', tone: 'danger', content: t(`report.failed.${refusals[response.status] ?? 'busy'}`) });
    } catch {
      showToast({ about: 'report', tone: 'danger', content: t('report.failed.unreachable') });
    } finally {
      setMaking(null);
    }
  };
  return (
    <span className="flex flex-wrap items-center justify-end gap-2 print:hidden">
      {may('MANAGE') && (
        <label className="text-muted flex min-h-6 items-center gap-1.5 text-xs">
          <input type="checkbox" className="size-4" checked={isFull} onChange={({ target }) => setFull(target.checked)} data-testid="report-full" />
          {t('report.full')}
        </label>
      )}
      {(['pdf', 'csv'] as const).map((format) => (
        <Button key={format} size="small" disabled={making !== null} aria-busy={making === format} aria-label={t('report.save', { format: format.toUpperCase() })} onClick={() => void fetchFile(format)} data-testid={`report-${format}`}>
          {making === format ? t('report.making') : format.toUpperCase()}
        </Button>
      ))}
      <Button size="small" onClick={() => window.print()} data-testid="report-print">
        {t('report.print')}
      </Button>
      {isFull && <span className="text-muted basis-full text-right text-xs">{t('report.fullHint')}</span>}
    </span>
  );
}
