// One line of a queue: what it is about, some detail, and what can be done.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../../ui/icons';

export function Item({ icon, tone = 'text-muted', title, note, children, testId }: { icon: IconName; tone?: string; title: ReactNode; note: ReactNode; children?: ReactNode; testId: string }) {
  return (
    <li data-testid={testId} className="border-line flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b py-2 last:border-b-0">
      <Icon name={icon} className={`size-4 self-start mt-0.5 ${tone}`} />
      <div className="min-w-40 flex-1">
        <p className="leading-5 font-medium">{title}</p>
        <p className="text-muted text-xs leading-5">{note}</p>
      </div>
      {children && <div className="ml-auto flex flex-wrap items-center gap-1.5">{children}</div>}
    </li>
  );
}
