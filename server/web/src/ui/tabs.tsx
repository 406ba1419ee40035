// Parts of a page, one at a time: arrow keys move along them.
// SPDX-License-Identifier: Apache-2.0
import { Tabs as RadixTabs } from 'radix-ui';
import type { ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

/** `value` is best kept in the address bar (useUrlParam). */
export function Tabs({ label, tabs, value, onChange }: { label: string; tabs: readonly Tab[]; value: string; onChange: (id: string) => void }) {
  return (
    <RadixTabs.Root value={value} onValueChange={onChange}>
      <RadixTabs.List aria-label={label} className="border-line mb-4 flex gap-1 overflow-x-auto border-b">
        {tabs.map(({ id, label: name }) => (
          <RadixTabs.Trigger
            key={id}
            value={id}
            className="text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink -mb-px h-9 shrink-0 border-b-2 border-transparent px-3 font-medium whitespace-nowrap"
          >
            {name}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map(({ id, content }) => (
        <RadixTabs.Content key={id} value={id} className="outline-none">
          {content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}
