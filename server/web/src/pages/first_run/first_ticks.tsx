// Four ticks that the router itself sets, with what to do while one is missing.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { FirstTicksDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Icon } from '../../ui/icons';
import { isDone, ticksOf, type Tick } from './ticks';

const names = ['internet', 'dns', 'filtering', 'address'] as const;
const looks: Record<Tick, string> = { ok: 'bg-ok text-page', problem: 'bg-danger text-page', waiting: 'bg-sunken text-muted' };
const icons = { ok: 'check', problem: 'warn', waiting: 'clock' } as const;

export function FirstTicks({ routerId, onBack }: { routerId: string; onBack: () => void }) {
  const { t } = useTranslation('first_run');
  const { data, error, again } = useFresh(FirstTicksDocument, { id: routerId }, { everyMs: 2_000 });
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ router, traffic }) => {
        if (!router) return <Empty title={t('ticks.gone')} text={t('ticks.goneText')} />;
        const ticks = ticksOf(router, traffic.topNames.some(({ name }) => name !== ''));
        const done = isDone(ticks);
        return (
          <>
            <h2 className="text-base font-semibold">
              {t('ticks.title')} <bdi>{router.name}</bdi>
            </h2>
            <ul className="mt-4 space-y-3" aria-live="polite">
              {names.map((name) => (
                <li key={name} className="flex items-start gap-3" data-testid="tick" data-tick={name} data-state={ticks[name]}>
                  <span className={`flex size-8 shrink-0 items-center justify-center rounded-full ${looks[ticks[name]]}`}>
                    <Icon name={icons[ticks[name]]} />
                  </span>
                  <div>
                    <p className="font-medium">
                      {t(`ticks.${name}.name`)} <span className="sr-only">{t(`ticks.states.${ticks[name]}`)}</span>
                    </p>
                    <p className={`text-xs leading-relaxed ${ticks[name] === 'problem' ? 'text-danger' : 'text-muted'}`}>
                      {t(`ticks.${name}.${ticks[name]}`)}
                      {name === 'filtering' && router.applyError && <bdi lang="en"> {router.applyError}</bdi>}
                    </p>
                  </div>
                </li>
              ))}
            </ul>
            <div className="mt-6 flex flex-wrap items-center justify-between gap-3">
              <Button look="quiet" onClick={onBack}>
                {t('back')}
              </Button>
              <Link to="/now" className={`inline-flex h-10 items-center rounded-md px-4 font-medium ${done ? 'bg-accent text-on-accent' : 'border-field border'}`} data-testid="first-done">
                {t(done ? 'ticks.done' : 'ticks.later')}
              </Link>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}
