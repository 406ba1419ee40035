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
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
} as const;

export function Icon({ name, className = 'size-4' }: { name: keyof typeof paths; className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`shrink-0 ${className}`} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark({ className = 'size-7' }: { className?: string }) {
  return <img src={mark} alt="" className={className} />;
}
