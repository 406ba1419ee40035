// The columns of the devices table, how each sorts, and how an order is written in the address bar.
// SPDX-License-Identifier: Apache-2.0
import { columnFilteringFeature, createColumnHelper, createFilteredRowModel, createSortedRowModel, globalFilteringFeature, rowSortingFeature, tableFeatures, type SortingState } from '@tanstack/react-table';
import { labelOf, type Device } from '../../live/devices';

export const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});

export const columnIds = ['device', 'address', 'rateDown', 'rateUp', 'bytesDown', 'bytesUp', 'lastSeenAt'] as const;
export type ColumnId = (typeof columnIds)[number];

const helper = createColumnHelper<typeof features, Device>();
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export const columns = helper.columns([
  helper.accessor((device) => labelOf(device), { id: 'device', sortFn: (a, b) => collator.compare(labelOf(a.original), labelOf(b.original)) }),
  helper.accessor((device) => addressNumber(device.address), { id: 'address' }),
  helper.accessor((device) => device.rateDown, { id: 'rateDown', sortDescFirst: true }),
  helper.accessor((device) => device.rateUp, { id: 'rateUp', sortDescFirst: true }),
  helper.accessor((device) => device.bytesDown, { id: 'bytesDown', sortDescFirst: true }),
  helper.accessor((device) => device.bytesUp, { id: 'bytesUp', sortDescFirst: true }),
  helper.accessor((device) => Date.parse(device.lastSeenAt), { id: 'lastSeenAt', sortDescFirst: true }),
]);

/** 10.0.0.9 comes before 10.0.0.10; no address comes last. */
export function addressNumber(address: string | null): number {
  if (!address) return Number.MAX_SAFE_INTEGER;
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Every word of the filter in the name, the host name, the MAC or the address. */
export function matches(device: Device, filter: string): boolean {
  const text = `${device.name} ${device.hostname} ${device.mac} ${device.address ?? ''}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const defaultSort = '-rateDown';

/** "-rateDown" in the address bar; what does not name a column is the default. Ties go by bytes, then by first seen. */
export function sortingOf(text: string): SortingState {
  const desc = text.startsWith('-');
  const id = columnIds.find((each) => each === text.replace(/^-/, ''));
  const first = id ? { id, desc } : { id: 'rateDown', desc: true };
  return first.id === 'bytesDown' ? [first] : [first, { id: 'bytesDown', desc: true }];
}

export function textOf(id: string, desc: boolean): string {
  return `${desc ? '-' : ''}${id}`;
}
