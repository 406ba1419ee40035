// The big screen: an event in numbers that say nothing about anybody, one after the other, for hours and by itself.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'react-router';
import { formatMoment } from '../../format/time';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Icon, Mark } from '../../ui/icons';
import { after, isStale, slides, type Slide } from './board';
import { SlideView } from './slides';
import { useBoard } from './use_board';

const turnMs = 12_000;

export function ShowPage() {
  const { t, i18n } = useTranslation('show');
  const { hash } = useLocation();
  const { token } = useParams();
  const [isPaused, setPaused] = useState(false);
  const [slide, setSlide] = useState<Slide>('people');
  const { board, opened, isLost } = useBoard(token ?? hash.slice(1), isPaused);
  useAwake(!isPaused);
  useEffect(() => {
    document.title = board.numbers ? `${board.numbers.eventName} – Vivi` : 'Vivi';
  }, [board.numbers]);
  useEffect(() => {
    if (isPaused) return;
    const timer = setInterval(() => setSlide((before) => after(before)), turnMs);
    return () => clearInterval(timer);
  }, [isPaused, slide]);

  if (opened === 'over') {
    return (
      <main>
        <Empty title={t('over.title')} text={t('over.text')} />
      </main>
    );
  }
  const numbers = board.numbers;
  const isOld = isLost || isStale(board, Date.now());
  return (
    <main className="flex min-h-dvh flex-col p-[4vmin]" data-testid="show" data-slide={slide} data-lost={isLost}>
      <header className="flex items-center gap-[2vmin]">
        <Mark className="size-[7vmin] min-h-8 min-w-8" />
        <h1 className="min-w-0 flex-1 truncate text-[max(1.25rem,4vmin)] font-semibold tracking-tight">
          <bdi>{numbers?.eventName ?? t('opening')}</bdi>
        </h1>
        <p role="status" className={`text-[max(0.75rem,2vmin)] font-medium ${isOld ? 'text-warn' : isPaused ? 'text-muted' : 'text-ok'}`} data-testid="show-state">
          {isPaused ? t('paused') : isOld ? t('lost', { time: board.heardAt ? formatMoment(board.heardAt, Date.now(), i18n.language) : '–' }) : numbers ? t('live') : t('connecting')}
        </p>
      </header>
      {numbers && <SlideView slide={slide} board={board} numbers={numbers} />}
      <Controls slide={slide} isPaused={isPaused} onSlide={setSlide} onPause={() => setPaused(!isPaused)} />
    </main>
  );
}

interface ControlsProps {
  slide: Slide;
  isPaused: boolean;
  onSlide: (slide: Slide) => void;
  onPause: () => void;
}

function Controls({ slide, isPaused, onSlide, onPause }: ControlsProps) {
  const { t } = useTranslation('show');
  return (
    <footer className="mt-auto flex flex-wrap items-center justify-center gap-2 pt-4">
      {slides.map((each) => (
        <Button key={each} size="small" look={each === slide ? 'plain' : 'quiet'} aria-pressed={each === slide} onClick={() => onSlide(each)}>
          {t(`slides.${each}.name`)}
        </Button>
      ))}
      <Button size="small" look="quiet" onClick={onPause} data-testid="show-pause">
        <Icon name={isPaused ? 'play' : 'pause'} />
        {t(isPaused ? 'resume' : 'pause')}
      </Button>
    </footer>
  );
}

/** Keeps the screen on where the browser allows it. */
function useAwake(isWanted: boolean) {
  useEffect(() => {
    if (!isWanted || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    const take = () => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock.request('screen').then(
        (taken) => (lock = taken),
        () => {}, // A battery that runs low: the screen may sleep then.
      );
    };
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      document.removeEventListener('visibilitychange', take);
      void lock?.release();
    };
  }, [isWanted]);
}
