// Asks once before something is destroyed; with `word`, that word has to be typed.
// SPDX-License-Identifier: Apache-2.0
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { Dialog } from './dialog';
import { filled, gaps } from './filled';

interface Props {
  title: ReactNode;
  children: ReactNode;
  action: string;
  /** To be typed before the action can be chosen; absent: one click. */
  word?: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, action, word, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const isSure = word === undefined || typed.trim() === word.trim();
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isSure) onConfirm();
  }
  return (
    <Dialog title={title} onClose={onClose} isAlert>
      <form onSubmit={submit} data-testid="confirm">
        <div className="mt-3 space-y-3 leading-relaxed">{children}</div>
        {word !== undefined && <TypedWord word={word} value={typed} onChange={setTyped} />}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" look="danger" disabled={!isSure} data-testid="confirm-ok">
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** "Type NAME to confirm". */
export function TypedWord({ word, value, onChange }: { word: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const parts = { word: <bdi className="font-semibold">{word}</bdi> };
  const id = useId();
  return (
    <div className="mt-4">
      <label htmlFor={id} className="mb-1.5 block">
        {filled(t('confirm.type', gaps(parts)), parts)}
      </label>
      <input id={id} value={value} onChange={(event) => onChange(event.target.value)} autoComplete="off" spellCheck={false} className="field w-full" data-testid="confirm-word" />
    </div>
  );
}
