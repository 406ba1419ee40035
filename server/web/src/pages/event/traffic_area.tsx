// Traffic of an event over its time, drawn once: down above the line, up below it, phases behind; the same as a table.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatBytes, formatRate } from '../../format/quantity';
import type { EventTrafficQuery } from '../../generated/graphql';
import type { Phase } from './phases';
import { At } from './span';

type Series = EventTrafficQuery['trafficSeries'];

const width = 1000;
const height = 200;

/** A closed path along `values`, from the line at `middle`, upward by `reach` (downward when it is negative). */
export function areaOf(values: readonly number[], most: number, middle: number, reach: number): string {
  if (values.length === 0 || most <= 0) return '';
  const x = (index: number) => (values.length === 1 ? 0 : (index / (values.length - 1)) * width);
  const points = values.map((value, index) => `${x(index).toFixed(1)} ${(middle - (value / most) * reach).toFixed(1)}`);
  return `M0 ${middle}L${points.join('L')}L${width} ${middle}Z`;
}

/** Without a last step that is not over yet: it would look like a fall. */
export function whole({ points, step, to }: Series): Series['points'] {
  const last = points.at(-1);
  return last && points.length > 1 && Date.parse(last.at) + step * 1000 > Date.parse(to) ? points.slice(0, -1) : points;
}

const tableRows = 24;

/** Neighbouring points added up, so that a table of them can be read. */
export function summed(points: Series['points'], atMost: number): { at: string; bytesUp: number; bytesDown: number }[] {
  const size = Math.max(1, Math.ceil(points.length / atMost));
  const rows = [];
  for (let index = 0; index < points.length; index += size) {
    const group = points.slice(index, index + size);
    rows.push({ at: group[0]!.at, bytesUp: group.reduce((sum, each) => sum + each.bytesUp, 0), bytesDown: group.reduce((sum, each) => sum + each.bytesDown, 0) });
  }
  return rows;
}

export function TrafficArea({ series, phases, timeZone }: { series: Series; phases: readonly Phase[]; timeZone: string }) {
  const { t, i18n } = useTranslation('event');
  const [from, to] = [Date.parse(series.from), Date.parse(series.to)];
  const x = (at: string) => Math.min(width, Math.max(0, ((Date.parse(at) - from) / Math.max(1, to - from)) * width));
  const points = whole(series);
  const down = points.map(({ bytesDown }) => bytesDown);
  const up = points.map(({ bytesUp }) => bytesUp);
  const most = { down: Math.max(1, ...down), up: Math.max(1, ...up) };
  // One scale for both directions; the smaller one has a sixth of the height at least.
  const middle = height * Math.min(5 / 6, Math.max(1 / 6, most.down / (most.down + most.up)));
  const scale = Math.max(most.down / middle, most.up / (height - middle));
  const rate = (bytes: number) => formatRate((bytes * 8) / series.step, i18n.language);
  const label = t('course.chart', { down: rate(Math.max(0, ...down)), up: rate(Math.max(0, ...up)) });
  return (
    <>
      <p className="mb-1 flex flex-wrap gap-x-4 text-xs">
        <span className="text-down font-medium">▲ {t('course.down')}</span>
        <span className="text-up font-medium">▼ {t('course.up')}</span>
        <span className="text-muted">{label}</span>
      </p>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-40 w-full rounded">
        {phases.map((phase, index) => (
          <rect key={phase.name} x={x(phase.startsAt)} y={0} width={Math.max(0, x(phase.endsAt) - x(phase.startsAt))} height={height} className="fill-accent" opacity={index % 2 ? 0.05 : 0.1} />
        ))}
        <path d={areaOf(down, scale * middle, middle, middle)} className="fill-down" opacity={0.75} />
        <path d={areaOf(up, scale * (height - middle), middle, middle - height)} className="fill-up" opacity={0.75} />
        <path d={`M0 ${middle}H${width}`} className="stroke-field" strokeWidth={1} vectorEffect="non-scaling-stroke" />
      </svg>
      <p className="text-muted flex justify-between text-xs">
        <At at={series.from} timeZone={timeZone} />
        <At at={series.to} timeZone={timeZone} />
      </p>
      <details className="mt-2">
        <summary className="text-muted min-h-6 text-xs">{t('course.table')}</summary>
        <div className="max-h-64 overflow-auto" tabIndex={0} role="region" aria-label={t('course.traffic')}>
          <table className="w-full text-xs tabular-nums">
            <thead className="text-muted text-left">
              <tr>
                <th scope="col">{t('course.time')}</th>
                <th scope="col" className="text-right">
                  {t('course.down')}
                </th>
                <th scope="col" className="text-right">
                  {t('course.up')}
                </th>
              </tr>
            </thead>
            <tbody>
              {summed(series.points, tableRows).map((row) => (
                <tr key={row.at}>
                  <td>
                    <At at={row.at} timeZone={timeZone} />
                  </td>
                  <td className="text-right">{formatBytes(row.bytesDown, i18n.language)}</td>
                  <td className="text-right">{formatBytes(row.bytesUp, i18n.language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
