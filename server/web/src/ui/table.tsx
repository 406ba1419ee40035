// A plain table for tens of rows: columns with their heads, and on a phone sideways inside its own frame only.
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
  return (
    <div role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full text-sm">
        <thead>
          <tr className="text-muted text-xs">
            {columns.map((column) => (
              <th key={column.id} scope="col" className={`border-line border-b px-3 py-2 font-medium whitespace-nowrap ${side(column)}`}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-line not-last:border-b">
              {columns.map((column) => (
                <td key={column.id} className={`px-3 py-2 ${side(column)}`}>
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
