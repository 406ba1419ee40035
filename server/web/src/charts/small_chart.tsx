// Down and up over the last minutes, drawn by hand: a page that only glances at traffic does without a chart library (charts/plot.tsx).
// For the eye only; the panel around it says the same in words and in a table. SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { formatClock } from '../format/time';
import { formatRateTick } from '../format/quantity';
import type { Series } from './series';

const width = 600;
const height = 150;

/** 1, 2 or 5 times a power of ten, not below `value`. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 5, 10].find((each) => each * power >= value) ?? 10) * power;
}

type Values = readonly (number | null)[];

/** SVG path data; a null is a gap. */
export function pathOf(values: Values, top: number): string {
  let path = '';
  let isDown = false;
  values.forEach((value, index) => {
    if (value === null) return void (isDown = false);
    const x = (index / Math.max(1, values.length - 1)) * width;
    path += `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${(height - (Math.min(value, top) / top) * height).toFixed(1)}`;
    isDown = true;
  });
  return path;
}

/** The same closed to the ground, part by part. */
export function areaOf(values: Values, top: number): string {
  const x = (index: number) => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  let area = '';
  let from = 0;
  for (let index = 0; index <= values.length; index += 1) {
    if (index < values.length && values[index] !== null) continue;
    const part = values.map((value, at) => (at >= from && at < index ? value : null));
    if (index > from) area += `${pathOf(part, top)}L${x(index - 1)} ${height}L${x(from)} ${height}Z`;
    from = index + 1;
  }
  return area;
}

export function SmallChart({ series, language, onPoint }: { series: Series; language: string; onPoint: (index: number | null) => void }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const most = [...series.down, ...series.up].reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0);
  const top = roundUp(Math.max(most * 1.05, 100_000));
  const first = series.at[0] ?? 0;
  const span = (series.at.at(-1) ?? 1) - first || 1;
  const ticks = [0.1, 0.3, 0.5, 0.7, 0.9];

  function point(event: React.PointerEvent<SVGSVGElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.round(((event.clientX - box.left) / box.width) * (series.at.length - 1));
    setPointed(index);
    onPoint(index);
  }
  function leave() {
    setPointed(null);
    onPoint(null);
  }
  return (
    <div aria-hidden="true" data-testid="traffic-chart" className="text-muted text-[0.6875rem] tabular-nums">
      <div className="relative">
        {[1, 0.5].map((share) => (
          <span key={share} className="bg-surface absolute left-0 px-0.5 leading-none" style={{ top: `${(1 - share) * 100}%` }}>
            {formatRateTick(top * share, language)}
          </span>
        ))}
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="block h-40 w-full" onPointerMove={point} onPointerLeave={leave}>
          {[0, 0.5, 1].map((share) => (
            <line key={share} x1="0" x2={width} y1={height * share} y2={height * share} className="stroke-line" vectorEffect="non-scaling-stroke" />
          ))}
          <path d={areaOf(series.down, top)} className="fill-down opacity-15" />
          <path d={pathOf(series.down, top)} className="stroke-down" fill="none" strokeWidth="1.75" vectorEffect="non-scaling-stroke" />
          <path d={pathOf(series.up, top)} className="stroke-up" fill="none" strokeWidth="1.75" strokeDasharray="5 3" vectorEffect="non-scaling-stroke" />
          {pointed !== null && (
            <line x1={(pointed / Math.max(1, series.at.length - 1)) * width} x2={(pointed / Math.max(1, series.at.length - 1)) * width} y1="0" y2={height} className="stroke-muted" vectorEffect="non-scaling-stroke" />
          )}
        </svg>
      </div>
      <div className="relative mt-1 h-4">
        {ticks.map((share) => (
          <span key={share} className="absolute -translate-x-1/2" style={{ left: `${share * 100}%` }}>
            {formatClock((first + span * share) * 1000, language)}
          </span>
        ))}
      </div>
    </div>
  );
}
