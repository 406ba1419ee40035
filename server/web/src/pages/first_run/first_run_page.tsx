// From nothing to a network that works: an event, a router sized for its guests, four ticks. Where it stands is in the address.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { OpenEventsDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { PageTitle } from '../../shell/page_title';
import { useUrlParam } from '../../url_params';
import { FirstEvent } from './first_event';
import { FirstRouter } from './first_router';
import { FirstTicks } from './first_ticks';

const steps = ['event', 'router', 'ticks'] as const;
type Step = (typeof steps)[number];

export function FirstRunPage() {
  const { t } = useTranslation('first_run');
  const { may, organisationId, name } = usePlace();
  const [at, setAt] = useUrlParam('step');
  const [eventId, setEventId] = useUrlParam('of');
  const [routerId, setRouterId] = useUrlParam('with');
  const events = useFresh(OpenEventsDocument, { organisationId }, { pause: !may('MANAGE') });
  const step: Step = steps.find((each) => each === at) ?? 'event';
  if (!may('MANAGE')) return <Welcome />;
  return (
    <div className="mx-auto w-full max-w-2xl">
      <PageTitle title={t('title')} note={<bdi>{name}</bdi>} />
      <Steps at={step} />
      <div className="panel p-5">
        {step === 'event' && (
          <Loaded data={events.data} error={events.error} retry={events.again}>
            {(data) => (
              <FirstEvent
                events={data.events.edges.map(({ node }) => node)}
                onDone={(id) => {
                  setEventId(id);
                  setAt('router');
                }}
              />
            )}
          </Loaded>
        )}
        {step === 'router' && (
          <FirstRouter
            eventId={eventId}
            onBack={() => setAt('event')}
            onDone={(id) => {
              setRouterId(id);
              setAt('ticks');
            }}
          />
        )}
        {step === 'ticks' && <FirstTicks routerId={routerId} onBack={() => setAt('router')} />}
      </div>
    </div>
  );
}

function Steps({ at }: { at: Step }) {
  const { t } = useTranslation('first_run');
  return (
    <ol className="mb-4 flex gap-2" aria-label={t('steps.label')}>
      {steps.map((step, index) => (
        <li key={step} aria-current={step === at ? 'step' : undefined} className={`flex-1 border-t-4 pt-1.5 text-xs font-medium ${steps.indexOf(at) >= index ? 'border-accent' : 'border-line text-muted'}`}>
          {index + 1}. {t(`steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}

/** For those who set nothing up: what there is for them. */
function Welcome() {
  const { t } = useTranslation(['first_run', 'common']);
  const { name, role } = usePlace();
  return (
    <div className="mx-auto w-full max-w-2xl">
      <PageTitle title={t('welcome.title')} note={<bdi>{name}</bdi>} />
      <div className="panel p-5">
        <p className="leading-relaxed">{t('welcome.text', { role: role ? t(`roles.${role}`, { ns: 'common' }) : '' })}</p>
        <Link to="/now" className="bg-accent text-on-accent mt-5 inline-flex h-10 items-center rounded-md px-4 font-medium">
          {t('welcome.go')}
        </Link>
      </div>
    </div>
  );
}
