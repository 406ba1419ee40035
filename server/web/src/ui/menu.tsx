// A menu behind a button, in the landmark of its button. Not modal: Radix's scroll lock writes a style element, which the page's Content-Security-Policy forbids.
// SPDX-License-Identifier: Apache-2.0
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon, type IconName } from './icons';

const item = 'data-highlighted:bg-sunken flex min-h-9 cursor-pointer items-center gap-2.5 rounded px-2.5 py-1 outline-none select-none data-disabled:cursor-default data-disabled:opacity-50';

export function Menu({ label, trigger, children, align = 'end', defaultOpen = false }: { label: string; trigger: ReactNode; children: ReactNode; align?: 'start' | 'end'; defaultOpen?: boolean }) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content
        aria-label={label}
        align={align}
        sideOffset={6}
        collisionPadding={8}
        className="arrives panel z-30 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(24rem,calc(100vw-1rem))] min-w-52 overflow-y-auto p-1.5 shadow-xl"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ onSelect, icon, disabled = false, children, ...rest }: { onSelect: () => void; icon?: IconName; disabled?: boolean; children: ReactNode; 'data-testid'?: string }) {
  return (
    <DropdownMenu.Item className={item} onSelect={onSelect} disabled={disabled} {...rest}>
      {icon && <Icon name={icon} className="text-muted size-4" />}
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuLink({ to, icon, children }: { to: string; icon?: IconName; children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild className={item}>
      <Link to={to}>
        {icon && <Icon name={icon} className="text-muted size-4" />}
        {children}
      </Link>
    </DropdownMenu.Item>
  );
}

/** One of several, the chosen one ticked. */
export function MenuChoices({ label, value, onChoose, children }: { label: string; value: string; onChoose: (value: string) => void; children: ReactNode }) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={onChoose} aria-label={label}>
      <DropdownMenu.Label className="text-muted px-2.5 pt-2 pb-1 text-xs">{label}</DropdownMenu.Label>
      {children}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuChoice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <DropdownMenu.RadioItem value={value} className={item}>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <DropdownMenu.ItemIndicator>
        <Icon name="check" className="text-accent size-4" />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.RadioItem>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="bg-line my-1.5 h-px" />;
}

export function MenuNote({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2.5 py-1.5">{children}</DropdownMenu.Label>;
}
