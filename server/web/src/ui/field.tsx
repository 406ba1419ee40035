// A labelled input: what it is for, a hint, and what is wrong with what was entered, all told to screen readers too.
// SPDX-License-Identifier: Apache-2.0
import { useId, type ComponentProps, type ReactNode } from 'react';

interface Around {
  label: ReactNode;
  hint?: ReactNode;
  problem?: ReactNode;
  /** The label is read, not seen. */
  isLabelHidden?: boolean;
  className?: string;
}

type Described = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

function Labelled({ label, hint, problem, isLabelHidden = false, className = '', children }: Around & { children: (described: Described) => ReactNode }) {
  const id = useId();
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className={className}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'mb-1.5 block font-medium'}>
        {label}
      </label>
      {children({ id, 'aria-describedby': about || undefined, 'aria-invalid': problem ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-muted mt-1 text-xs leading-relaxed">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} role="alert" className="text-danger mt-1 text-xs leading-relaxed">
          {problem}
        </p>
      )}
    </div>
  );
}

export function Field({ label, hint, problem, isLabelHidden = false, className = '', ...input }: Around & Omit<ComponentProps<'input'>, 'id'>) {
  return (
    <Labelled label={label} hint={hint} problem={problem} isLabelHidden={isLabelHidden} className={className}>
      {(described) => <input {...input} {...described} className="field w-full" />}
    </Labelled>
  );
}

export function TextArea({ label, hint, problem, isLabelHidden = false, className = '', ...input }: Around & Omit<ComponentProps<'textarea'>, 'id'>) {
  return (
    <Labelled label={label} hint={hint} problem={problem} isLabelHidden={isLabelHidden} className={className}>
      {(described) => <textarea {...input} {...described} className="field h-auto min-h-24 w-full py-2 leading-relaxed" />}
    </Labelled>
  );
}

/** The options are the children. */
export function Select({ label, hint, problem, isLabelHidden = false, className = '', children, ...select }: Around & Omit<ComponentProps<'select'>, 'id'>) {
  return (
    <Labelled label={label} hint={hint} problem={problem} isLabelHidden={isLabelHidden} className={className}>
      {(described) => (
        <select {...select} {...described} className="field w-full">
          {children}
        </select>
      )}
    </Labelled>
  );
}

export function Checkbox({ label, hint, className = '', ...input }: Around & Omit<ComponentProps<'input'>, 'id' | 'type'>) {
  const id = useId();
  return (
    <div className={`flex items-start gap-2.5 ${className}`}>
      <input {...input} type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} className="accent-accent size-6 shrink-0" />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="text-muted text-xs leading-relaxed">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
