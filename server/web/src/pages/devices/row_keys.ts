// The keys of the list: arrows, Page up and down, Home and End move from device to device, x ticks one, / goes to the filter.
// SPDX-License-Identifier: Apache-2.0
import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useRef, type KeyboardEvent, type RefObject } from 'react';
import { filterId } from './filter_bar';

const page = 10;

/** Where a key leads from `index` of `count`; null when it leads nowhere. */
export function indexAfter(key: string, index: number, count: number): number | null {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  const step = steps[key];
  return step === undefined ? null : Math.min(Math.max(index + step, 0), count - 1);
}

interface Rows {
  body: RefObject<HTMLDivElement | null>;
  order: readonly string[];
  virtual: Virtualizer<Window, Element>;
  toggle: (id: string) => void;
}

export function useRowKeys(rows: Rows): (event: KeyboardEvent) => void {
  const latest = useRef(rows);
  latest.current = rows;
  return useCallback((event: KeyboardEvent) => {
    const { body, order, virtual, toggle } = latest.current;
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-device-id]')?.dataset['deviceId'];
    if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'x') toggle(id);
    else if (event.key === '/') document.getElementById(filterId)?.focus();
    else {
      const next = indexAfter(event.key, order.indexOf(id), order.length);
      if (next === null) return;
      virtual.scrollToIndex(next);
      focusWhenThere(body, order[next]!);
    }
    event.preventDefault();
  }, []);
}

/** A row far away is drawn only after the page has scrolled there. */
function focusWhenThere(body: RefObject<HTMLDivElement | null>, id: string, frames = 30): void {
  const row = body.current?.querySelector<HTMLElement>(`[data-device-id="${CSS.escape(id)}"] [data-row-opener]`);
  if (row) row.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenThere(body, id, frames - 1));
}
