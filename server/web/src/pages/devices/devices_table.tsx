// Thousands of devices, of which only those in sight are in the page. Sorting and filtering by TanStack Table, sight by TanStack Virtual.
// SPDX-License-Identifier: Apache-2.0
import { useTable, type Row } from '@tanstack/react-table';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type FocusEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { banStateOf, type Device, type PendingBan } from '../../live/devices';
import { useUrlParam } from '../../url_params';
import { columns, defaultSort, features, matches, sortingOf, textOf } from './columns';
import { DeviceRow } from './device_row';
import { useHeldOrder } from './held_order';
import { useRowHeight } from './row_height';
import { TableHead } from './table_head';

interface Props {
  devices: Device[];
  pending: ReadonlyMap<string, PendingBan>;
  filter: string;
  /** Somebody paused the page: the order stands still too. */
  isPaused: boolean;
  onShown: (count: number) => void;
  onHeld: (held: boolean) => void;
  onBan: (id: string) => void;
  onUnban: (device: Device) => void;
}

type DeviceTableRow = Row<typeof features, Device>;

const idOf = (device: Device) => device.id;
const byFilter = (row: DeviceTableRow, _column: string, filter: string) => matches(row.original, filter);

export function DevicesTable({ devices, pending, filter, isPaused, onShown, onHeld, onBan, onUnban }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  const [sort, setSort] = useUrlParam('sort');
  const sorting = useMemo(() => sortingOf(sort), [sort]);
  const state = useMemo(() => ({ sorting, globalFilter: filter.trim() }), [sorting, filter]);
  const table = useTable({ features, columns, data: devices, state, getRowId: idOf, globalFilterFn: byFilter });
  const rows = table.getRowModel().rows;
  const [held, hold] = useHeld(onHeld);
  const order = useHeldOrder(
    useMemo(() => rows.map((row) => row.id), [rows]),
    `${sort}/${filter}`,
    held || isPaused,
  );
  const byId = useMemo(() => new Map(rows.map((row) => [row.id, row.original])), [rows]);
  useEffect(() => onShown(rows.length), [onShown, rows.length]);

  const body = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focusedIndex = focusedId === null ? -1 : order.indexOf(focusedId);
  const virtual = useRows(order, body, focusedIndex);
  const first = sorting[0]!;

  return (
    <div role="table" aria-label={t('title')} aria-rowcount={order.length + 1} aria-colcount={columns.length + 1} {...hold} data-testid="devices-table">
      <TableHead
        sort={first}
        onSort={(id, descendingFirst) => {
          const text = textOf(id, first.id === id ? !first.desc : descendingFirst);
          setSort(text === defaultSort ? '' : text);
        }}
      />
      <div
        ref={body}
        role="rowgroup"
        className="relative"
        style={{ height: virtual.getTotalSize() }}
        onFocus={(event) => setFocusedId(event.target.closest<HTMLElement>('[data-device-id]')?.dataset['deviceId'] ?? null)}
        onBlur={() => setFocusedId(null)}
      >
        {virtual.getVirtualItems().map((item) => {
          const device = byId.get(order[item.index]!);
          if (!device) return null;
          const top = item.start - virtual.options.scrollMargin;
          return <DeviceRow key={device.id} device={device} banState={banStateOf(device, pending)} index={item.index} top={top} height={item.size} onBan={onBan} onUnban={onUnban} />;
        })}
      </div>
    </div>
  );
}

/** The row with the focus stays in the page wherever it is scrolled to. */
function useRows(order: readonly string[], body: React.RefObject<HTMLDivElement | null>, focusedIndex: number) {
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
    estimateSize: () => height,
    overscan: 8,
    scrollMargin,
    getItemKey: (index) => order[index] ?? index,
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
  useEffect(() => onHeld(held), [held, onHeld]);
  const handlers = {
    onPointerEnter: (event: React.PointerEvent) => setPointed(event.pointerType === 'mouse'),
    onPointerLeave: () => setPointed(false),
    onFocusCapture: () => setFocused(true),
    onBlurCapture: (event: FocusEvent) => setFocused(event.currentTarget.contains(event.relatedTarget)),
  };
  return [held, handlers] as const;
}
