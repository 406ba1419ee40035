// The phases of an event on a line, with where it is now.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { At } from './span';
import { holdsAt, lineOf, type Phase } from './phases';

const rowRem = 1.75;
const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

export function PhaseLine({ phases, timeZone, now = Date.now() }: { phases: readonly Phase[]; timeZone: string; now?: number }) {
  const { t } = useTranslation('event');
  const line = lineOf(phases);
  if (!line) return null;
  const isWithin = now >= line.from && now < line.to;
  const current = line.bars.filter(({ phase }) => holdsAt(phase, now));
  return (
    <figure className="panel mb-4 p-4">
      <figcaption className="mb-2 flex flex-wrap justify-between gap-x-4 text-xs">
        <span className="font-medium" data-testid="phase-now">
          {current.length > 0 ? (
            <>
              {t('phases.now')} <bdi>{current.map(({ phase }) => phase.name).join(', ')}</bdi>
            </>
          ) : (
            t('phases.noneNow')
          )}
        </span>
        <span className="text-muted">
          <At at={new Date(line.from).toISOString()} timeZone={timeZone} /> – <At at={new Date(line.to).toISOString()} timeZone={timeZone} /> · {timeZone}
        </span>
      </figcaption>
      <ol className="relative" style={{ height: `${line.rows * rowRem}rem` }}>
        {line.bars.map(({ phase, left, width, row }) => (
          <li
            key={phase.name}
            title={phase.name}
            className={`absolute flex h-6 items-center overflow-hidden rounded px-1.5 text-xs ${holdsAt(phase, now) ? 'bg-accent text-on-accent' : 'bg-sunken text-ink'}`}
            style={{ left: percent(left), width: `calc(${percent(width)} - 2px)`, top: `${row * rowRem}rem` }}
          >
            <bdi className="truncate">{phase.name}</bdi>
          </li>
        ))}
        {isWithin && <li aria-hidden="true" className="bg-danger absolute inset-y-0 w-0.5" style={{ left: percent((now - line.from) / (line.to - line.from)) }} />}
      </ol>
    </figure>
  );
}
