// The few signs the page uses, drawn in the colour of the text beside them; words always stand next to them or label them.
// SPDX-License-Identifier: Apache-2.0
import mark from './icon.svg';

const paths = {
  pause: 'M6 4v8M10 4v8',
  play: 'M5 3.5v9l7-4.5z',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  down: 'M8 2.5v10M4 9l4 4 4-4',
  up: 'M8 13.5v-10M4 7l4-4 4 4',
  warn: 'M8 5.5v3.5M8 11.4v.1M8 2L1.5 13.5h13z',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  open: 'M4.5 6.5L8 10l3.5-3.5',
  next: 'M6.5 4.5L10 8l-3.5 3.5',
  back: 'M9.5 4.5L6 8l3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  person: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.6-2.3 2.6-3.5 5-3.5s4.4 1.2 5 3.5',
  leave: 'M6.5 13.500h-3v-11h3M7 8h6.500M11 5.500L13.5 8 11 10.5',
  now: 'M1.5 8.500h3l2-5 3 9 2-4h3',
  devices: 'M2 3.500h9v7H2zM0.8 12.800h8M11.5 6h3v7h-3z',
  traffic: 'M2 13.500V9M6 13.500V5M10 13.500V7.500M14 13.500V2.5',
  rules: 'M8 1.800l5.5 2v4c0 3.2-2.3 5.4-5.5 6.5-3.2-1.1-5.5-3.3-5.5-6.500v-4z',
  router: 'M2 9.500h12v4H2zM4.5 11.500h.01M7 11.500h.01M5 6.500a4.5 4.5 0 0 1 6 0M3 4.200a7.5 7.5 0 0 1 10 0',
  event: 'M2.5 3.500h11v10h-11zM2.5 6.500h11M5.5 2v3M10.5 2v3',
  settings: 'M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M9 3v3M4 10v3',
  eye: 'M1.2 8S3.6 3.5 8 3.5 14.8 8 14.8 8 12.4 12.5 8 12.5 1.2 8 1.2 8zM8 9.800a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.600z',
  lock: 'M3.5 7h9v6.500h-9zM5.5 7V4.800a2.5 2.5 0 0 1 5 0V7',
  ban: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.8 3.800l8.4 8.4',
  copy: 'M5.5 5.500h8v8h-8zM3.5 10.500h-1v-8h8v1',
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, className = 'size-4' }: { name: IconName; className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`shrink-0 ${className}`} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark({ className = 'size-7' }: { className?: string }) {
  return <img src={mark} alt="" className={className} />;
}
