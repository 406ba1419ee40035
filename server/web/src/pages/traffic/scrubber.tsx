// The cursor of the chart for the keyboard: arrows move it from step to step, Enter looks at that moment, Escape at the whole range again.
// SPDX-License-Identifier: Apache-2.0
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatRate } from '../../format/quantity';
import { formatZoned } from '../../format/zoned';
import type { ChartData } from './chart_data';
import type { View } from './use_view';

interface Props {
  data: ChartData;
  view: View;
  zone: string;
  children: (cursor: number | null) => ReactNode;
}

export function Scrubber({ data, view, zone, children }: Props) {
  const { t, i18n } = useTranslation('traffic');
  const [moved, setMoved] = useState<number | null>(null);
  const last = data.at.length - 1;
  const chosen = view.at === null ? null : indexAt(data, view.at);
  const cursor = moved === null ? chosen : Math.min(moved, last);
  function onKeyDown(event: KeyboardEvent) {
    const next = keyed(event, cursor ?? last, last);
    if (next !== null) setMoved(next);
    else if (event.key === 'Enter' && cursor !== null) view.setAt(data.at[cursor]! * 1000);
    else if (event.key === 'Escape') {
      setMoved(null);
      view.setAt(null);
    } else return;
    event.preventDefault();
  }
  const at = cursor ?? last;
  const text = t('moment.value', {
    time: formatZoned((data.at[at] ?? 0) * 1000, zone, i18n.language, view.now),
    down: formatRate(data.down[at] ?? 0, i18n.language),
    up: formatRate(data.up[at] ?? 0, i18n.language),
  });
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t('moment.slider')}
        aria-valuemin={0}
        aria-valuemax={Math.max(last, 0)}
        aria-valuenow={Math.max(at, 0)}
        aria-valuetext={text}
        onKeyDown={onKeyDown}
        onBlur={() => setMoved(null)}
        data-testid="scrubber"
        className="h-64 w-full"
      >
        {children(cursor)}
      </div>
      <p className="text-muted mt-1 min-h-4 text-xs tabular-nums">{moved !== null || chosen !== null ? text : t('moment.hint')}</p>
    </>
  );
}

function keyed(event: KeyboardEvent, from: number, last: number): number | null {
  const page = Math.max(1, Math.round(last / 10));
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -last, End: last }[event.key];
  return by === undefined ? null : Math.min(Math.max(from + by, 0), last);
}

/** The step that `at` lies in. */
function indexAt(data: ChartData, at: number): number | null {
  const index = data.at.findLastIndex((start) => start * 1000 <= at);
  return index < 0 ? null : index;
}
