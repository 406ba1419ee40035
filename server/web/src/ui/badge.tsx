// A word in a small frame, in the colour of what it says; the word says it too.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

export type Tone = 'plain' | 'ok' | 'warn' | 'danger' | 'accent';

const tones: Record<Tone, string> = {
  plain: 'border-line text-muted',
  ok: 'border-ok/40 text-ok',
  warn: 'border-warn/40 text-warn',
  danger: 'border-danger/40 text-danger',
  accent: 'border-accent/40 text-accent',
};

export function Badge({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span title={title} className={`inline-flex items-center gap-1 rounded border px-1.5 text-xs leading-[1.1rem] font-medium whitespace-nowrap ${tones[tone]}`}>
      {children}
    </span>
  );
}
