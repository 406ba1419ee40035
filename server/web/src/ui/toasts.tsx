// Short messages after an action, each with at most one way back. What draws them is loaded with the first one.
// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, type ReactNode } from 'react';
import { PacedStore, useStore } from '../live/paced_store';

export interface Toast {
  readonly id: number;
  /** What it is about: a newer message about the same replaces it. */
  readonly about: string;
  readonly content: ReactNode;
  readonly tone: 'plain' | 'danger';
  readonly action?: { label: string; run: () => void };
}

const atMost = 3;
const toasts = new PacedStore<readonly Toast[]>([]);
const ToastCards = lazy(() => import('./toast_cards').then((file) => ({ default: file.ToastCards })));
let nextId = 1;

export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  toasts.update([...toasts.latest().filter((each) => each.about !== toast.about), { ...toast, id }].slice(-atMost), 'now');
}

export function dismiss(id: number): void {
  toasts.update(
    toasts.latest().filter((toast) => toast.id !== id),
    'now',
  );
}

export function Toasts() {
  const shown = useStore(toasts);
  if (shown.length === 0) return null;
  return (
    <Suspense>
      <ToastCards toasts={shown} />
    </Suspense>
  );
}
