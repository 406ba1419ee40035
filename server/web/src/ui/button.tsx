// The buttons of Vivi: three weights, never under 24 px, one look when busy.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-on-accent border-transparent hover:brightness-110',
  danger: 'bg-danger-fill text-white border-transparent hover:brightness-110',
  plain: 'bg-surface text-ink border-field hover:bg-sunken',
  quiet: 'border-transparent text-muted hover:bg-sunken hover:text-ink',
} as const;

const sizes = {
  small: 'h-7 px-2.5 text-xs',
  normal: 'h-9 px-3.5 text-sm',
  icon: 'size-8 justify-center',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof looks;
  size?: keyof typeof sizes;
}

export function Button({ look = 'plain', size = 'normal', className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:opacity-60 ${looks[look]} ${sizes[size]} ${className}`}
      {...rest}
    />
  );
}
