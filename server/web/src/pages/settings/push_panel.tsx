// The browsers that get push messages: this one is added, each can be taken away.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SubscribeToPushDocument, UnsubscribeFromPushDocument, type NotificationsQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Age, Time } from '../../ui/time';
import { StateMark } from '../../parts/state_mark';
import { forget, pushState, subscribe } from './push';
import { programOf } from './user_agent';

interface Props {
  /** Null: this server sends none. */
  pushKey: string | null;
  subscriptions: NotificationsQuery['pushSubscriptions'];
  again: () => void;
}

export function PushPanel({ pushKey, subscriptions, again }: Props) {
  const { t } = useTranslation('settings');
  const add = useAct(SubscribeToPushDocument);
  const end = useAct(UnsubscribeFromPushDocument);
  const [failed, setFailed] = useState<'denied' | 'service' | null>(null);
  const [isAsking, setAsking] = useState(false);
  const isHere = subscriptions.some(({ isCurrent }) => isCurrent);
  const state = pushKey === null ? 'noPush' : pushState();

  async function turnOn() {
    if (pushKey === null || isAsking) return;
    setAsking(true);
    setFailed(null);
    try {
      const input = await subscribe(pushKey);
      if (!input) return setFailed('denied');
      const { payload } = await add.run({ input });
      if (payload) again();
      else await forget();
    } catch {
      setFailed('service');
    } finally {
      setAsking(false);
    }
  }
  async function turnOff(id: string, isCurrent: boolean) {
    if (isCurrent) await forget().catch(() => {}); // Without a browser's end, what the server sends is refused.
    const { payload } = await end.run({ input: { subscriptionId: id } });
    if (payload) again();
  }

  return (
    <Panel
      title={t('push.title')}
      testId="push"
      actions={
        state === 'possible' &&
        !isHere && (
          <Button size="small" aria-disabled={isAsking} onClick={() => void turnOn()} data-testid="push-on">
            {t(isAsking ? 'push.asking' : 'push.on')}
          </Button>
        )
      }
    >
      <p className="text-muted leading-relaxed">{t('push.text')}</p>
      {state !== 'possible' && <p className="mt-2">{t(`push.states.${state}`)}</p>}
      <div role="alert">{failed && <p className="bg-danger-soft text-danger mt-3 rounded-md px-3 py-2">{t(`push.failed.${failed}`)}</p>}</div>
      <Problems of={[...add.problems, ...end.problems]} />
      <ul className="divide-line mt-1 divide-y">
        {subscriptions.map(({ id, userAgent, service, createdAt, lastSentAt, isCurrent }) => {
          const { program, system } = programOf(userAgent);
          const name = program ? (system ? t('sessions.programOn', { program, system }) : program) : t('sessions.unknown');
          return (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="push-browser" data-current={isCurrent}>
              <div className="min-w-0 flex-1 basis-56">
                <p className="flex flex-wrap gap-x-3 font-medium" title={userAgent}>
                  <bdi>{name}</bdi>
                  {isCurrent && <StateMark tone="ok">{t('push.here')}</StateMark>}
                </p>
                <p className="text-muted text-xs">
                  <bdi>{service}</bdi> · {t('push.since')} <Time at={createdAt} />
                  {lastSentAt && (
                    <>
                      {' · '}
                      {t('push.sent')} <Age at={lastSentAt} />
                    </>
                  )}
                </p>
              </div>
              <Button size="small" aria-label={t('push.offThis', { name })} aria-disabled={end.isBusy} onClick={() => void turnOff(id, isCurrent)} data-testid="push-off">
                {t('push.off')}
              </Button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
