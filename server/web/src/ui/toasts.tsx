// Short messages after an action, each with at most one way back; they stay while looked at and never hold the only way.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PacedStore, useStore } from '../live/paced_store';
import { Button } from './button';
import { Icon } from './icons';

interface Toast {
  readonly id: number;
  /** What it is about: a newer message about the same replaces it. */
  readonly about: string;
  readonly content: ReactNode;
  readonly tone: 'plain' | 'danger';
  readonly action?: { label: string; run: () => void };
}

const shownForMs = 10_000;
const atMost = 3;
const toasts = new PacedStore<readonly Toast[]>([]);
let nextId = 1;

export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  toasts.update([...toasts.latest().filter((each) => each.about !== toast.about), { ...toast, id }].slice(-atMost), 'now');
}

function dismiss(id: number): void {
  const rest = toasts.latest().filter((toast) => toast.id !== id);
  toasts.update(rest, 'now');
}

export function Toasts() {
  const { t } = useTranslation();
  const shown = useStore(toasts);
  return (
    <section aria-label={t('toast.region')} aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-0 z-30 flex flex-col items-center gap-2 p-4">
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(toast.id), shownForMs);
    return () => clearTimeout(timer);
  }, [held, toast.id]);
  const { action } = toast;
  return (
    <div
      data-testid="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={`arrives panel pointer-events-auto flex max-w-full items-center gap-3 py-2 pr-2 pl-4 shadow-lg ${toast.tone === 'danger' ? 'text-danger' : ''}`}
    >
      <p className="min-w-0 truncate">{toast.content}</p>
      {action && (
        <Button
          size="small"
          onClick={() => {
            dismiss(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <Button size="icon" look="quiet" aria-label={t('toast.dismiss')} onClick={() => dismiss(toast.id)}>
        <Icon name="close" />
      </Button>
    </div>
  );
}
