// Thousands of devices, of which only those in sight are in the page (TanStack Virtual); arrow keys move along them.
// SPDX-License-Identifier: Apache-2.0
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type FocusEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { banStateOf, type Device, type PendingBan } from '../../live/devices';
import { DeviceRow } from './device_row';
import { useIsNarrow, useRowHeight } from './row_height';
import { useRowKeys } from './row_keys';
import { TableHead } from './table_head';
import type { Selection } from './use_selection';
import { columnIds, type Sort } from './view';

interface Props {
  devices: ReadonlyMap<string, Device>;
  pending: ReadonlyMap<string, PendingBan>;
  order: readonly string[];
  sort: Sort;
  selection: Selection;
  mayBan: boolean;
  onHeld: (held: boolean) => void;
  onOpen: (id: string) => void;
  onBan: (device: Device, banned: boolean) => void;
}

export function DevicesTable({ devices, pending, order, sort, selection, mayBan, onHeld, onOpen, onBan }: Props) {
  const { t } = useTranslation('devices');
  const hold = useHeld(onHeld);
  const body = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focusedIndex = focusedId === null ? -1 : order.indexOf(focusedId);
  const virtual = useRows(order, body, focusedIndex);
  const isNarrow = useIsNarrow();
  const onKeyDown = useRowKeys({ body, order, virtual, toggle: selection.toggle });

  return (
    <div role="table" aria-label={t('title')} aria-rowcount={order.length + 1} aria-colcount={columnIds.length + 2} {...hold} data-testid="devices-table">
      <TableHead sort={sort} order={order} selection={selection} />
      <div
        ref={body}
        role="rowgroup"
        className="relative"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
        onFocus={(event) => setFocusedId(event.target.closest<HTMLElement>('[data-device-id]')?.dataset['deviceId'] ?? null)}
        onBlur={() => setFocusedId(null)}
      >
        {virtual.getVirtualItems().map((item) => {
          const device = devices.get(order[item.index]!);
          if (!device) return null;
          return (
            <DeviceRow
              key={device.id}
              device={device}
              banState={banStateOf(device, pending)}
              index={item.index}
              top={item.start - virtual.options.scrollMargin}
              height={item.size}
              isNarrow={isNarrow}
              isSelected={selection.ids.has(device.id)}
              mayBan={mayBan}
              onSelect={selection.toggle}
              onOpen={onOpen}
              onBan={onBan}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The row with the focus stays in the page wherever it is scrolled to. */
function useRows(order: readonly string[], body: RefObject<HTMLDivElement | null>, focusedIndex: number) {
  const height = useRowHeight();
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setScrollMargin((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body]);
  const virtual = useWindowVirtualizer({
    count: order.length,
    estimateSize: useCallback(() => height, [height]),
    overscan: 4,
    scrollMargin,
    scrollPaddingStart: 100,
    scrollPaddingEnd: 64,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (focusedIndex < 0 || indexes.includes(focusedIndex)) return indexes;
      return [...indexes, focusedIndex].sort((a, b) => a - b);
    },
  });
  useLayoutEffect(() => virtual.measure(), [virtual, height]);
  return virtual;
}

/** Pointer in the table (not a finger, which leaves no pointer behind) or focus in it. */
function useHeld(onHeld: (held: boolean) => void) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  useEffect(() => {
    onHeld(held);
    return () => onHeld(false);
  }, [held, onHeld]);
  return {
    onPointerEnter: (event: React.PointerEvent) => setPointed(event.pointerType === 'mouse'),
    onPointerMove: (event: React.PointerEvent) => setPointed(event.pointerType === 'mouse'), // A table that appears under the pointer is not entered.
    onPointerLeave: () => setPointed(false),
    onFocusCapture: () => setFocused(true),
    onBlurCapture: (event: FocusEvent) => setFocused(event.currentTarget.contains(event.relatedTarget)),
  };
}
