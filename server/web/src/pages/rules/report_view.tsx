// The report of an import: how many lines became rules, and of those that did not the number, the text and the reason.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/quantity';
import { reasonKey, type ListReport } from './report';

export function ReportCounts({ report }: { report: ListReport }) {
  const { t, i18n } = useTranslation('rules');
  const counts = [
    { key: 'accepted', value: report.accepted, tone: 'text-ok' },
    { key: 'duplicates', value: report.duplicates, tone: '' },
    { key: 'unsupported', value: report.unsupported, tone: '' },
    { key: 'invalid', value: report.invalid, tone: 'text-danger' },
  ] as const;
  return (
    <p className="mt-0.5 text-xs leading-relaxed" data-testid="report" data-lines={report.lines} data-accepted={report.accepted} data-invalid={report.invalid}>
      <span className="text-muted">{t('report.lines', { count: report.lines, value: formatCount(report.lines, i18n.language) })}:</span>{' '}
      {counts
        .filter(({ key, value }) => value > 0 || key === 'accepted')
        .map(({ key, value, tone }, index) => (
          <span key={key}>
            {index > 0 && ', '}
            <span className={tone}>{t(`report.${key}`, { count: value, value: formatCount(value, i18n.language) })}</span>
          </span>
        ))}
    </p>
  );
}

export function ReportExamples({ report }: { report: ListReport }) {
  const { t } = useTranslation('rules');
  return (
    <div className="border-line mt-1 max-h-64 overflow-auto rounded border" tabIndex={0} role="region" aria-label={t('report.examples')}>
      <table className="w-full text-left text-xs" data-testid="report-examples">
        <thead className="bg-sunken sticky top-0">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-right font-medium">{t('report.line')}</th>
            <th scope="col" className="px-3 py-1.5 font-medium">{t('report.text')}</th>
            <th scope="col" className="px-3 py-1.5 font-medium">{t('report.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {report.examples.map(({ line, text, reason }, index) => (
            <tr key={index} className="border-line border-t" data-line={line}>
              <td className="px-3 py-1 text-right tabular-nums">{line}</td>
              <td className="px-3 py-1 font-mono break-all"><bdi>{text}</bdi></td>
              <td className="px-3 py-1"><Reason reason={reason} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Reason({ reason }: { reason: string }) {
  const { t, i18n } = useTranslation('rules');
  const [said = reason, ...detail] = reason.split(': ');
  const key = i18n.exists(`rules:reasons.${reasonKey(reason)}`) ? reasonKey(reason) : reasonKey(said);
  if (!i18n.exists(`rules:reasons.${key}`)) return <span lang="en">{reason}</span>;
  const rest = key === reasonKey(reason) ? '' : detail.join(': ');
  return <>{t(`reasons.${key as 'a_path'}`)}{rest && <>: <bdi className="font-mono">{rest}</bdi></>}</>;
}
