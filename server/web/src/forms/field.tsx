// The fields of ui/field in the rhythm of a form, one below the other.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps } from 'react';
import * as ui from '../ui/field';

export function Field({ className = '', ...rest }: ComponentProps<typeof ui.Field>) {
  return <ui.Field {...rest} className={`mt-4 min-w-0 ${className}`} />;
}

export function TextField({ className = '', ...rest }: ComponentProps<typeof ui.TextArea>) {
  return <ui.TextArea {...rest} className={`mt-4 min-w-0 ${className}`} />;
}

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export function Choice<Value extends string>({ options, className = '', ...rest }: Omit<ComponentProps<typeof ui.Select>, 'children'> & { options: readonly Option<Value>[] }) {
  return (
    <ui.Select {...rest} className={`mt-4 min-w-0 ${className}`}>
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </ui.Select>
  );
}

export function Check({ className = '', ...rest }: ComponentProps<typeof ui.Checkbox>) {
  return <ui.Checkbox {...rest} className={`mt-4 ${className}`} />;
}
