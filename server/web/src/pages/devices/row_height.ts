// How high a row is: two lines on a wide screen, a small card on a phone; it follows the size of the text.
// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';

const wideRem = 3;
const narrowRem = 5.75;
const isWide = window.matchMedia('(min-width: 64rem)');

function subscribe(listener: () => void): () => void {
  isWide.addEventListener('change', listener);
  window.addEventListener('resize', listener);
  return () => {
    isWide.removeEventListener('change', listener);
    window.removeEventListener('resize', listener);
  };
}

export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    return Math.round((isWide.matches ? wideRem : narrowRem) * rem);
  });
}
