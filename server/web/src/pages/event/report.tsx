// The report of an event: what it was in numbers, without a word about anybody. On screen, on paper, as a file.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EventReportDocument, type EventReportQuery } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { formatBytes, formatCount, formatRate } from '../../format/quantity';
import { useCategoryTitle } from '../../parts/category_title';
import { Panel } from '../../ui/panel';
import { Table } from '../../ui/table';
import { AlarmKind } from '../../parts/alarm_list';
import { rangeOf } from './course';
import type { EventDetail } from './event_page';
import { incidentsOf, peakOf, type Incident } from './report_data';
import { ReportFiles } from './report_files';
import { At, Span } from './span';
import { TrafficArea } from './traffic_area';

export function Report({ event }: { event: EventDetail }) {
  const { t } = useTranslation('event');
  const [{ from, to }] = useState(() => rangeOf(event, Date.now()));
  const { data, error, again } = useFresh(EventReportDocument, { id: event.id, scope: { eventId: event.id }, from, to });
  return (
    <Loaded data={data} error={error} retry={again}>
      {(report) => <Sheet event={event} report={report} incidents={incidentsOf(report.alerts.edges.map(({ node }) => node), new Set(event.routers.map(({ id }) => id)), Date.parse(to))} label={t('parts.report')} />}
    </Loaded>
  );
}

interface SheetProps {
  event: EventDetail;
  report: EventReportQuery;
  incidents: readonly Incident[];
  label: string;
}

function Sheet({ event, report, incidents, label }: SheetProps) {
  const { t } = useTranslation('event');
  const { trafficSeries: series, categories } = report;
  return (
    <Panel title={label} note={<Span event={event} />} actions={<ReportFiles event={event} />} testId="report">
      <Facts event={event} report={report} />
      <div className="mt-4">
        <TrafficArea series={series} phases={event.phases} timeZone={event.timeZone} />
      </div>
      <div className="mt-6 grid gap-6 lg:grid-cols-2">
        <Categories rows={categories.rows} />
        <Incidents incidents={incidents} />
      </div>
      <p className="text-muted mt-4 text-xs leading-relaxed">{t('report.anonymous')}</p>
    </Panel>
  );
}

function Facts({ event, report }: { event: EventDetail; report: EventReportQuery }) {
  const { t, i18n } = useTranslation('event');
  const { trafficSeries: series } = report;
  const devices = report.event?.counts;
  const peak = peakOf(series);
  const facts: [string, React.ReactNode][] = [
    [t('report.down'), formatBytes(series.bytesDown, i18n.language)],
    [t('report.up'), formatBytes(series.bytesUp, i18n.language)],
    [
      t('report.peakRate'),
      peak && (
        <>
          {formatRate(peak.bitsPerSecond, i18n.language)} <span className="text-muted text-xs font-normal"><At at={peak.at} timeZone={event.timeZone} /></span>
        </>
      ),
    ],
    [
      t('report.peakDevices'),
      devices && (
        <>
          {formatCount(devices.peakDevices, i18n.language)} {devices.peakAt && <span className="text-muted text-xs font-normal"><At at={devices.peakAt} timeZone={event.timeZone} /></span>}
        </>
      ),
    ],
    [t('report.guests'), formatCount(event.guests, i18n.language)],
    [t('report.routers'), formatCount(event.routerCount, i18n.language)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="text-lg font-semibold tabular-nums">{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}

function Categories({ rows }: { rows: EventReportQuery['categories']['rows'] }) {
  const { t, i18n } = useTranslation('event');
  const categoryTitle = useCategoryTitle();
  return (
    <div>
      <h3 className="mb-1 font-semibold">{t('report.categories')}</h3>
      <Table
        label={t('report.categories')}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          { id: 'name', head: t('report.category'), cell: ({ key }) => (key ? categoryTitle(key) : t('report.noCategory')) },
          { id: 'down', head: t('course.down'), align: 'right', cell: ({ bytesDown }) => formatBytes(bytesDown, i18n.language) },
          { id: 'up', head: t('course.up'), align: 'right', cell: ({ bytesUp }) => formatBytes(bytesUp, i18n.language) },
        ]}
      />
    </div>
  );
}

function Incidents({ incidents }: { incidents: readonly Incident[] }) {
  const { t } = useTranslation('event');
  return (
    <div>
      <h3 className="mb-1 font-semibold">{t('report.incidents')}</h3>
      {incidents.length === 0 ? (
        <p className="text-muted">{t('alarms.none')}</p>
      ) : (
        <ul className="space-y-1">
          {incidents.map(({ kind, count, minutes, open }) => (
            <li key={kind} className="flex flex-wrap justify-between gap-x-3">
              <AlarmKind kind={kind} />
              <span className="text-muted tabular-nums">
                {t('report.incident', { count, minutes })}
                {open > 0 && ` · ${t('alarms.open')}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
