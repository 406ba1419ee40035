// A plain table for tens of rows: columns with their heads; many columns in a narrow frame become a card a row.
// SPDX-License-Identifier: Apache-2.0
import type { Key, ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => Key;
}

export function Table<Row>({ label, columns, rows, keyOf }: Props<Row>) {
  const side = (column: Column<Row>) => (column.align === 'right' ? 'text-right tabular-nums' : 'text-left');
  const narrow = columns.length > 6 ? '@max-6xl:cards' : columns.length > 3 ? '@max-3xl:cards' : '';
  // As cards they are no table for the browser any more: hence the roles.
  return (
    <div role="region" aria-label={label} tabIndex={0} className="@container relative overflow-x-auto">
      <table role="table" className={`w-full text-sm ${narrow}`}>
        <thead role="rowgroup">
          <tr role="row" className="text-muted text-xs">
            {columns.map((column) => (
              <th key={column.id} role="columnheader" scope="col" className={`border-line border-b px-3 py-2 font-medium whitespace-nowrap ${side(column)}`}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" className="border-line not-last:border-b">
              {columns.map((column) => (
                <td key={column.id} role="cell" data-head={typeof column.head === 'string' ? column.head : undefined} className={`px-3 py-2 ${side(column)}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
