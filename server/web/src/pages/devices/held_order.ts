// The order of the rows stands still while somebody points at them, and otherwise changes at a pace the eye can follow.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';

export const reorderEveryMs = 2_000;

/** `wanted` in the order of `before`: what is new goes to the end, what is gone goes. */
export function heldOrder(before: readonly string[], wanted: readonly string[]): readonly string[] {
  const there = new Set(wanted);
  const kept = before.filter((id) => there.has(id));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((id) => !known.has(id))];
}

interface Taken {
  readonly key: string;
  readonly at: number;
  readonly order: readonly string[];
}

/** Whether to take the wanted order now: somebody asked (`key`), rows came or went while nobody points, or it is time. */
export function mayReorder(taken: Taken, key: string, wanted: readonly string[], held: boolean, now: number): boolean {
  if (taken.key !== key || taken.order.length === 0) return true;
  if (held) return false;
  return wanted.length !== taken.order.length || now - taken.at >= reorderEveryMs;
}

/** `key` is what the person asked for (column, filter): a change of it reorders at once. */
export function useHeldOrder(wanted: readonly string[], key: string, held: boolean): readonly string[] {
  const taken = useRef<Taken>({ key: '', at: 0, order: [] });
  const [, turn] = useState(0);
  const now = Date.now();
  if (mayReorder(taken.current, key, wanted, held, now)) taken.current = { key, at: now, order: wanted };
  else taken.current = { ...taken.current, order: heldOrder(taken.current.order, wanted) };

  useEffect(() => {
    if (held) return;
    const timer = setInterval(() => turn((before) => before + 1), reorderEveryMs);
    return () => clearInterval(timer);
  }, [held]);
  return taken.current.order;
}
