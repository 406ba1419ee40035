// A name that a guest or a machine chose: isolated, so that it cannot turn the text around it, and marked when there is none.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

export function GuestName({ name, otherwise = null, className = '' }: { name: string; otherwise?: ReactNode; className?: string }) {
  return name ? <bdi className={className}>{name}</bdi> : <span className="text-muted font-normal">{otherwise}</span>;
}
