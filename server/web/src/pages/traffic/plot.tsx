// The chart of a range: uPlot in the page's colours, drawn for the eye only. A click looks at a moment, a drag at a shorter range.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatRateTick } from '../../format/quantity';
import { formatDay, formatZoned } from '../../format/zoned';
import { useColours } from '../../theme';
import type { ChartData } from './chart_data';
import { dayMs, type Span } from './range';

interface Props {
  data: ChartData;
  zone: string;
  /** The step under the keyboard's cursor, or the chosen one. */
  cursor: number | null;
  onChoose: (at: number) => void;
  onSpan: (span: Span) => void;
}

export function RangePlot({ data, zone, cursor, onChoose, onSpan }: Props) {
  const { i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ data, onChoose, onSpan });
  latest.current = { data, onChoose, onSpan };
  const colours = useColours();
  const isCompared = data.downBefore !== null;

  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(optionsFor(element, i18n.language, zone, isCompared, latest), dataOf(latest.current.data), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    resize.observe(element);
    const stop = listen(made, latest);
    return () => {
      stop();
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colours, i18n.language, zone, isCompared]);

  useEffect(() => plot.current?.setData(dataOf(data)), [data, isCompared]);
  useEffect(() => {
    const made = plot.current;
    const at = cursor === null ? undefined : data.at[cursor];
    if (!made) return;
    made.setCursor(at === undefined ? { left: -10, top: -10 } : { left: made.valToPos(at, 'x'), top: 0 }, false);
  }, [cursor, data]);

  return <div ref={box} aria-hidden="true" data-testid="range-chart" className="h-full w-full cursor-crosshair overflow-hidden" />;
}

type Latest = { readonly current: Pick<Props, 'data' | 'onChoose' | 'onSpan'> };

function dataOf(data: ChartData): uPlot.AlignedData {
  const lines = [data.at as number[], data.down as number[], data.up as number[]] as const;
  return data.downBefore ? [...lines, data.downBefore as number[]] : [...lines];
}

/** A press and release on one spot is a choice; with a way between them uPlot has selected a span. */
function listen(made: uPlot, latest: Latest): () => void {
  let pressed = 0;
  const down = (event: MouseEvent) => (pressed = event.clientX);
  const click = (event: MouseEvent) => {
    if (Math.abs(event.clientX - pressed) > 3) return;
    const seconds = made.posToVal(event.clientX - made.over.getBoundingClientRect().left, 'x');
    const index = latest.current.data.at.findLastIndex((start) => start <= seconds);
    const at = latest.current.data.at[index];
    if (at !== undefined) latest.current.onChoose(at * 1000);
  };
  made.over.addEventListener('mousedown', down);
  made.over.addEventListener('click', click);
  return () => {
    made.over.removeEventListener('mousedown', down);
    made.over.removeEventListener('click', click);
  };
}

function optionsFor(element: HTMLElement, language: string, zone: string, isCompared: boolean, latest: Latest): uPlot.Options {
  const colour = (name: string) => resolve(element, `var(--color-${name})`);
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const axis = { stroke: colour('muted'), font: `${Math.round(11 * unit)}px Inter, system-ui, sans-serif`, ticks: { show: false } };
  return {
    width: element.clientWidth || 300,
    height: element.clientHeight || 240,
    padding: [8 * unit, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(max * 1.1, 100_000)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26 * unit, space: 74 * unit, values: (_, ticks) => ticksText(ticks, zone, language) },
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
      { stroke: colour('down'), fill: faded(colour('down')), width: 1.75, points: { show: false } },
      { stroke: colour('up'), width: 1.75, dash: [5, 3], points: { show: false } },
      ...(isCompared ? [{ stroke: colour('muted'), width: 1.25, dash: [2, 3], points: { show: false } }] : []),
    ],
    hooks: { setSelect: [(made) => select(made, latest)] },
  };
}

function select(made: uPlot, latest: Latest): void {
  const { left, width } = made.select;
  if (width < 8) return;
  const span = { from: made.posToVal(left, 'x') * 1000, to: made.posToVal(left + width, 'x') * 1000 };
  made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (span.to - span.from >= 10 * 60_000) latest.current.onSpan(span);
}

/** Days where the ticks are days apart, else the time, with the day where a new one begins. */
function ticksText(ticks: number[], zone: string, language: string): string[] {
  const apart = ((ticks[1] ?? 0) - (ticks[0] ?? 0)) * 1000;
  if (apart >= dayMs) return ticks.map((at) => formatDay(at * 1000, zone, language));
  return ticks.map((at) => {
    const time = formatZoned(at * 1000, zone, language, at * 1000);
    return time === '00:00' ? formatDay(at * 1000, zone, language) : time;
  });
}

function faded(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.13)');
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
