// A few choices side by side, of which one holds: radio buttons with the look of one control.
// SPDX-License-Identifier: Apache-2.0
import { useId, type ReactNode } from 'react';

interface Props<Value extends string> {
  label: string;
  value: Value;
  options: readonly { readonly value: Value; readonly label: ReactNode }[];
  onChoose: (value: Value) => void;
  isLabelHidden?: boolean;
}

export function Segments<Value extends string>({ label, value, options, onChoose, isLabelHidden = false }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={isLabelHidden ? 'sr-only' : 'mb-1.5 font-medium'}>{label}</legend>
      <div className="border-field inline-flex max-w-full flex-wrap overflow-hidden rounded-md border">
        {options.map((option) => (
          <label
            key={option.value}
            className={`has-focus-visible:outline-accent relative flex h-9 cursor-pointer items-center px-3.5 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 ${option.value === value ? 'bg-accent text-on-accent font-medium' : 'bg-surface hover:bg-sunken'}`}
          >
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChoose(option.value)} className="absolute inset-0 size-full cursor-pointer opacity-0" />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
