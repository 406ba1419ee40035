// The router for the event: claimed with its code, with a network as large as the guests need; or one that is there already.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AssignRouterDocument, EventDetailDocument, RouterCardsDocument, type EventDetailQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { useScope } from '../../scope';
import { Button } from '../../ui/button';
import { Select } from '../../ui/field';
import { ClaimDialog } from '../../parts/claim_dialog';
import { firstConfiguration } from './sizing';

interface Props {
  eventId: string;
  onBack: () => void;
  onDone: (routerId: string) => void;
}

export function FirstRouter({ eventId, onBack, onDone }: Props) {
  const { data, error, again } = useFresh(EventDetailDocument, { id: eventId });
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ event }) => <Choose event={event ?? null} onBack={onBack} onDone={onDone} />}
    </Loaded>
  );
}

function Choose({ event, onBack, onDone }: { event: EventDetailQuery['event'] | null; onBack: () => void; onDone: (routerId: string) => void }) {
  const { t } = useTranslation('first_run');
  const { refresh } = useScope();
  const routers = useFresh(RouterCardsDocument, {}, { everyMs: 10_000 });
  const assign = useAct(AssignRouterDocument);
  const [isClaiming, setClaiming] = useState(false);
  const [chosen, setChosen] = useState('');

  async function use(routerId: string) {
    setClaiming(false);
    const { payload } = await assign.run({ input: { routerId, eventId: event?.id ?? null, dryRun: false } });
    refresh();
    routers.again();
    if (payload) onDone(routerId);
  }
  const known = routers.data?.routers ?? [];
  return (
    <div data-testid="first-router">
      <h2 className="text-base font-semibold">{t('router.title')}</h2>
      <ol className="mt-3 list-decimal space-y-1.5 pl-5 leading-relaxed">
        <li>{t('router.plug')}</li>
        <li>{t('router.open')}</li>
        <li>{t('router.type')}</li>
      </ol>
      <Button look="primary" className="mt-4" onClick={() => setClaiming(true)} data-testid="first-claim">
        {t('router.claim')}
      </Button>
      {known.length > 0 && (
        <div className="border-line mt-5 flex flex-wrap items-end gap-2 border-t pt-4">
          <Select label={t('router.have')} hint={t('router.haveHint')} className="flex-1 basis-56" value={chosen} onChange={(change) => setChosen(change.currentTarget.value)}>
            <option value="">{t('router.choose')}</option>
            {known.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
          <Button className="mb-5" disabled={!chosen} aria-disabled={assign.isBusy} onClick={() => void use(chosen)} data-testid="first-use">
            {t('router.use')}
          </Button>
        </div>
      )}
      <Problems of={assign.problems} />
      <div className="mt-5 flex justify-between">
        <Button look="quiet" onClick={onBack}>
          {t('back')}
        </Button>
      </div>
      {isClaiming && (
        <ClaimDialog code="" configuration={event ? firstConfiguration(event.guests, event.template) : undefined} onClose={() => setClaiming(false)} onClaimed={(id) => void use(id)} />
      )}
    </div>
  );
}
