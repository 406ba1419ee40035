// A question before something happens: what will be, one way on and one way back; for what cannot be undone, a name to type.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { filled, gaps } from '../ui/filled';
import type { Problem } from './act';
import { Problems } from './problems';
import { Field } from './field';

export interface AskProps {
  title: string;
  children?: ReactNode;
  submit: string;
  onSubmit: (fields: FormData) => void;
  onClose: () => void;
  isBusy?: boolean;
  isDanger?: boolean;
  /** What must be typed first. */
  typed?: string | undefined;
  problems?: readonly Problem[];
  testId?: string;
}

const folded = (text: string) => text.trim().replace(/\s+/g, ' ').toLocaleLowerCase();

export function Ask({ title, children, submit, onSubmit, onClose, isBusy, isDanger, typed, problems = [], testId }: AskProps) {
  const { t } = useTranslation('forms');
  const [written, setWritten] = useState('');
  const parts = { name: <bdi className="font-semibold">{typed}</bdi> };
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // The browser's dialog puts the focus on whatever comes first; what is to be typed matters more.
    const fields = [...(form.current?.querySelectorAll<HTMLInputElement>('input:not([readonly])') ?? [])];
    (fields.find(({ value }) => !value) ?? fields[0])?.focus();
  }, []);
  const isConfirmed = typed === undefined || folded(written) === folded(typed);

  function onForm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation();
    if (isConfirmed && !isBusy) onSubmit(new FormData(event.currentTarget));
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={onForm} data-testid={testId}>
        {children}
        {typed !== undefined && (
          <Field
            label={filled(t('typeName', gaps(parts)), parts)}
            name="typed"
            value={written}
            onChange={(event) => setWritten(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <Problems of={problems} />
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look={isDanger ? 'danger' : 'primary'} disabled={!isConfirmed} aria-disabled={isBusy}>
            {isBusy ? t('busy') : submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
