// The parts of an exported audit log as one file: one header in CSV, one list in JSON.
// SPDX-License-Identifier: Apache-2.0
import type { ExportFormat } from '../../generated/graphql';

export function joinParts(format: ExportFormat, parts: readonly string[]): string {
  if (format === 'JSON') return `${JSON.stringify(parts.flatMap((part) => JSON.parse(part) as unknown[]), null, 1)}\n`;
  return parts.map((part, index) => (index === 0 ? part : part.slice(part.indexOf('\r\n') + 2))).join('');
}
