// Which time is looked at: presets, an own range by the event's clock, earlier and later, closer and wider; and what it is compared with.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatZoned, fromWall, timeOfDay, toWall } from '../../format/zoned';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { comparisons, pan, presets, spanAround, zoom, type Comparison } from './range';
import type { View } from './use_view';

export function RangeBar({ view, zone, hasEvent }: { view: View; zone: string; hasEvent: boolean }) {
  const { t, i18n } = useTranslation('traffic');
  const { range, span, now } = view;
  const shown = `${formatZoned(span.from, zone, i18n.language, now)} – ${formatZoned(span.to, zone, i18n.language, now)}`;
  const own = (next: { from: number; to: number }) => view.setRange({ kind: 'own', ...next });
  return (
    <section aria-label={t('range.label')} className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2" data-testid="range" data-from={span.from} data-to={span.to}>
      <div role="group" aria-label={t('range.presets')} className="flex flex-wrap gap-1">
        {presets.map((preset) => (
          <Preset key={preset} isOn={range.kind === 'preset' && range.preset === preset} onClick={() => view.setRange({ kind: 'preset', preset })}>
            {t(`range.preset.${preset}`)}
          </Preset>
        ))}
        {hasEvent && (
          <Preset isOn={range.kind === 'event'} onClick={() => view.setRange({ kind: 'event' })}>
            {t('range.event')}
          </Preset>
        )}
        <OwnRange view={view} zone={zone} />
      </div>
      <div className="flex items-center">
        <Step label={t('range.earlier')} icon="back" onClick={() => own(pan(span, -0.5, now))} />
        <p className="min-w-0 px-1 tabular-nums" aria-live="polite">
          {shown}
        </p>
        <Step label={t('range.later')} icon="next" isOff={span.to >= now} onClick={() => own(pan(span, 0.5, now))} />
        <Button size="small" look="quiet" className="ml-1" onClick={() => own(zoom(span, 0.5, now))}>
          {t('range.closer')}
        </Button>
        <Button size="small" look="quiet" onClick={() => own(zoom(span, 2, now))}>
          {t('range.wider')}
        </Button>
      </div>
      <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-2 max-md:ml-0">
        <GoTo view={view} zone={zone} />
        <label className="flex items-center gap-2">
          <span className="text-muted">{t('compare.label')}</span>
          <select value={view.comparison} onChange={(event) => view.setComparison(event.target.value as Comparison)} className="field h-8" data-testid="compare">
            {comparisons.map((each) => (
              <option key={each} value={each}>
                {t(`compare.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}

function Preset({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: string }) {
  return (
    <button type="button" aria-pressed={isOn} onClick={onClick} className={`h-8 rounded-md border px-2.5 text-xs font-medium ${isOn ? 'border-accent bg-sunken text-ink' : 'text-muted hover:bg-sunken border-transparent'}`}>
      {children}
    </button>
  );
}

function Step({ label, icon, isOff = false, onClick }: { label: string; icon: 'back' | 'next'; isOff?: boolean; onClick: () => void }) {
  return (
    <Button size="icon" look="quiet" aria-label={label} title={label} disabled={isOff} onClick={onClick}>
      <Icon name={icon} />
    </Button>
  );
}

function OwnRange({ view, zone }: { view: View; zone: string }) {
  const { t } = useTranslation('traffic');
  const [isOpen, setOpen] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [isBad, setBad] = useState(false);
  function open() {
    setFrom(toWall(view.span.from, zone));
    setTo(toWall(view.span.to, zone));
    setBad(false);
    setOpen(!isOpen);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const [start, end] = [fromWall(from, zone), fromWall(to, zone)];
    const isGood = start !== null && end !== null && end > start && start < view.now;
    setBad(!isGood);
    if (!isGood) return;
    view.setRange({ kind: 'own', from: start, to: end });
    setOpen(false);
  }
  return (
    <div className="relative" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={open}
        data-testid="own-range"
        className={`h-8 rounded-md border px-2.5 text-xs font-medium ${view.range.kind === 'own' ? 'border-accent bg-sunken text-ink' : 'text-muted hover:bg-sunken border-transparent'}`}
      >
        {t('range.own')}
      </button>
      {isOpen && (
        <form onSubmit={submit} noValidate className="arrives panel absolute left-0 z-20 mt-1 w-72 max-w-[calc(100vw-2rem)] space-y-3 p-4 shadow-xl max-sm:fixed max-sm:inset-x-4 max-sm:w-auto">
          <Field label={t('range.from')} type="datetime-local" name="from" value={from} onChange={(event) => setFrom(event.target.value)} autoFocus />
          <Field label={t('range.to')} type="datetime-local" name="to" value={to} hint={t('range.zone', { zone })} problem={isBad ? t('range.bad') : undefined} onChange={(event) => setTo(event.target.value)} />
          <div className="flex justify-end gap-2">
            <Button size="small" onClick={() => setOpen(false)}>
              {t('range.cancel')}
            </Button>
            <Button size="small" look="primary" type="submit" data-testid="own-range-ok">
              {t('range.show')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}

/** "What happened at 14:05?": of the day that the range ends on; of the day before when that is still to come. */
function GoTo({ view, zone }: { view: View; zone: string }) {
  const { t } = useTranslation('traffic');
  const [time, setTime] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = timeOfDay(time, view.span.to - 1, zone);
    if (found === null) return;
    const at = found >= view.now ? found - 86_400_000 : found;
    const span = spanAround(view.span, at, view.now);
    if (span === view.span) view.setAt(at);
    else view.goTo(span, at);
  }
  return (
    <form onSubmit={submit} className="flex items-center gap-2">
      <label className="flex items-center gap-2">
        <span className="text-muted">{t('moment.goTo')}</span>
        <input type="time" value={time} onChange={(event) => setTime(event.target.value)} className="field h-8" data-testid="go-to" />
      </label>
      <Button size="small" type="submit" disabled={time === ''} data-testid="go-to-ok">
        {t('moment.go')}
      </Button>
    </form>
  );
}
