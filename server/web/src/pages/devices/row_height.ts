// How high a row is: two lines on a wide screen, a small card on a phone; it follows the size of the text.
// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';

const wideRem = 3;
const narrowRem = 5.75;
const isWide = window.matchMedia('(min-width: 64rem)');

/** Measured when the window changes, not at each drawing: asking for a style makes the browser lay out the page. */
let measured: number | null = null;

function measure(): number {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round((isWide.matches ? wideRem : narrowRem) * rem);
}

function subscribe(listener: () => void): () => void {
  const changed = () => {
    measured = measure();
    listener();
  };
  isWide.addEventListener('change', changed);
  window.addEventListener('resize', changed);
  return () => {
    isWide.removeEventListener('change', changed);
    window.removeEventListener('resize', changed);
  };
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => !isWide.matches);
}

export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => (measured ??= measure()));
}
