// The state of something as a dot and a word: never the colour alone.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

const tones = {
  ok: { dot: 'bg-ok', text: 'text-ok' },
  warn: { dot: 'bg-warn', text: 'text-warn' },
  danger: { dot: 'bg-danger', text: 'text-danger' },
  quiet: { dot: 'bg-muted', text: 'text-muted' },
} as const;

export type Tone = keyof typeof tones;

export function StateMark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${tones[tone].text}`}>
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${tones[tone].dot}`} />
      {children}
    </span>
  );
}

export const toneOfHealth = { GOOD: 'ok', ATTENTION: 'warn', BAD: 'danger' } as const;
