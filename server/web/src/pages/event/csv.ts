// Rows as CSV (RFC 4180); what a spreadsheet would take for a formula begins with an apostrophe, as the server's files do.
// SPDX-License-Identifier: Apache-2.0
type Cell = string | number;

function field(cell: Cell): string {
  const text = typeof cell === 'number' ? String(cell) : /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return `"${text.replaceAll('"', '""')}"`;
}

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
