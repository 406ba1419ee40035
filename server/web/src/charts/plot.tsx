// The chart itself: uPlot in the page's colours. It is drawn for the eye only; the panel says the same in words and in a table.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatClockSeconds } from '../format/time';
import { formatRateTick } from '../format/quantity';
import { useColours } from '../theme';
import type { Series } from './series';

const heightPx = 190;

export function Plot({ series, language, onPoint }: { series: Series; language: string; onPoint: (text: Point | null) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(series);
  latest.current = series;
  const colours = useColours();

  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(optionsFor(element, language, onPoint), dataOf(latest.current), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightOf(element) }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colours, language, onPoint]);

  useEffect(() => plot.current?.setData(dataOf(series)), [series]);

  return <div ref={box} aria-hidden="true" data-testid="traffic-chart" className="h-[11.9rem] w-full" />;
}

export interface Point {
  readonly time: string;
  readonly down: number | null;
  readonly up: number | null;
}

function dataOf(series: Series): uPlot.AlignedData {
  return [series.at, series.down, series.up];
}

function heightOf(element: HTMLElement): number {
  return element.clientHeight || heightPx;
}

function optionsFor(element: HTMLElement, language: string, onPoint: (point: Point | null) => void): uPlot.Options {
  const colour = (name: string) => resolve(element, `var(--color-${name})`);
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const font = `${Math.round(11 * unit)}px Inter, system-ui, sans-serif`;
  const axis = { stroke: colour('muted'), font, ticks: { show: false } };
  return {
    width: element.clientWidth || 300,
    height: heightOf(element),
    padding: [8 * unit, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(max * 1.1, 100_000)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26 * unit, space: 70 * unit, values: (_, ticks) => ticks.map((at) => formatClock(at * 1000, language)) },
      {
        ...axis,
        grid: { stroke: colour('line'), width: 1 },
        size: 74 * unit,
        gap: 6,
        space: 42 * unit,
        values: (_, ticks) => ticks.map((value) => (value === 0 ? '0' : formatRateTick(value, language))),
      },
    ],
    series: [
      {},
      { stroke: colour('down'), fill: colour('down').replace('rgb(', 'rgba(').replace(')', ', 0.13)'), width: 1.75, points: { show: false } },
      { stroke: colour('up'), width: 1.75, dash: [5, 3], points: { show: false } },
    ],
    hooks: {
      setCursor: [
        ({ cursor, data }) => {
          const index = cursor.idx;
          const at = index === null || index === undefined || (cursor.left ?? -1) < 0 ? undefined : data[0][index];
          if (at === undefined) return onPoint(null);
          onPoint({ time: formatClockSeconds(at * 1000 - 5_000, language), down: data[1]?.[index!] ?? null, up: data[2]?.[index!] ?? null });
        },
      ],
    },
  };
}

/** A canvas does not know CSS variables: ask the page which colour it is now. */
function resolve(element: HTMLElement, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
