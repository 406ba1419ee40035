// A part of a page in a frame of its own, with its heading and what can be done there.
// SPDX-License-Identifier: Apache-2.0
import { useId, type ReactNode } from 'react';

interface Props {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  testId?: string;
}

export function Panel({ title, note, actions, children, className = '', testId }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} data-testid={testId} className={`panel min-w-0 p-4 ${className}`}>
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {note && <p className="text-muted text-xs">{note}</p>}
        {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
