// One number at a time, as large as the screen allows, with what it means below it.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatCount, formatRate } from '../../format/quantity';
import type { Board, Numbers, Rate, Slide } from './board';

export function SlideView({ slide, board, numbers }: { slide: Slide; board: Board; numbers: Numbers }) {
  const { t, i18n } = useTranslation('show');
  const count = (value: number) => formatCount(value, i18n.language);
  const rate = (value: number) => formatRate(value, i18n.language);
  const bytes = (value: number) => formatBytes(value, i18n.language);
  const said = {
    people: (
      <>
        <Big>{count(numbers.devicesOnline)}</Big>
        <Caption>{t('slides.people.caption', { count: numbers.devicesOnline })}</Caption>
        <Small items={[t('slides.people.seen', { count: numbers.deviceCount, value: count(numbers.deviceCount) }), t('slides.people.peak', { value: count(board.peakOnline) }), t('slides.people.routers', { online: numbers.routersOnline, count: numbers.routerCount })]} />
      </>
    ),
    speed: (
      <>
        <Big>{rate(numbers.rateDown)}</Big>
        <Caption>{t('slides.speed.caption')}</Caption>
        <Small items={[t('slides.speed.up', { value: rate(numbers.rateUp) })]} />
        <Wave rates={board.rates} />
      </>
    ),
    total: (
      <>
        <Big>{bytes(numbers.bytesDown + numbers.bytesUp)}</Big>
        <Caption>{t('slides.total.caption')}</Caption>
        <Small items={[t('slides.total.down', { value: bytes(numbers.bytesDown) }), t('slides.total.up', { value: bytes(numbers.bytesUp) })]} />
      </>
    ),
  } as const;
  return (
    <section className="arrives flex flex-1 flex-col items-center justify-center py-8 text-center" key={slide} aria-label={t(`slides.${slide}.name`)}>
      {said[slide]}
    </section>
  );
}

function Big({ children }: { children: ReactNode }) {
  return (
    <p className="text-[clamp(3.5rem,19vmin,24rem)] leading-none font-semibold tracking-tight tabular-nums" data-testid="show-number">
      {children}
    </p>
  );
}

function Caption({ children }: { children: ReactNode }) {
  return <p className="mt-[2vmin] text-[clamp(1.125rem,4.5vmin,5rem)] font-medium text-balance">{children}</p>;
}

function Small({ items }: { items: readonly string[] }) {
  return (
    <ul className="text-muted mt-[3vmin] flex flex-wrap justify-center gap-x-[4vmin] gap-y-1 text-[clamp(0.875rem,2.4vmin,2.5rem)]">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

const width = 600;
const height = 80;

/** The line of the last minutes; empty while there is no line yet. */
export function waveOf(rates: readonly Rate[]): string {
  const first = rates[0];
  const last = rates.at(-1);
  if (!first || !last || first === last) return '';
  const most = Math.max(1, ...rates.map(({ down }) => down));
  const points = rates.map(({ at, down }) => `${(((at - first.at) / (last.at - first.at)) * width).toFixed(1)} ${(height - (down / most) * (height - 4)).toFixed(1)}`);
  return `M0 ${height}L${points.join('L')}L${width} ${height}Z`;
}

function Wave({ rates }: { rates: readonly Rate[] }) {
  const path = waveOf(rates);
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="mt-[4vmin] h-[14vmin] w-full max-w-[80vw]">
      <path d={path} className="fill-down" opacity={0.5} />
    </svg>
  );
}
