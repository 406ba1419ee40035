// Of which alarms the person is told, by e-mail and by push message, and which of their browsers get those.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { NotificationsDocument, SetNotificationsDocument, type NotificationFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Empty } from '../../ui/empty';
import { Panel } from '../../ui/panel';
import { PushPanel } from './push_panel';

export function NotificationsPart() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const { data, error, again } = useFresh(NotificationsDocument, { organisationId }, { pause: !organisationId });
  if (!organisationId) return <Empty title={t('notifications.none.title')} text={t('notifications.none.text')} />;
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ notificationSettings, pushKey, pushSubscriptions }) => (
        <>
          <Kinds settings={notificationSettings} organisationId={organisationId} sendsPush={pushKey != null} again={again} />
          <PushPanel pushKey={pushKey ?? null} subscriptions={pushSubscriptions} again={again} />
        </>
      )}
    </Loaded>
  );
}

const ways = ['email', 'push'] as const;

interface KindsProps {
  settings: readonly NotificationFieldsFragment[];
  organisationId: string;
  sendsPush: boolean;
  again: () => void;
}

/** Each tick counts at once. */
function Kinds({ settings, organisationId, sendsPush, again }: KindsProps) {
  const { t } = useTranslation('settings');
  const { name } = usePlace();
  const set = useAct(SetNotificationsDocument);
  async function choose(setting: NotificationFieldsFragment, way: (typeof ways)[number], isWanted: boolean) {
    const { kind, email, push } = setting;
    const wanted = { kind, email: way === 'email' ? isWanted : email, push: way === 'push' ? isWanted : push };
    const { payload } = await set.run({ input: { organisationId, settings: [wanted] } });
    if (payload) again();
  }
  return (
    <Panel title={t('notifications.title')} note={<bdi>{name}</bdi>} testId="notifications">
      <p className="text-muted leading-relaxed">{t('notifications.text')}</p>
      {!sendsPush && (
        <p id="no-push" className="mt-2">
          {t('push.states.noPush')}
        </p>
      )}
      <Problems of={set.problems} />
      <table className="mt-3 w-full">
        <thead>
          <tr className="text-muted text-left text-xs">
            <th scope="col" className="py-1 font-medium">
              {t('notifications.when')}
            </th>
            {ways.map((way) => (
              <th key={way} scope="col" className="w-20 py-1 text-center font-medium">
                {t(`notifications.ways.${way}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-line divide-y">
          {settings.map((setting) => (
            <tr key={setting.kind} data-testid="notification" data-kind={setting.kind}>
              <th scope="row" className="py-2.5 pr-3 text-left font-normal">
                <span className="block font-medium">{t(`notifications.kinds.${setting.kind}.name`)}</span>
                <span className="text-muted text-xs">{t(`notifications.kinds.${setting.kind}.text`)}</span>
              </th>
              {ways.map((way) => (
                <td key={way} className="text-center">
                  <label className="inline-flex size-8 items-center justify-center">
                    <input
                      type="checkbox"
                      className="accent-accent size-4"
                      aria-label={t('notifications.tick', { kind: t(`notifications.kinds.${setting.kind}.name`), way: t(`notifications.ways.${way}`) })}
                      checked={setting[way]}
                      disabled={way === 'push' && !sendsPush}
                      aria-describedby={way === 'push' && !sendsPush ? 'no-push' : undefined}
                      onChange={({ target }) => void choose(setting, way, target.checked)}
                      data-way={way}
                    />
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
